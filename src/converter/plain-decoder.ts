import type { Addon } from '../native/index.js';
import {
  Family,
  JsonTape,
  type JsonWriter,
  RawKeeper,
  RECORD_KIND,
  type RecordBatch,
  type RecordFile,
  recordJsonWriter,
  type Refusal,
  refuseKind,
  refuseOrphan,
  refuseRest,
  type Run,
  runsOf,
} from '../codec/index.js';
import { plainValue, type NumberForm, type PlainRecord } from './plain-value.js';
import { RecordStretches } from './record-stretches.js';
import { recordShapes, type RecordShape } from './record-shape.js';

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
  private readonly keeper: RawKeeper | undefined;
  private readonly family: Family | undefined;
  /** Values of the open family that are null because they do not decode. */
  private nulls: Refusal[] = [];

  /** Throws ConfigError for a record that has no JSON, or two items of one name in one object. */
  constructor(
    private readonly file: RecordFile,
    private readonly options: PlainDecoderOptions,
  ) {
    const { layouts, policies } = file;
    this.keeper = policies.keepRaw === true ? new RawKeeper(file, options.native) : undefined;
    this.family = policies.children === undefined ? undefined : new Family(file);
    this.stretches = new RecordStretches(file);
    this.shapes = recordShapes(file);
    this.writers = layouts.map((_, kind) => recordJsonWriter(file, kind, options.native));
    this.out = Buffer.allocUnsafe(Math.max(TEXT_SIZE, ...this.writers.map(({ plan }) => plan.textSizeMax)));
  }

  /** The records that end in the next piece; `ended` says that it is the last. */
  *decode(piece: Uint8Array, ended: boolean): Generator<DecodedRecord> {
    for (const found of this.stretches.take(piece, ended))
      if ('framing' in found) yield* this.batch(found);
      else yield { refusal: refuseRest(this.file, found), bytes: found.bytes };
    if (ended && this.family !== undefined) yield* this.complete(this.family, family => family.finish());
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
      const { records, length, refusals, nulls } = this.writers[kind]!.write(source, from, this.out);
      const refused = new Map(refusals.map(refusal => [refusal.record - batch.first.record, refusal]));
      const text = this.withRaw(batch, { kind, from, until: from + records }, { length, refused });
      for (let [index, at] = [from, 0]; index < from + records; index++) {
        const refusal = refused.get(index);
        if (refusal !== undefined) {
          if (this.family !== undefined) yield* this.complete(this.family, family => family.lose(kind));
          yield { refusal, bytes: recordBytes(batch, index) };
          continue;
        }
        const end = text.indexOf(NEWLINE, at);
        const own = nulls.filter(({ record }) => record === batch.first.record + index);
        if (this.family === undefined) yield { record: this.plain(text, at, end, kind), nulls: own };
        else if (this.family.hasParent(kind)) {
          const line = text.toString('utf8', at, end);
          yield* this.complete(this.family, family => family.add(kind, line));
          this.nulls.push(...own);
        } else yield { refusal: refuseOrphan(this.file, batch, index), bytes: recordBytes(batch, index) };
        at = end + 1;
      }
      from += records;
    }
  }

  /** The lines of a run's good records, with `$raw` where encode would write other bytes. */
  private withRaw(
    { framing }: RecordBatch,
    { kind, from, until }: Run,
    { length, refused }: { length: number; refused: ReadonlyMap<number, Refusal> },
  ): Buffer {
    const text = this.out.subarray(0, length);
    if (this.keeper === undefined) return text;
    const indexes = Array.from({ length: until - from }, (_, index) => from + index);
    return this.keeper.keep(
      kind,
      text,
      framing,
      indexes.filter(index => !refused.has(index)),
    );
  }

  /** The family that a step of its records completes, if any. */
  private *complete(family: Family, step: (family: Family) => string): Generator<DecodedRecord> {
    const kind = family.rootKind;
    const line = Buffer.from(step(family));
    if (line.length === 0) return;
    const { nulls } = this;
    this.nulls = [];
    yield { record: this.plain(line, 0, line.length - 1, kind), nulls };
  }

  private plain(text: Uint8Array, ...[start, end, kind]: [number, number, number]): PlainRecord {
    this.tape.read(text, start, end);
    return plainValue(this.tape, 0, this.shapes[kind]!, this.options.numbers) as PlainRecord;
  }
}

function recordBytes({ framing }: RecordBatch, index: number): Uint8Array {
  const start = framing.starts[index]!;
  return framing.bytes.slice(start, start + framing.lengths[index]!);
}
