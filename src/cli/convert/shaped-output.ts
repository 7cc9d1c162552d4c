import type { RecordBatch, Refusal, Run } from '../../codec/index.js';
import type { DecodeSink, RecordOutput } from '../decode/record-output.js';
import { TextPieces } from '../decode/text-pieces.js';
import { linesOf } from '../encode/lines.js';
import type { LineShaper, Shaped } from './line-shaper.js';

/** Records decoded to lines of JSON, and those put into another form at once. */
export class ShapedOutput implements RecordOutput, DecodeSink {
  private readonly json: RecordOutput;
  private readonly pieces = new TextPieces();
  private readonly dropped = new Set<number>();

  constructor(
    json: (sink: DecodeSink) => RecordOutput,
    private readonly shaper: LineShaper,
    private readonly sink: DecodeSink,
  ) {
    this.json = json(this);
  }

  write(batch: RecordBatch, run: Run): boolean {
    this.dropped.clear();
    const goesOn = this.json.write(batch, run);
    const indexes: number[] = [];
    for (let index = run.from; index < run.until; index++) if (!this.dropped.has(index)) indexes.push(index);
    const text = this.pieces.take();
    let done = 0;
    for (const piece of text) {
      const lines = linesOf(piece, piece.length, 1, true).batch;
      const own = indexes.slice(done, done + lines.starts.length);
      const shaped = this.shaper.shape(lines, { first: batch.first.record + own[0]!, kind: run.kind });
      this.hand(batch, own, shaped);
      if (shaped.isStopped) return false;
      done += own.length;
    }
    this.pieces.reuse(text.map(({ buffer }) => buffer));
    return goesOn;
  }

  finish(): void {
    this.json.finish();
  }

  room(sizeMin: number): Uint8Array {
    return this.pieces.room(sizeMin);
  }

  print(text: Uint8Array | string): void {
    this.pieces.add(typeof text === 'string' ? Buffer.from(text) : text);
  }

  tell(refusal: Refusal): void {
    this.sink.tell(refusal);
  }

  refuse(refusal: Refusal, batch: RecordBatch, index: number): void {
    this.dropped.add(index);
    this.sink.refuse(refusal, batch, index);
  }

  private hand(batch: RecordBatch, indexes: readonly number[], { pieces, refused }: Shaped): void {
    for (const piece of pieces) this.sink.print(piece);
    for (const { index, refusal } of refused) {
      const at = indexes[index]!;
      const record = batch.first.record + at;
      // The shaper counts lines; records that did not decode have none.
      const message = refusal.message.replace(/^record \d+/, `record ${record}`);
      this.sink.refuse({ ...refusal, record, message }, batch, at);
    }
  }
}
