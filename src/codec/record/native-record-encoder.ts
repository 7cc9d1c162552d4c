import type { DataValue } from '../../model/index.js';
import type { Addon, NativeRecordEncode } from '../../native/index.js';
import { encodeRefusal, REFUSALS_MAX, type EncodeRefusal } from './encode-refusal.js';
import { JsonTape, TAPE_INTS } from './json-tape.js';
import { objectText } from './object-text.js';
import { NO_PAIRS } from './page-tables.js';
import { compileRecordEncodePlan, NODE, type RecordEncodePlan } from './record-encode-plan.js';
import type { EncodeRefusedAt, RecordEncodeRules } from './record-encode-twin.js';
import type { EncodedBatch, JsonLines, RecordEncoder, RecordEncoderOptions } from './record-encoder.js';

const RULE = { refuseAbsent: 1, defaultNulls: 2, hasViews: 4 } as const;
const LINES_MAX = 8192;
const RESULT_HEAD = 3;
/** A refusal: line, status, node, other, value, subscript count, then subscripts. */
const REFUSED_INTS = 64;
const REFUSED_HEAD = 6;

/** Opens a plan in the addon. Every kind of item, code page and rule is known there. */
function openPlan(plan: RecordEncodePlan, rules: RecordEncodeRules, native: Addon): NativeRecordEncode {
  const { nodes, registers, members, names, leaves, masks, templates, tables, layout } = plan;
  const flags =
    (rules.absent === 'refuse' ? RULE.refuseAbsent : 0) |
    (rules.nulls === 'default' ? RULE.defaultNulls : 0) |
    (plan.hasViews ? RULE.hasViews : 0);
  const shape = Int32Array.of(plan.recordSize, plan.root, rules.recordLength ?? -1, flags, plan.valuesMax);
  const pairs = layout.codePage.pairs?.bytes ?? NO_PAIRS;
  return native.openRecordPlan({ shape, nodes, registers, members, names, leaves, masks, templates, tables, pairs });
}

/** The encoder over native/codec/copybook-record.cc. It says in ints why a line was refused; words are found here. */
export class NativeRecordEncoder implements RecordEncoder {
  readonly recordSize: number;
  private readonly plan: RecordEncodePlan;
  private readonly native: NativeRecordEncode;
  private readonly refusalsMax: number;
  private readonly tape: JsonTape;
  private readonly starts = new Int32Array(LINES_MAX);
  private readonly ends = new Int32Array(LINES_MAX);
  private readonly lengths = new Int32Array(LINES_MAX);
  private readonly result: Int32Array;
  private readonly scratch: Uint8Array;

  constructor(options: RecordEncoderOptions, native: Addon) {
    this.plan = compileRecordEncodePlan(options.layout);
    this.tape = new JsonTape(this.plan.valuesMax);
    this.native = openPlan(this.plan, options, native);
    this.recordSize = Math.max(options.layout.sizeBytes, options.recordLength ?? 0);
    this.refusalsMax = options.stopsAtRefusal === true ? 1 : REFUSALS_MAX;
    this.result = new Int32Array(RESULT_HEAD + this.refusalsMax * REFUSED_INTS);
    this.scratch = new Uint8Array(this.recordSize);
  }

  encodeLines(source: JsonLines & { readonly first: number }, from: number, out: Uint8Array): EncodedBatch {
    const batch: EncodedBatch = { lines: 0, length: 0, lengths: [], refusals: [] };
    const { result } = this;
    for (let index = from; index < source.count;) {
      const count = Math.min(LINES_MAX, source.count - index);
      this.encodeChunk(
        source,
        { from: index, count },
        out.subarray(batch.length),
        this.refusalsMax - batch.refusals.length,
      );
      for (let at = 0; at < result[0]! - result[2]!; at++) batch.lengths.push(this.lengths[at]!);
      for (let at = 0; at < result[2]!; at++) batch.refusals.push(this.refusal(source, index, at));
      batch.lines += result[0]!;
      batch.length += result[1]!;
      if (result[0]! < count) break;
      index += count;
    }
    return batch;
  }

  encode(value: DataValue, record = 1): Uint8Array | EncodeRefusal {
    const bytes = Buffer.from(objectText(value));
    const source = { bytes, starts: [0], ends: [bytes.length], count: 1, first: record };
    this.encodeChunk(source, { from: 0, count: 1 }, this.scratch, 1);
    return this.result[2] === 1 ? this.refusal(source, 0, 0) : this.scratch.slice(0, this.result[1]);
  }

  isCanonical(line: Uint8Array, record: Uint8Array): boolean {
    this.encodeChunk(
      { bytes: line, starts: [0], ends: [line.length], count: 1 },
      { from: 0, count: 1 },
      this.scratch,
      1,
    );
    const [, length, refusals] = this.result;
    return refusals === 0 && length === record.length && Buffer.compare(this.scratch.subarray(0, length), record) === 0;
  }

  /** Encodes lines of which there are places for; what came of it is in `lengths` and `result`. */
  private encodeChunk(
    { bytes, starts, ends }: JsonLines,
    { from, count }: { readonly from: number; readonly count: number },
    out: Uint8Array,
    refusalsMax: number,
  ): void {
    for (let index = 0; index < count; index++) {
      this.starts[index] = starts[from + index]!;
      this.ends[index] = ends[from + index]!;
    }
    this.native(bytes, this.starts, this.ends, count, 0, refusalsMax, out, this.lengths, this.result);
  }

  /** The refusal at an index of the result. The tape of its line is read again: both tapes have the same values. */
  private refusal(source: JsonLines & { readonly first: number }, from: number, index: number): EncodeRefusal {
    const at = RESULT_HEAD + index * REFUSED_INTS;
    const [line, status, node, other, value, subscriptCount] = this.result.subarray(
      at,
      at + REFUSED_HEAD,
    ) as unknown as [number, number, number, number, number, number];
    const { nodes, renames, layout } = this.plan;
    const refused: EncodeRefusedAt = {
      status,
      item: nodes[node + NODE.item]!,
      rename: renames.get(node) ?? '',
      other,
      value: value < 0 ? value : value * TAPE_INTS,
      subscripts: [...this.result.subarray(at + REFUSED_HEAD, at + REFUSED_HEAD + subscriptCount)],
      occurrences: [nodes[node + NODE.min]!, nodes[node + NODE.count]!],
    };
    this.tape.read(source.bytes, this.starts[line]!, this.ends[line]!);
    return encodeRefusal(layout, this.tape, refused, source.first + from + line);
  }
}
