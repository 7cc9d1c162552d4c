import { STATUS } from '../../model/index.js';
import { writeFloatDouble } from './float.js';
import { FLAG, KIND, LEAF, LEAF_INTS } from './leaf.js';
import { writeNumber } from './number-writer.js';
import { Digits, type LeafAt } from './number.js';
import { OP, OP_CODE, OP_INTS, ROW_FAILED_OP, ROW_STATUS, ROW_VIEWS, type RowPlan } from './row-plan.js';
import { recordTemplate } from './template.js';
import { codePoints, writeText } from './text-writer.js';

const OK = STATUS.ok.code;

/**
 * Encodes rows to records by a plan, the other way of RowTwin; the twin of native/codec/copybook-encode.cc. A row that does
 * not encode gets the status and operation in its head, and its record is left as the template. Bytes that several views of a
 * REDEFINES write must be equal.
 */
export class RowEncodeTwin {
  readonly template: Uint8Array;
  private readonly leaf: LeafAt;
  private readonly number = new Digits();
  private readonly scratch: Uint8Array;
  private readonly written: Uint8Array;

  constructor(private readonly plan: RowPlan) {
    this.template = recordTemplate(plan.layout);
    this.leaf = { leaves: plan.leaves, at: 0, tables: plan.tables };
    this.scratch = new Uint8Array(plan.recordSize);
    this.written = new Uint8Array(plan.recordSize);
  }

  /** Encodes `count` rows into `out`, one record after the other; returns how many are good. */
  encode(rows: Uint8Array, count: number, out: Uint8Array): number {
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    let good = 0;
    for (let index = 0; index < count; index++) {
      const record = out.subarray(index * this.plan.recordSize, (index + 1) * this.plan.recordSize);
      if (this.encodeRow(view, index * this.plan.rowSize, record)) good++;
    }
    return good;
  }

  private encodeRow(rows: DataView, row: number, record: Uint8Array): boolean {
    const { ops } = this.plan;
    record.set(this.template);
    if (this.plan.viewCount > 0) this.written.fill(0);
    rows.setInt32(row + ROW_STATUS, OK, true);
    rows.setInt32(row + ROW_FAILED_OP, -1, true);
    for (let op = 0; op < ops.length; op += OP_INTS) {
      const status = this.encodeOp(op, rows, row, record);
      if (status === OK) continue;
      rows.setInt32(row + ROW_STATUS, status, true);
      rows.setInt32(row + ROW_FAILED_OP, op / OP_INTS, true);
      record.set(this.template);
      return false;
    }
    return true;
  }

  private encodeOp(op: number, rows: DataView, row: number, record: Uint8Array): number {
    const { ops, leaves } = this.plan;
    if (ops[op] !== OP_CODE.leaf || ops[op + OP.target]! < 0 || !this.isActive(ops[op + OP.view]!, rows, row))
      return OK;
    const at = ops[op + OP.leaf]! * LEAF_INTS;
    const source = ops[op + OP.source]!;
    const status = this.encodeLeaf(at, rows, row + ops[op + OP.target]!, source);
    return status === OK ? this.place(record, source, source + leaves[at + LEAF.size]!) : status;
  }

  /** Whether the view and those around it are set in the row. */
  private isActive(view: number, rows: DataView, row: number): boolean {
    for (let at = view; at >= 0; at = this.plan.viewParents[at]!)
      if (rows.getUint8(row + ROW_VIEWS + at) === 0) return false;
    return true;
  }

  private place(record: Uint8Array, from: number, to: number): number {
    if (this.plan.viewCount > 0) {
      for (let at = from; at < to; at++) {
        if (this.written[at] !== 0 && record[at] !== this.scratch[at]) return STATUS.viewsDiffer.code;
        this.written[at] = 1;
      }
    }
    for (let at = from; at < to; at++) record[at] = this.scratch[at]!;
    return OK;
  }

  private encodeLeaf(at: number, rows: DataView, slot: number, source: number): number {
    const { leaves } = this.plan;
    if (leaves[at + LEAF.kind] === KIND.text) return this.encodeText(at, rows, slot, source);
    this.leaf.at = at;
    if (leaves[at + LEAF.kind] === KIND.float)
      return writeFloatDouble(this.leaf, rows.getFloat64(slot, true), { bytes: this.scratch, offset: source });
    const wide = (leaves[at + LEAF.flags]! & FLAG.wide) !== 0;
    const low = wide ? rows.getBigUint64(slot, true) : rows.getBigInt64(slot, true);
    const value = wide ? (rows.getBigInt64(slot + 8, true) << 64n) | low : low;
    if (value >= LARGEST || value <= -LARGEST) return STATUS.digitsOverflow.code;
    this.number.setBigInt(value);
    return writeNumber(this.leaf, this.number, this.scratch, source);
  }

  private encodeText(at: number, rows: DataView, slot: number, source: number): number {
    const { leaves } = this.plan;
    const length = rows.getUint32(slot, true);
    if (length > leaves[at + LEAF.width]! - 4) return STATUS.tooLong.code;
    const points = codePoints(new Uint8Array(rows.buffer, rows.byteOffset + slot + 4, length));
    this.leaf.at = at;
    return writeText(this.leaf, this.plan.layout.codePage, points, { bytes: this.scratch, offset: source });
  }
}

const LARGEST = 10n ** 38n;
