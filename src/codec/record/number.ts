import { STATUS } from '../../model/index.js';
import { blankPolicy } from './blank.js';
import { BLANK_POLICY, DIGITS_MAX, FLAG, KIND, LEAF } from './leaf.js';
import { TABLES } from './page-tables.js';
import { NEGATIVE, NO_DIGIT } from './sign.js';

const OK = STATUS.ok.code;
const BAD_SIGN = STATUS.badSign.code;
const BAD_DIGIT = STATUS.badDigit.code;
const DIGITS_OVERFLOW = STATUS.digitsOverflow.code;
const WIDEST = 16;
/** A row's slot is a signed 128-bit integer: an unsigned item of 16 bytes may hold more, and is refused both ways. */
export const SLOT_END = 1n << 127n;

/** Characters of a number in UTF-16. */
export const NATIONAL = { space: 0x20, plus: 0x2b, minus: 0x2d, zero: 0x30 } as const;

/** A number on its way: decimal digits, most significant first, and a sign. One is used again and again by a loop. */
export class Digits {
  readonly digits = new Uint8Array(DIGITS_MAX + 2);
  count = 0;
  negative = false;

  isZero(): boolean {
    for (let index = 0; index < this.count; index++) if (this.digits[index] !== 0) return false;
    return true;
  }

  /** The digits as one integer. */
  toBigInt(): bigint {
    let text = '';
    for (let index = 0; index < this.count; index++) text += this.digits[index];
    const magnitude = BigInt(text || '0');
    return this.negative ? -magnitude : magnitude;
  }

  /** Takes an integer of at most 40 digits. */
  setBigInt(value: bigint): void {
    this.negative = value < 0n;
    const text = (this.negative ? -value : value).toString();
    this.count = text.length;
    for (let index = 0; index < text.length; index++) this.digits[index] = text.charCodeAt(index) - 0x30;
  }
}

/** Where a leaf of a plan is read: the plan's leaf descriptors, this leaf's first int, and the page's tables. */
export interface LeafAt {
  leaves: Int32Array;
  at: number;
  tables: Uint8Array;
}

/** Reads the number of a leaf at `offset` into `out`; a status. A filling that the leaf takes for zero is 0. */
export function readNumber(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  const status = readKind(leaf, bytes, offset, out);
  if (status === OK || blankPolicy(leaf, bytes, offset) !== BLANK_POLICY.zero) return status;
  out.negative = false;
  out.count = 0;
  return OK;
}

function readKind(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  switch (leaf.leaves[leaf.at + LEAF.kind]) {
    case KIND.display:
      return (leaf.leaves[leaf.at + LEAF.flags]! & FLAG.national) !== 0
        ? readNational(leaf, bytes, offset, out)
        : readDisplay(leaf, bytes, offset, out);
    case KIND.packed:
      return readPacked(leaf, bytes, offset, out);
    default:
      return readBinary(leaf, bytes, offset, out);
  }
}

function readDisplay(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  const { leaves, at, tables } = leaf;
  const size = leaves[at + LEAF.size]!;
  const flags = leaves[at + LEAF.flags]!;
  out.negative = false;
  out.count = 0;
  if ((flags & FLAG.blankWhenZero) !== 0 && isBlank(tables, bytes, offset, size)) return OK;
  const signAt = (flags & FLAG.signed) === 0 ? -1 : (flags & FLAG.leading) !== 0 ? 0 : size - 1;
  for (let index = 0; index < size; index++) {
    const byte = bytes[offset + index]!;
    if (index === signAt) {
      const status = (flags & FLAG.separate) !== 0 ? readSeparate(tables, byte, out) : readOverpunch(tables, byte, out);
      if (status !== OK) return status;
    } else {
      const digit = tables[TABLES.digits + byte]!;
      if (digit === NO_DIGIT) return BAD_DIGIT;
      out.digits[out.count++] = digit;
    }
  }
  return OK;
}

function isBlank(tables: Uint8Array, bytes: Uint8Array, offset: number, size: number): boolean {
  return every(size, index => bytes[offset + index] === tables[TABLES.space]);
}

function readSeparate(tables: Uint8Array, byte: number, out: Digits): number {
  out.negative = byte === tables[TABLES.minus];
  return out.negative || byte === tables[TABLES.plus] ? OK : BAD_SIGN;
}

function readOverpunch(tables: Uint8Array, byte: number, out: Digits): number {
  const entry = tables[TABLES.signs + byte]!;
  if (entry === NO_DIGIT) return BAD_SIGN;
  out.negative = (entry & NEGATIVE) !== 0;
  out.digits[out.count++] = entry & 0x0f;
  return OK;
}

/** Digits in UTF-16; the sign, where there is one, is a character of its own. */
function readNational(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  const { leaves, at } = leaf;
  const count = leaves[at + LEAF.size]! / 2;
  const flags = leaves[at + LEAF.flags]!;
  const character = (index: number): number => (bytes[offset + index * 2]! << 8) | bytes[offset + index * 2 + 1]!;
  out.negative = false;
  out.count = 0;
  if ((flags & FLAG.blankWhenZero) !== 0 && every(count, index => character(index) === NATIONAL.space)) return OK;
  const signAt = (flags & FLAG.signed) === 0 ? -1 : (flags & FLAG.leading) !== 0 ? 0 : count - 1;
  for (let index = 0; index < count; index++) {
    const digit = character(index) - NATIONAL.zero;
    if (index === signAt) {
      out.negative = character(index) === NATIONAL.minus;
      if (!out.negative && character(index) !== NATIONAL.plus) return BAD_SIGN;
    } else if (digit < 0 || digit > 9) return BAD_DIGIT;
    else out.digits[out.count++] = digit;
  }
  return OK;
}

function every(count: number, holds: (index: number) => boolean): boolean {
  for (let index = 0; index < count; index++) if (!holds(index)) return false;
  return true;
}

function readPacked(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  const { leaves, at } = leaf;
  const flags = leaves[at + LEAF.flags]!;
  const signNibbles = (flags & FLAG.noSignNibble) !== 0 ? 0 : 1;
  const nibbles = leaves[at + LEAF.size]! * 2 - signNibbles;
  const pad = nibbles - leaves[at + LEAF.digits]!;
  out.negative = false;
  out.count = 0;
  for (let index = 0; index < nibbles; index++) {
    const digit = (bytes[offset + (index >> 1)]! >> ((index & 1) === 0 ? 4 : 0)) & 0x0f;
    if (digit > 9) return BAD_DIGIT;
    if (index >= pad) out.digits[out.count++] = digit;
    else if (digit !== 0) return DIGITS_OVERFLOW;
  }
  return signNibbles === 0 ? OK : readSignNibble(bytes[offset + (nibbles >> 1)]! & 0x0f, flags, out);
}

/** A, B and E sign too, unless the layout is strict. */
const isSign = (nibble: number, strict: boolean): boolean =>
  strict ? nibble === 0x0c || nibble === 0x0d || nibble === 0x0f : nibble >= 0x0a;

// C, F, A and E are plus, D and B minus; an unsigned item that is negative would lose its sign, so it is refused.
function readSignNibble(nibble: number, flags: number, out: Digits): number {
  if (!isSign(nibble, (flags & FLAG.strictSign) !== 0)) return BAD_SIGN;
  out.negative = nibble === 0x0d || nibble === 0x0b;
  return out.negative && (flags & FLAG.signed) === 0 ? BAD_SIGN : OK;
}

function readBinary(leaf: LeafAt, bytes: Uint8Array, offset: number, out: Digits): number {
  const { leaves, at } = leaf;
  const size = leaves[at + LEAF.size]!;
  const flags = leaves[at + LEAF.flags]!;
  const little = (flags & FLAG.littleEndian) !== 0;
  let value = 0n;
  for (let index = 0; index < size; index++)
    value = (value << 8n) | BigInt(bytes[offset + (little ? size - 1 - index : index)]!);
  if ((flags & FLAG.signed) !== 0) value = BigInt.asIntN(size * 8, value);
  // A row's slot is a signed 128-bit integer: an unsigned item of 16 bytes may hold more.
  else if (size === WIDEST && value >= SLOT_END) return DIGITS_OVERFLOW;
  out.setBigInt(value);
  const isFull = (flags & (FLAG.fullRange | FLAG.fullRangeRead)) !== 0;
  return !isFull && out.count > leaves[at + LEAF.digits]! ? DIGITS_OVERFLOW : OK;
}
