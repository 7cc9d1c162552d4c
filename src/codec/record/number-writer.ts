import { STATUS } from '../../model/index.js';
import { FLAG, KIND, LEAF } from './leaf.js';
import { NATIONAL, SLOT_END, type Digits, type LeafAt } from './number.js';
import { TABLES } from './page-tables.js';

const OK = STATUS.ok.code;
const BAD_SIGN = STATUS.badSign.code;
const DIGITS_OVERFLOW = STATUS.digitsOverflow.code;

/** Writes the number of a leaf at `offset`; a status. A refused one writes nothing. Zero has no minus. */
export function writeNumber(leaf: LeafAt, number: Digits, bytes: Uint8Array, offset: number): number {
  const { leaves, at } = leaf;
  const flags = leaves[at + LEAF.flags]!;
  let first = 0;
  while (first < number.count && number.digits[first] === 0) first++;
  const negative = number.negative && first < number.count;
  if (negative && (flags & FLAG.signed) === 0) return BAD_SIGN;
  if (leaves[at + LEAF.kind] === KIND.binary) return writeBinary(leaf, number, bytes, offset);
  const digits = leaves[at + LEAF.digits]!;
  if (number.count - first > digits) return DIGITS_OVERFLOW;
  if (leaves[at + LEAF.kind] === KIND.packed) writePacked(leaf, number, negative, { bytes, offset });
  else if ((flags & FLAG.national) !== 0) writeNational(leaf, number, negative, { bytes, offset });
  else writeDisplay(leaf, number, negative, { bytes, offset });
  return OK;
}

interface Target {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The digit that stands `fromRight` places from the right, 0 where the number has none. */
function digitAt(number: Digits, fromRight: number): number {
  const index = number.count - 1 - fromRight;
  return index < 0 ? 0 : number.digits[index]!;
}

function writePacked(leaf: LeafAt, number: Digits, negative: boolean, { bytes, offset }: Target): void {
  const { leaves, at } = leaf;
  const size = leaves[at + LEAF.size]!;
  const flags = leaves[at + LEAF.flags]!;
  const digits = leaves[at + LEAF.digits]!;
  const hasSign = (flags & FLAG.noSignNibble) === 0;
  const sign = (flags & FLAG.signed) === 0 ? 0x0f : negative ? 0x0d : 0x0c;
  for (let index = 0; index < size; index++) {
    const low = (size - 1 - index) * 2 - (hasSign ? 1 : 0);
    const digit = (fromRight: number): number => (fromRight < digits ? digitAt(number, fromRight) : 0);
    bytes[offset + index] = (digit(low + 1) << 4) | (low < 0 ? sign : digit(low));
  }
}

function writeDisplay(leaf: LeafAt, number: Digits, negative: boolean, { bytes, offset }: Target): void {
  const { leaves, at, tables } = leaf;
  const size = leaves[at + LEAF.size]!;
  const flags = leaves[at + LEAF.flags]!;
  const digits = leaves[at + LEAF.digits]!;
  if ((flags & FLAG.blankWhenZero) !== 0 && number.isZero()) {
    bytes.fill(tables[TABLES.space]!, offset, offset + size);
    return;
  }
  const separate = (flags & FLAG.separate) !== 0;
  const leading = (flags & FLAG.leading) !== 0;
  const start = offset + (separate && leading ? 1 : 0);
  for (let index = 0; index < digits; index++)
    bytes[start + index] = tables[TABLES.digitBytes + digitAt(number, digits - 1 - index)]!;
  if ((flags & FLAG.signed) === 0) return;
  const signAt = leading ? offset : offset + size - 1;
  if (separate) bytes[signAt] = tables[negative ? TABLES.minus : TABLES.plus]!;
  else {
    const digit = digitAt(number, leading ? digits - 1 : 0);
    bytes[signAt] = tables[TABLES.signedBytes + digit + (negative ? 10 : 0)]!;
  }
}

function writeNational(leaf: LeafAt, number: Digits, negative: boolean, { bytes, offset }: Target): void {
  const { leaves, at } = leaf;
  const count = leaves[at + LEAF.size]! / 2;
  const flags = leaves[at + LEAF.flags]!;
  const digits = leaves[at + LEAF.digits]!;
  const isBlank = (flags & FLAG.blankWhenZero) !== 0 && number.isZero();
  const leading = (flags & FLAG.leading) !== 0;
  const signAt = (flags & FLAG.signed) === 0 ? -1 : leading ? 0 : count - 1;
  for (let index = 0; index < count; index++) {
    const sign = negative ? NATIONAL.minus : NATIONAL.plus;
    const digit = NATIONAL.zero + digitAt(number, digits - 1 - index + (signAt === 0 ? 1 : 0));
    bytes[offset + index * 2] = 0;
    bytes[offset + index * 2 + 1] = isBlank ? NATIONAL.space : index === signAt ? sign : digit;
  }
}

function writeBinary(leaf: LeafAt, number: Digits, bytes: Uint8Array, offset: number): number {
  const { leaves, at } = leaf;
  const size = leaves[at + LEAF.size]!;
  const flags = leaves[at + LEAF.flags]!;
  const value = number.toBigInt();
  const signed = (flags & FLAG.signed) !== 0;
  const fits = signed ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value);
  if (fits !== value || value >= SLOT_END) return DIGITS_OVERFLOW;
  const magnitude = value < 0n ? -value : value;
  if ((flags & FLAG.fullRange) === 0 && magnitude.toString().length > leaves[at + LEAF.digits]! && magnitude !== 0n)
    return DIGITS_OVERFLOW;
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n)
    bytes[offset + ((flags & FLAG.littleEndian) !== 0 ? index : size - 1 - index)] = Number(rest & 0xffn);
  return OK;
}
