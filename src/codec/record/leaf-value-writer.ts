import { STATUS } from '../../model/index.js';
import { nullFilling } from './blank.js';
import { editNumber } from './edit.js';
import { writeFloatText } from './float.js';
import { JSON_KIND, TAPE, type JsonTape } from './json-tape.js';
import { stringPoints } from './json-string.js';
import { KIND, LEAF, LEAF_INTS } from './leaf.js';
import { NumberLiteral } from './number-literal.js';
import { Digits, type LeafAt } from './number.js';
import { writeNumber } from './number-writer.js';
import { TABLES } from './page-tables.js';
import type { RecordEncodePlan } from './record-encode-plan.js';
import { writeText } from './text-writer.js';

const OK = STATUS.ok.code;
const BAD_TYPE = STATUS.badType.code;

/** Writes a value of a tape as the bytes of a leaf, to `bytes` from its start on. */
export class LeafValueWriter {
  readonly bytes: Uint8Array;
  readonly space: number;
  private readonly leaf: LeafAt;
  private readonly literal = new NumberLiteral();
  private readonly digits = new Digits();
  private readonly points: number[] = [];

  constructor(
    private readonly plan: Pick<RecordEncodePlan, 'layout' | 'leaves' | 'masks' | 'tables' | 'recordSize'>,
    private readonly tape: JsonTape,
  ) {
    this.leaf = { leaves: plan.leaves, at: 0, tables: plan.tables };
    this.bytes = new Uint8Array(plan.recordSize);
    this.space = plan.tables[TABLES.space]!;
  }

  /** A string for text; for a number a JSON number, or a string that holds one; either for an edited number. A status. */
  write(leaf: number, value: number): number {
    this.leaf.at = leaf * LEAF_INTS;
    const kind = this.tape.kind(value);
    if (kind === JSON_KIND.null) return this.writeBlank(leaf);
    if (this.plan.leaves[this.leaf.at + LEAF.kind] === KIND.text) {
      const isEdited = this.plan.leaves[this.leaf.at + LEAF.blanks] !== 0;
      if (kind === JSON_KIND.number && isEdited) return this.edited(value);
      if (kind !== JSON_KIND.string && kind !== JSON_KIND.escaped) return BAD_TYPE;
      const points = stringPoints(this.tape, value);
      return writeText(this.leaf, this.plan.layout.codePage, points, { bytes: this.bytes, offset: 0 });
    }
    if (this.plan.leaves[this.leaf.at + LEAF.kind] === KIND.float) return this.float(value);
    const status = this.number(value);
    return status === OK ? writeNumber(this.leaf, this.digits, this.bytes, 0) : status;
  }

  /** A number as MOVE would edit it. */
  private edited(value: number): number {
    const read = this.number(value);
    if (read !== OK) return read;
    const status = editNumber(this.leaf, this.plan.masks, this.digits, this.points);
    if (status !== OK) return status;
    return writeText(this.leaf, this.plan.layout.codePage, this.points, { bytes: this.bytes, offset: 0 });
  }

  /** Whether null is written as the filling that decodes to null; `leaf` may be -1. */
  isBlank(leaf: number): boolean {
    return leaf >= 0 && nullFilling({ ...this.leaf, at: leaf * LEAF_INTS }) !== undefined;
  }

  private writeBlank(leaf: number): number {
    const filling = nullFilling({ ...this.leaf, at: leaf * LEAF_INTS });
    if (filling === undefined) return STATUS.missingValue.code;
    for (let at = 0; at < this.plan.leaves[leaf * LEAF_INTS + LEAF.size]!; at++) this.bytes[at] = filling[at % 2]!;
    return OK;
  }

  private float(value: number): number {
    const { ints, bytes } = this.tape;
    if (this.tape.kind(value) !== JSON_KIND.number && this.tape.kind(value) !== JSON_KIND.string) return BAD_TYPE;
    const literal = Buffer.from(bytes.subarray(ints[value + TAPE.start]!, ints[value + TAPE.end]!)).toString();
    const status = writeFloatText(this.leaf, literal, { bytes: this.bytes, offset: 0 });
    return status === STATUS.badNumber.code ? BAD_TYPE : status;
  }

  /** Reads a number into `digits`, at the scale of the leaf. */
  private number(value: number): number {
    const { ints, bytes } = this.tape;
    const kind = this.tape.kind(value);
    if (kind !== JSON_KIND.number && kind !== JSON_KIND.string) return BAD_TYPE;
    if (!this.literal.read(bytes, ints[value + TAPE.start]!, ints[value + TAPE.end]!)) return BAD_TYPE;
    return this.literal.toDigits(this.plan.leaves[this.leaf.at + LEAF.scale]!, this.digits);
  }

  /** The integer that was given for a count, as a number; -1 where it is none. */
  integer(leaf: number, value: number): number {
    this.leaf.at = leaf * LEAF_INTS;
    return this.number(value) === OK ? Number(this.digits.toBigInt()) : -1;
  }

  /** Writes a count; a status. */
  writeInteger(leaf: number, count: number): number {
    this.leaf.at = leaf * LEAF_INTS;
    this.digits.setBigInt(BigInt(count));
    return writeNumber(this.leaf, this.digits, this.bytes, 0);
  }
}
