import type { Addon, NativeRowPlan } from '../../native/index.js';
import { findSlot, rowRefusal, type ByteRange, type Decoder, type DecoderOptions, type FilePlace } from './decoder.js';
import type { Refusal } from './refusal.js';
import { compileRowPlan, type RowPlan, type RowSlot } from './row-plan.js';
import type { RecordSpans } from './row-twin.js';
import { recordTemplate } from './template.js';

/** Opens a row plan in the addon. */
export function openNativeRows(plan: RowPlan, native: Addon): NativeRowPlan {
  const { ops, leaves, viewParents, tables, pairs, recordSize, rowSize, viewCount } = plan;
  const shape = Int32Array.of(recordSize, rowSize, viewCount);
  return native.openRowPlan({ shape, ops, leaves, viewParents, tables, pairs, template: recordTemplate(plan.layout) });
}

/** The decoder over native/codec/copybook-rows.cc. */
export class NativeDecoder implements Decoder {
  readonly plan: RowPlan;
  readonly rowSize: number;
  readonly slots: readonly RowSlot[];
  private readonly native: NativeRowPlan;

  constructor(options: DecoderOptions, native: Addon) {
    this.plan = compileRowPlan(options.layout, options.fields);
    this.rowSize = this.plan.rowSize;
    this.slots = this.plan.slots;
    this.native = openNativeRows(this.plan, native);
  }

  decodeRows(bytes: Uint8Array, from: number, to: number, rows: Uint8Array): number {
    const count = Math.min(Math.floor((to - from) / this.plan.recordSize), Math.floor(rows.length / this.rowSize));
    this.native.decodeFixed(bytes, from, count, rows);
    return count;
  }

  decodeSpans(spans: RecordSpans, rows: Uint8Array): void {
    this.native.decodeSpans(spans.bytes, spans.starts, spans.lengths, spans.count, rows);
  }

  decodeColumns(bytes: Uint8Array, range: ByteRange, columns: Uint8Array, capacity: number): number {
    const count = Math.min(Math.floor((range.to - range.from) / this.plan.recordSize), capacity);
    this.native.decodeColumns(bytes, range.from, count, columns, capacity);
    return count;
  }

  slot(field: string): RowSlot {
    return findSlot(this.slots, field);
  }

  refusal(spans: RecordSpans, rows: Uint8Array, index: number, first: FilePlace): Refusal | undefined {
    return rowRefusal(this.plan, spans, { rows, index }, first);
  }
}
