import type { Addon } from '../../native/index.js';
import { JsonTape, RECORD_KIND, type JsonWriter, type Refusal } from '../record/index.js';
import {
  recordJsonWriter,
  refuseKind,
  refuseRest,
  runsOf,
  type RecordBatch,
  type RecordFile,
  type Run,
} from '../record-file/index.js';
import { plainValue, type NumberForm, type PlainRecord } from './plain-value.js';
import { RecordStretches } from './record-stretches.js';
import { recordShape, type RecordShape } from './record-shape.js';

/** A record that was decoded, or was not: then why, and its bytes. */
export type DecodedRecord =
  | { readonly record: PlainRecord; readonly nulls: readonly Refusal[] }
  | { readonly refusal: Refusal; readonly bytes: Uint8Array };

export interface PlainDecoderOptions {
  readonly numbers: NumberForm;
  readonly native: Addon | undefined;
}

const TEXT_SIZE = 1 << 16;
const NEWLINE = 0x0a;

/** Decodes the bytes of one file, which may come in pieces, to plain objects. */
export class PlainDecoder {
  private readonly stretches: RecordStretches;
  private readonly writers: readonly JsonWriter[];
  private readonly shapes: readonly RecordShape[];
  private readonly out: Buffer;
  private readonly tape = new JsonTape();

  /** Throws ConfigError for a record that has no JSON, or two items of one name in one object. */
  constructor(
    private readonly file: RecordFile,
    private readonly options: PlainDecoderOptions,
  ) {
    const { layouts, policies } = file;
    this.stretches = new RecordStretches(file);
    this.shapes = layouts.map(layout => recordShape(layout, policies.renames === true));
    this.writers = layouts.map((_, kind) => recordJsonWriter(file, kind, options.native));
    this.out = Buffer.allocUnsafe(Math.max(TEXT_SIZE, ...this.writers.map(({ plan }) => plan.textSizeMax)));
  }

  /** The records that end in the next piece; `ended` says that it is the last. */
  *decode(piece: Uint8Array, ended: boolean): Generator<DecodedRecord> {
    for (const found of this.stretches.take(piece, ended))
      if ('framing' in found) yield* this.batch(found);
      else yield { refusal: refuseRest(this.file, found), bytes: found.bytes };
  }

  private *batch(batch: RecordBatch): Generator<DecodedRecord> {
    for (const run of runsOf(batch))
      if (run.kind >= 0) yield* this.run(batch, run);
      else for (let index = run.from; index < run.until; index++) yield* this.unpicked(batch, index);
  }

  private *unpicked(batch: RecordBatch, index: number): Generator<DecodedRecord> {
    const isLeftOut = batch.framing.kinds[index] === RECORD_KIND.unmatched && this.file.unmatched === 'skip';
    if (!isLeftOut) yield { refusal: refuseKind(this.file, batch, index), bytes: recordBytes(batch, index) };
  }

  /** Records of one kind. */
  private *run(batch: RecordBatch, { kind, from: start, until }: Run): Generator<DecodedRecord> {
    const source = { bytes: batch.framing.bytes, framing: batch.framing, first: batch.first, until };
    for (let from = start; from < until;) {
      const { records, refusals, nulls } = this.writers[kind]!.write(source, from, this.out);
      const refused = new Map(refusals.map(refusal => [refusal.record, refusal]));
      for (let [index, at] = [from, 0]; index < from + records; index++) {
        const number = batch.first.record + index;
        const refusal = refused.get(number);
        if (refusal !== undefined) {
          yield { refusal, bytes: recordBytes(batch, index) };
          continue;
        }
        const end = this.out.indexOf(NEWLINE, at);
        const record = this.plain(at, end, kind);
        yield { record, nulls: nulls.length === 0 ? nulls : nulls.filter(({ record }) => record === number) };
        at = end + 1;
      }
      from += records;
    }
  }

  private plain(start: number, end: number, kind: number): PlainRecord {
    this.tape.read(this.out, start, end);
    return plainValue(this.tape, 0, this.shapes[kind]!, this.options.numbers) as PlainRecord;
  }
}

function recordBytes({ framing }: RecordBatch, index: number): Uint8Array {
  const start = framing.starts[index]!;
  return framing.bytes.slice(start, start + framing.lengths[index]!);
}
