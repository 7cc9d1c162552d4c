import { STATUS } from '../../model/index.js';
import { blankPolicy } from './blank.js';
import { CHARSET, charsetOf } from './charset.js';
import { readFloatDouble } from './float.js';
import { Digits, readNumber, type LeafAt } from './number.js';
import { BLANK_POLICY, FLAG, KIND, LEAF, LEAF_INTS } from './leaf.js';
import { OP, OP_CODE, OP_INTS, ROW_FAILED_OP, ROW_STATUS, ROW_VIEWS, type RowPlan } from './row-plan.js';
import { readLeafText, textEnd, textStart, UTF8_TABLE, writeSingleBytes } from './text-reader.js';

const OK = STATUS.ok.code;
const TWO_32 = 4294967296;

/** The bytes of a batch and where its records begin: `starts[i]`, `lengths[i]`. */
export interface RecordSpans {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;
}

/**
 * Decodes records to rows by a plan, one operation after the other: the twin of native/codec/copybook-rows.cc and its oracle.
 * A row's status names the first operation, in the order of the copybook, that refused.
 */
export class RowTwin {
  private readonly leaf: LeafAt;
  private readonly number = new Digits();

  constructor(private readonly plan: RowPlan) {
    this.leaf = { leaves: plan.leaves, at: 0, tables: plan.tables };
  }

  decode(spans: RecordSpans, rows: Uint8Array): void {
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    for (let index = 0; index < spans.count; index++) this.decodeRecord(spans, index, view);
  }

  private decodeRecord(spans: RecordSpans, index: number, rows: DataView): void {
    const { ops, rowSize, viewCount } = this.plan;
    const row = index * rowSize;
    rows.setInt32(row + ROW_STATUS, OK, true);
    rows.setInt32(row + ROW_FAILED_OP, -1, true);
    const viewBytes = (viewCount + 7) & ~7;
    for (let view = 0; view < viewBytes; view++) rows.setUint8(row + ROW_VIEWS + view, view < viewCount ? 1 : 0);
    for (let op = 0; op < ops.length; op += OP_INTS) {
      const status =
        ops[op] === OP_CODE.resolve ? this.resolve(op, rows, row) : this.decodeLeaf(op, spans, index, rows);
      if (status !== OK) this.fail(op, status, rows, row);
    }
    const status = lengthStatus(spans.lengths[index]!, this.plan.recordSize);
    if (status !== OK && rows.getInt32(row + ROW_STATUS, true) === OK) rows.setInt32(row + ROW_STATUS, status, true);
  }

  private fail(op: number, status: number, rows: DataView, row: number): void {
    const view = this.plan.ops[op + OP.view]!;
    if (view >= 0) rows.setUint8(row + ROW_VIEWS + view, 0);
    else if (rows.getInt32(row + ROW_STATUS, true) === OK) {
      rows.setInt32(row + ROW_STATUS, status, true);
      rows.setInt32(row + ROW_FAILED_OP, op / OP_INTS, true);
    }
  }

  private resolve(op: number, rows: DataView, row: number): number {
    const first = row + ROW_VIEWS + this.plan.ops[op + OP.leaf]!;
    for (let view = 0; view < this.plan.ops[op + OP.target]!; view++) if (rows.getUint8(first + view) !== 0) return OK;
    return STATUS.noView.code;
  }

  private decodeLeaf(op: number, spans: RecordSpans, index: number, rows: DataView): number {
    const { ops, leaves, rowSize } = this.plan;
    const at = ops[op + OP.leaf]! * LEAF_INTS;
    const target = ops[op + OP.target]! < 0 ? -1 : index * rowSize + ops[op + OP.target]!;
    const width = leaves[at + LEAF.width]!;
    if (target >= 0) for (let byte = 0; byte < width; byte += 8) rows.setBigInt64(target + byte, 0n, true);
    if (ops[op + OP.source]! + leaves[at + LEAF.size]! > spans.lengths[index]!) return STATUS.shortRecord.code;
    const offset = spans.starts[index]! + ops[op + OP.source]!;
    this.leaf.at = at;
    if (leaves[at + LEAF.kind] === KIND.text)
      return target < 0 ? OK : this.writeText(spans.bytes, offset, rows, target);
    if (leaves[at + LEAF.kind] === KIND.float) return this.writeFloat(spans.bytes, offset, rows, target);
    const status = readNumber(this.leaf, spans.bytes, offset, this.number);
    if (status === OK && target >= 0) this.writeNumber(rows, target, (leaves[at + LEAF.flags]! & FLAG.wide) !== 0);
    return status;
  }

  private writeText(bytes: Uint8Array, offset: number, rows: DataView, target: number): number {
    const { leaf } = this;
    const out = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    let length: number;
    if (charsetOf(leaf) === CHARSET.single) {
      const start = textStart(leaf, bytes, offset);
      const source = { bytes, start, end: textEnd(leaf, bytes, offset, start) };
      length = writeSingleBytes(leaf, UTF8_TABLE, source, { bytes: out, at: target + 4 }) - target - 4;
    } else {
      const text = readLeafText(leaf, this.plan.layout.codePage, bytes, offset);
      if (text === undefined) return STATUS.badCharacter.code;
      length = Buffer.from(out.buffer, out.byteOffset, out.length).write(text, target + 4);
    }
    rows.setUint32(target, length, true);
    return OK;
  }

  private writeFloat(bytes: Uint8Array, offset: number, rows: DataView, target: number): number {
    const value = readFloatDouble(this.leaf, bytes, offset);
    if (value !== undefined && target >= 0) rows.setFloat64(target, value, true);
    if (value !== undefined || blankPolicy(this.leaf, bytes, offset) === BLANK_POLICY.zero) return OK;
    return STATUS.badNumber.code;
  }

  private writeNumber(rows: DataView, target: number, wide: boolean): void {
    const { number } = this;
    if (number.count <= 15) {
      let value = 0;
      for (let index = 0; index < number.count; index++) value = value * 10 + number.digits[index]!;
      if (number.negative) value = -value;
      const high = Math.floor(value / TWO_32);
      rows.setUint32(target, value - high * TWO_32, true);
      rows.setInt32(target + 4, high, true);
      if (wide) rows.setBigInt64(target + 8, value < 0 ? -1n : 0n, true);
      return;
    }
    const value = number.toBigInt();
    rows.setBigInt64(target, BigInt.asIntN(64, value), true);
    if (wide) rows.setBigInt64(target + 8, value >> 64n, true);
  }
}

/** A record shorter than its layout has a field that refuses; one that is longer holds bytes no field explains. */
export function lengthStatus(length: number, recordSize: number): number {
  if (length === recordSize) return OK;
  return length < recordSize ? STATUS.shortRecord.code : STATUS.badRecordLength.code;
}
