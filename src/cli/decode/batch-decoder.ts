import {
  createFrameWriter,
  refuseKind,
  refuseRest,
  runsOf,
  type EncodeRefusal,
  type FrameWriter,
  type RecordBatch,
  type RecordFile,
  type Refusal,
  type Rest,
} from '../../codec/index.js';
import type { DecodeSink, RecordOutput } from './record-output.js';
import { TextPieces } from './text-pieces.js';
import { NOTHING_DECODED, type Decoded } from './decoded.js';

export interface BatchDecoderOptions {
  readonly output: (sink: DecodeSink) => RecordOutput;
  /** Bad records are kept, framed as they were. */
  readonly keepsBad: boolean;
}

/** Decodes batches of one file in the form of an output, and gathers what becomes of them. */
export class BatchDecoder implements DecodeSink {
  private readonly output: RecordOutput;
  private readonly frame: FrameWriter | undefined;
  private readonly pieces = new TextPieces();
  private refusals: (Refusal | EncodeRefusal)[] = [];
  private dead: Uint8Array<ArrayBuffer>[] = [];
  private records = 0;
  private isStopped = false;

  constructor(
    private readonly file: RecordFile,
    options: BatchDecoderOptions,
  ) {
    this.output = options.output(this);
    if (options.keepsBad) this.frame = createFrameWriter(file);
  }

  /** False when a bad record ends the run: nothing behind it is decoded. */
  decode(batch: RecordBatch): boolean {
    this.records += batch.framing.count;
    for (const run of runsOf(batch)) {
      const goesOn = run.kind >= 0 ? this.output.write(batch, run) : this.refuseRun(batch, run);
      if (!goesOn) this.isStopped = true;
      if (this.isStopped) break;
    }
    return !this.isStopped;
  }

  /** Ends an input: what waits for its end, and what is left of it that is no record. */
  finish(rest: Rest | undefined): void {
    this.output.finish();
    if (rest === undefined) return;
    this.refusals.push(refuseRest(this.file, rest));
    this.isStopped = this.file.policies.onError === 'fail';
  }

  /** What was decoded since it was last taken. */
  take(): Omit<Decoded, 'input' | 'bytes'> {
    const { refusals, dead, records, isStopped } = this;
    [this.refusals, this.dead, this.records, this.isStopped] = [[], [], 0, false];
    const text = this.pieces.take();
    return { ...NOTHING_DECODED, text, refusals, deadLetters: dead, records, isStopped };
  }

  /** Takes buffers of text back. */
  reuse(buffers: readonly ArrayBuffer[]): void {
    this.pieces.reuse(buffers);
  }

  /** The buffers that no text was written into. */
  takeSpare(): ArrayBuffer[] {
    return this.pieces.takeSpare();
  }

  room(sizeMin: number): Uint8Array {
    return this.pieces.room(sizeMin);
  }

  print(text: Uint8Array | string): void {
    this.pieces.add(typeof text === 'string' ? Buffer.from(text) : text);
  }

  tell(refusal: Refusal): void {
    this.refusals.push(refusal);
  }

  refuse(refusal: Refusal | EncodeRefusal, { framing }: RecordBatch, index: number): void {
    this.refusals.push(refusal);
    if (this.frame === undefined) return;
    const start = framing.starts[index]!;
    const record = framing.bytes.subarray(start, start + framing.lengths[index]!);
    this.dead.push(...this.frame(record).map(piece => new Uint8Array(piece)));
  }

  private refuseRun(batch: RecordBatch, { from, until }: { from: number; until: number }): boolean {
    for (let index = from; index < until; index++) {
      const refusal = refuseKind(this.file, batch, index);
      if (refusal.code === 'noRecord' && this.file.unmatched === 'skip') continue;
      this.refuse(refusal, batch, index);
      if (this.file.policies.onError === 'fail') return false;
    }
    return true;
  }
}
