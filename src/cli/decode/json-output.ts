import {
  errorPolicy,
  Family,
  RawKeeper,
  recordJsonWriter,
  refuseOrphan,
  type ErrorPolicy,
  type JsonWriter,
  type RecordBatch,
  type RecordFile,
  type Refusal,
  type Run,
} from '../../codec/index.js';
import type { Addon } from '../../native/index.js';
import type { DecodeSink, RecordOutput } from './record-output.js';

/** What one call of a writer did with records of a run. */
interface Done {
  readonly run: Run;
  readonly from: number;
  readonly records: number;
  readonly refusals: Refusal[];
}

/** Records as lines of JSON, each as its own layout says. */
export class JsonOutput implements RecordOutput {
  private readonly writers = new Map<number, JsonWriter>();
  private readonly family: Family | undefined;
  private readonly policy: ErrorPolicy;
  private readonly keeper: RawKeeper | undefined;

  constructor(
    private readonly file: RecordFile,
    private readonly native: Addon | undefined,
    private readonly sink: DecodeSink,
  ) {
    this.policy = errorPolicy(file.policies);
    this.keeper = file.policies.keepRaw === true ? new RawKeeper(file, native) : undefined;
    this.family = file.policies.children === undefined ? undefined : new Family(file);
  }

  write(batch: RecordBatch, run: Run): boolean {
    const writer = this.writer(run.kind);
    const source = { bytes: batch.framing.bytes, framing: batch.framing, first: batch.first, until: run.until };
    for (let from = run.from; from < run.until;) {
      const room = this.sink.room(writer.plan.textSizeMax);
      const out = Buffer.from(room.buffer, room.byteOffset, room.length);
      const { records, length, refusals, nulls } = writer.write(source, from, out);
      const text = this.withRaw(out.subarray(0, length), batch, { run, from, records, refusals });
      for (const refusal of nulls) this.sink.tell(refusal);
      if (this.family === undefined) this.sink.print(text);
      else this.gather(this.family, batch, { run, from, records, refusals, text });
      for (const refusal of refusals) this.sink.refuse(refusal, batch, refusal.record - batch.first.record);
      if (refusals.some(({ field }) => this.policy(field) === 'fail')) return false;
      from += records;
    }
    return true;
  }

  finish(): void {
    if (this.family !== undefined) this.sink.print(this.family.finish());
  }

  /** The lines with `$raw` where encode would write other bytes. */
  private withRaw(text: Buffer, { framing, first }: RecordBatch, done: Done): Buffer {
    if (this.keeper === undefined) return text;
    const refused = new Set(done.refusals.map(({ record }) => record - first.record));
    const good = Array.from({ length: done.records }, (_, index) => done.from + index).filter(
      index => !refused.has(index),
    );
    return this.keeper.keep(done.run.kind, text, framing, good);
  }

  private writer(kind: number): JsonWriter {
    const known = this.writers.get(kind);
    if (known !== undefined) return known;
    const writer = recordJsonWriter(this.file, kind, this.native);
    this.writers.set(kind, writer);
    return writer;
  }

  /** Hands each line to the family; a record that was refused is missing there. */
  private gather(family: Family, batch: RecordBatch, done: Done & { text: Buffer }): void {
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
        done.refusals.push(refuseOrphan(this.file, batch, index));
      }
    }
    this.sink.print(complete);
  }
}
