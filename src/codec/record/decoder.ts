import { DecodeError, STATUS } from '../../model/index.js';
import type { Layout, LayoutItem } from './layout.js';
import { refuseField, type Refusal } from './refusal.js';
import {
  compileRowPlan,
  OP,
  OP_INTS,
  ROW_FAILED_OP,
  ROW_STATUS,
  ROW_VIEWS,
  type RowPlan,
  type RowSlot,
} from './row-plan.js';
import { RowTwin, type RecordSpans } from './row-twin.js';

export interface DecoderOptions {
  readonly layout: Layout;
  /** Names of the fields to decode (`FIELD`, `GROUP.FIELD` or `TABLE(2).FIELD`); all of them when left out. */
  readonly fields?: readonly string[];
}

/** Records to rows. Of one thread; nothing is allocated by a batch once its buffers are there. */
export interface Decoder {
  readonly plan: RowPlan;
  readonly rowSize: number;
  readonly slots: readonly RowSlot[];
  /**
   * Decodes the whole records between `from` and `to` into `rows`, as many as fit; returns how many. A bad one has a
   * non-zero status at ROW_STATUS of its row.
   */
  decodeRows(bytes: Uint8Array, from: number, to: number, rows: Uint8Array): number;
  /**
   * Decodes them to columns of `capacity` values instead: the slot at row offset `o` of width `w` is the column of
   * `capacity * w` bytes at `capacity * o`; so are the 8 bytes of status and operation, and the views behind them.
   */
  decodeColumns(bytes: Uint8Array, range: ByteRange, columns: Uint8Array, capacity: number): number;
  /** The same for records of varying length, where they begin and how long they are; `rows` must hold `spans.count`. */
  decodeSpans(spans: RecordSpans, rows: Uint8Array): void;
  /** The slot of a field; throws DecodeError when the plan has none or several of that name. */
  slot(field: string): RowSlot;
  /** Why row `index` of the last batch was refused, or undefined. `first` is the batch's place in the file. */
  refusal(spans: RecordSpans, rows: Uint8Array, index: number, first: FilePlace): Refusal | undefined;
}

/** Bytes from `from` up to `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Where the first record of a batch lies: its number (from 1) and the file offset of `bytes[0]`. */
export interface FilePlace {
  readonly record: number;
  readonly fileOffset: number;
}

const SPANS_CHUNK = 4096;

/** Fills `starts` and `lengths` for records that follow each other. */
export function fixedSpans(bytes: Uint8Array, from: number, recordSize: number, count: number): RecordSpans {
  const starts = Int32Array.from({ length: count }, (_, index) => from + index * recordSize);
  return { bytes, starts, lengths: new Int32Array(count).fill(recordSize), count };
}

export class TwinDecoder implements Decoder {
  readonly plan: RowPlan;
  readonly rowSize: number;
  readonly slots: readonly RowSlot[];
  private readonly twin: RowTwin;
  private readonly starts = new Int32Array(SPANS_CHUNK);
  private readonly lengths = new Int32Array(SPANS_CHUNK);

  constructor(options: DecoderOptions) {
    this.plan = compileRowPlan(options.layout, options.fields);
    this.rowSize = this.plan.rowSize;
    this.slots = this.plan.slots;
    this.twin = new RowTwin(this.plan);
    this.lengths.fill(this.plan.recordSize);
  }

  decodeRows(bytes: Uint8Array, from: number, to: number, rows: Uint8Array): number {
    const { recordSize, rowSize } = this.plan;
    const total = Math.min(Math.floor((to - from) / recordSize), Math.floor(rows.length / rowSize));
    for (let done = 0; done < total; done += SPANS_CHUNK) {
      const count = Math.min(SPANS_CHUNK, total - done);
      for (let index = 0; index < count; index++) this.starts[index] = from + (done + index) * recordSize;
      const spans = { bytes, starts: this.starts, lengths: this.lengths, count };
      this.decodeSpans(spans, rows.subarray(done * rowSize, (done + count) * rowSize));
    }
    return total;
  }

  decodeColumns(bytes: Uint8Array, range: ByteRange, columns: Uint8Array, capacity: number): number {
    const { recordSize, rowSize } = this.plan;
    const total = Math.min(Math.floor((range.to - range.from) / recordSize), capacity);
    const rows = new Uint8Array(rowSize * Math.min(total, SPANS_CHUNK));
    for (let done = 0; done < total; done += SPANS_CHUNK) {
      const from = range.from + done * recordSize;
      const count = this.decodeRows(
        bytes,
        from,
        range.to,
        rows.subarray(0, rowSize * Math.min(SPANS_CHUNK, total - done)),
      );
      for (let index = 0; index < count; index++)
        this.scatter(rows.subarray(index * rowSize, (index + 1) * rowSize), { columns, capacity, index: done + index });
    }
    return total;
  }

  /** Puts each part of a row into its column. */
  private scatter(row: Uint8Array, to: { columns: Uint8Array; capacity: number; index: number }): void {
    const viewsWidth = (this.plan.viewCount + 7) & ~7;
    const parts = [{ offset: ROW_STATUS, width: ROW_VIEWS }, { offset: ROW_VIEWS, width: viewsWidth }, ...this.slots];
    for (const { offset, width } of parts)
      to.columns.set(row.subarray(offset, offset + width), offset * to.capacity + to.index * width);
  }

  decodeSpans(spans: RecordSpans, rows: Uint8Array): void {
    this.twin.decode(spans, rows);
  }

  slot(field: string): RowSlot {
    return findSlot(this.slots, field);
  }

  refusal(spans: RecordSpans, rows: Uint8Array, index: number, first: FilePlace): Refusal | undefined {
    return rowRefusal(this.plan, spans, { rows, index }, first);
  }
}

/** The one slot whose path is `field` or ends in it. */
export function findSlot(slots: readonly RowSlot[], field: string): RowSlot {
  const wanted = `.${field.toUpperCase()}`;
  const matches = slots.filter(({ path }) => `.${path.toUpperCase()}`.endsWith(wanted));
  if (matches.length === 1) return matches[0]!;
  throw new DecodeError('HR_FIELD', `${field} names ${matches.length} slots of the plan, not one`);
}

export function rowRefusal(
  plan: RowPlan,
  spans: RecordSpans,
  { rows, index }: { rows: Uint8Array; index: number },
  first: FilePlace,
): Refusal | undefined {
  const view = new DataView(rows.buffer, rows.byteOffset + index * plan.rowSize, plan.rowSize);
  const status = view.getInt32(ROW_STATUS, true);
  if (status === STATUS.ok.code) return undefined;
  const op = view.getInt32(ROW_FAILED_OP, true);
  const { layout, ops } = plan;
  const item = op < 0 ? layout.root : (layout.items[ops[op * OP_INTS + OP.item]!] as LayoutItem);
  const source = op < 0 ? 0 : ops[op * OP_INTS + OP.source]!;
  const start = spans.starts[index]!;
  const place = {
    bytes: spans.bytes,
    start,
    length: spans.lengths[index]!,
    record: first.record + index,
    fileOffset: first.fileOffset + start,
  };
  return refuseField(place, item, source, status);
}

/** Reads a row's slot: text, a number as integer at the slot's scale, a float, or null when its view does not decode. */
export function readSlot(rows: Uint8Array, row: number, slot: RowSlot): string | bigint | number | null {
  if (slot.view >= 0 && rows[row + ROW_VIEWS + slot.view] === 0) return null;
  const view = new DataView(rows.buffer, rows.byteOffset + row + slot.offset, slot.width);
  if (slot.kind === 'i64') return view.getBigInt64(0, true);
  if (slot.kind === 'f64') return view.getFloat64(0, true);
  if (slot.kind === 'i128') return (view.getBigInt64(8, true) << 64n) | view.getBigUint64(0, true);
  const start = rows.byteOffset + row + slot.offset + 4;
  return Buffer.from(rows.buffer, start, view.getUint32(0, true)).toString('utf8');
}
