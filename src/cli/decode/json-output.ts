import {
  createJsonWriter,
  type JsonWriter,
  type RecordBatch,
  type RecordFile,
  type Refusal,
} from '../../codec/index.js';
import type { Addon } from '../../native/index.js';
import { Family } from './family.js';
import { isExact, type DecodeSink, type RecordOutput, type Run } from './record-output.js';

const OUTPUT_SIZE = 1 << 20;

/** Records as lines of JSON, each as its own layout says. */
export class JsonOutput implements RecordOutput {
  private readonly writers = new Map<number, JsonWriter>();
  private readonly family: Family | undefined;

  constructor(
    private readonly file: RecordFile,
    private readonly native: Addon | undefined,
    private readonly sink: DecodeSink,
  ) {
    this.family = file.policies.children === undefined ? undefined : new Family(file);
  }

  async write(batch: RecordBatch, run: Run): Promise<boolean> {
    const writer = this.writer(run.kind);
    const source = { bytes: batch.framing.bytes, framing: batch.framing, first: batch.first, until: run.until };
    for (let from = run.from; from < run.until;) {
      const out = Buffer.allocUnsafe(Math.max(OUTPUT_SIZE, writer.plan.textSizeMax));
      const { records, length, refusals } = writer.write(source, from, out);
      const text = out.subarray(0, length);
      if (this.family === undefined) await this.sink.print(text);
      else await this.gather(this.family, batch, { run, from, records, refusals, text });
      for (const refusal of refusals) this.sink.refuse(refusal, batch, refusal.record - batch.first.record);
      if (refusals.length > 0 && this.stops) return false;
      from += records;
    }
    return true;
  }

  async finish(): Promise<void> {
    if (this.family !== undefined) await this.sink.print(this.family.finish());
  }

  private get stops(): boolean {
    return this.file.policies.onError === 'fail';
  }

  private writer(kind: number): JsonWriter {
    const known = this.writers.get(kind);
    if (known !== undefined) return known;
    const layout = this.file.layouts[kind]!;
    const writer = createJsonWriter({
      layout,
      exactLength: isExact(this.file),
      stopsAtRefusal: this.stops,
      native: this.native,
    });
    this.writers.set(kind, writer);
    return writer;
  }

  /** Hands each line to the family; a record that was refused is missing there. */
  private async gather(
    family: Family,
    batch: RecordBatch,
    done: { run: Run; from: number; records: number; refusals: Refusal[]; text: Buffer },
  ): Promise<void> {
    const { run, from, records, text } = done;
    const lines = text.toString('utf8').split('\n');
    const refused = new Set(done.refusals.map(({ record }) => record - batch.first.record));
    let line = 0;
    let complete = '';
    for (let index = from; index < from + records; index++) {
      if (refused.has(index)) complete += family.lose(run.kind);
      else if (family.hasParent(run.kind)) complete += family.add(run.kind, lines[line++]!);
      else {
        line++;
        done.refusals.push(orphan(this.file, batch, run.kind, index));
      }
    }
    await this.sink.print(complete);
  }
}

function orphan({ layouts }: RecordFile, { framing, first }: RecordBatch, kind: number, index: number): Refusal {
  const start = framing.starts[index]!;
  const offset = first.fileOffset + framing.origins[index]!;
  const { name } = layouts[kind]!;
  return {
    record: first.record + index,
    offset,
    field: name,
    picture: '',
    code: 'noRecord',
    message: `record ${first.record + index}, ${name} at offset ${offset}: the record it belongs to is not before it`,
    hex: Buffer.from(framing.bytes.subarray(start, start + Math.min(framing.lengths[index]!, 16))).toString('hex'),
  };
}
