import type { Addon, NativeJsonWrite } from '../../native/index.js';
import type { Layout } from './layout.js';
import { compileJsonPlan, type JsonPlan, type JsonPlanOptions } from './json-plan.js';
import { JsonTwin } from './json-twin.js';
import type { Framing } from './records.js';
import { refuseField, type Refusal } from './refusal.js';
import type { FilePlace } from './decoder.js';

export interface JsonWriterOptions extends JsonPlanOptions {
  readonly layout: Layout;
  readonly native: Addon | undefined;
  /** Refuse a record with bytes after its last field; false where a file has one length and DEPENDING ON leaves a rest. */
  readonly exactLength: boolean;
  /** A call ends with the record that is refused: nothing behind it is written. */
  readonly stopsAtRefusal?: boolean;
}

/** Framed records, the first of them at a place in the file; those up to `until` are written, or all. */
export interface JsonSource {
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  readonly first: FilePlace;
  readonly until?: number;
}

/** What one call did: records taken, text bytes written, and the refusals of the bad ones, in order. */
export interface JsonBatch {
  records: number;
  length: number;
  readonly refusals: Refusal[];
  /** The values that are null in records that were written, because they do not decode. */
  readonly nulls: Refusal[];
}

/** Records to lines of JSON, in UTF-8. Bad records write nothing. */
export interface JsonWriter {
  readonly plan: JsonPlan;
  /**
   * Writes the framed records from index `from` into `out`, until it might not hold the next; `out` is at least
   * `plan.textSizeMax` long. `first` is the place of the framing's first record.
   */
  write(source: JsonSource, from: number, out: Uint8Array): JsonBatch;
}

/** The JSON writer of a layout: native where the addon is given, else the twin. Both write the same bytes. */
export function createJsonWriter(options: JsonWriterOptions): JsonWriter {
  return options.native === undefined ? new TwinJsonWriter(options) : new NativeJsonWriter(options, options.native);
}

const REFUSALS_MAX = 256;
const RESULT_HEAD = 3;
const RESULT_REFUSAL = 4;

const refusalsMax = ({ stopsAtRefusal }: JsonWriterOptions): number => (stopsAtRefusal === true ? 1 : REFUSALS_MAX);

/** The writer over native/codec/copybook-json.cc. */
class NativeJsonWriter implements JsonWriter {
  readonly plan: JsonPlan;
  private readonly native: NativeJsonWrite;
  private readonly result: Int32Array;

  constructor(
    private readonly options: JsonWriterOptions,
    native: Addon,
  ) {
    this.plan = compileJsonPlan(options.layout, options);
    const { recordSize, textSizeMax, registerCount, flagCount, nullsMax, ...parts } = this.plan;
    const shape = Int32Array.of(recordSize, textSizeMax, registerCount, flagCount, nullsMax);
    this.result = new Int32Array(RESULT_HEAD + (refusalsMax(options) + nullsMax) * RESULT_REFUSAL);
    this.native = native.openJsonPlan({ shape, ...parts });
  }

  write(source: JsonSource, from: number, out: Uint8Array): JsonBatch {
    const { bytes, framing, first, until = framing.count } = source;
    const { starts, lengths, origins } = framing;
    const { result } = this;
    this.native(bytes, starts, lengths, until, from, this.options.exactLength, out, result);
    const batch: JsonBatch = { records: result[0]!, length: result[1]!, refusals: [], nulls: [] };
    for (let refusal = 0; refusal < result[2]!; refusal++) {
      const at = RESULT_HEAD + refusal * RESULT_REFUSAL;
      const [index, item, source, status] = [result[at]!, result[at + 1]!, result[at + 2]!, result[at + 3]!];
      const record = { bytes, start: starts[index]!, length: lengths[index]!, origin: origins[index]! };
      const refused = refusalAt(this.plan, record, { item, source, status: Math.abs(status) }, { index, first });
      (status < 0 ? batch.nulls : batch.refusals).push(refused);
    }
    return batch;
  }
}

class TwinJsonWriter implements JsonWriter {
  readonly plan: JsonPlan;
  private readonly twin: JsonTwin;

  constructor(private readonly options: JsonWriterOptions) {
    this.plan = compileJsonPlan(options.layout, options);
    this.twin = new JsonTwin(this.plan);
  }

  write(source: JsonSource, from: number, out: Uint8Array): JsonBatch {
    const { bytes, framing, first, until = framing.count } = source;
    const batch: JsonBatch = { records: 0, length: 0, refusals: [], nulls: [] };
    for (let index = from; index < until; index++) {
      const told = batch.refusals.length + batch.nulls.length;
      if (out.length - batch.length < this.plan.textSizeMax || told >= refusalsMax(this.options)) break;
      const record = {
        bytes,
        start: framing.starts[index]!,
        length: framing.lengths[index]!,
        origin: framing.origins[index]!,
        exact: this.options.exactLength,
      };
      const end = this.twin.write(record, out, batch.length);
      batch.records++;
      if (end >= 0) {
        batch.length = end;
        for (const nulled of this.twin.nulls) batch.nulls.push(refusalAt(this.plan, record, nulled, { index, first }));
      } else batch.refusals.push(refusalAt(this.plan, record, this.twin.refused, { index, first }));
    }
    return batch;
  }
}

/** The refusal of a record from what the plan says of the place. */
export function refusalAt(
  plan: JsonPlan,
  record: { bytes: Uint8Array; start: number; length: number; origin: number },
  refused: { item: number; source: number; status: number },
  { index, first }: { index: number; first: FilePlace },
): Refusal {
  const place = { ...record, record: first.record + index, fileOffset: first.fileOffset + record.origin };
  return refuseField(place, plan.layout.items[refused.item]!, refused.source, refused.status);
}
