import type { Addon } from '../../native/index.js';
import { DecodeError } from '../../model/index.js';
import type { Layout } from './layout.js';
import { compileRowPlan, ROW_FAILED_OP, ROW_VIEWS, type RowPlan, type RowSlot } from './row-plan.js';
import { openNativeRows } from './native-decoder.js';
import { RowEncodeTwin } from './row-encode-twin.js';

/** Rows to records: the bytes a decoder of the same layout reads back as the same rows. */
export interface Encoder {
  readonly plan: RowPlan;
  readonly rowSize: number;
  readonly slots: readonly RowSlot[];
  /** Encodes `count` rows into `out`; returns how many are good. A bad one has a status at ROW_STATUS of its row. */
  encodeRows(rows: Uint8Array, count: number, out: Uint8Array): number;
}

/** An encoder of rows to records: native where the addon is given, else the twin. Both write the same bytes. */
export function createEncoder(options: { readonly layout: Layout; readonly native: Addon | undefined }): Encoder {
  const plan = compileRowPlan(options.layout);
  return { plan, rowSize: plan.rowSize, slots: plan.slots, encodeRows: encodeCall(plan, options.native) };
}

function encodeCall(plan: RowPlan, native: Addon | undefined): Encoder['encodeRows'] {
  if (native === undefined) {
    const twin = new RowEncodeTwin(plan);
    return (rows, count, out) => twin.encode(rows, count, out);
  }
  const opened = openNativeRows(plan, native);
  return (rows, count, out) => opened.encodeRows(rows, count, out);
}

/** Clears a row for writing: no values, every view set. */
export function clearRow(plan: RowPlan, rows: Uint8Array, row: number): void {
  rows.fill(0, row, row + plan.rowSize);
  rows.fill(0xff, row + ROW_FAILED_OP, row + ROW_VIEWS);
  rows.fill(1, row + ROW_VIEWS, row + ROW_VIEWS + plan.viewCount);
}

/** Writes a value into a row's slot: text, an integer at the slot's scale, or a float. Throws DecodeError when the slot cannot hold it. */
export function writeSlot(rows: Uint8Array, row: number, slot: RowSlot, value: string | bigint | number): void {
  const view = new DataView(rows.buffer, rows.byteOffset + row + slot.offset, slot.width);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    if (slot.kind !== 'text' || text.length > slot.width - 4)
      throw new DecodeError('HR_SLOT', `${slot.path} cannot hold ${JSON.stringify(value)}`);
    view.setUint32(0, text.length, true);
    rows.set(text, row + slot.offset + 4);
    return;
  }
  if (typeof value === 'number') {
    if (slot.kind !== 'f64') throw new DecodeError('HR_SLOT', `${slot.path} cannot hold the float ${value}`);
    return view.setFloat64(0, value, true);
  }
  const bits = slot.kind === 'i128' ? 128 : 64;
  if (slot.kind === 'text' || slot.kind === 'f64' || BigInt.asIntN(bits, value) !== value)
    throw new DecodeError('HR_SLOT', `${slot.path} cannot hold ${value}`);
  view.setBigInt64(0, BigInt.asIntN(64, value), true);
  if (slot.kind === 'i128') view.setBigInt64(8, value >> 64n, true);
}
