import { STATUS } from '../../model/index.js';
import { nearestToLiteral, shortestLiteral } from './float-decimal.js';
import {
  bitsOfValue,
  IBM_LONG,
  IBM_SHORT,
  IEEE_DOUBLE,
  IEEE_SINGLE,
  nearestValue,
  valueOfBits,
  type FloatFormat,
  type FloatValue,
} from './float-format.js';
import { FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';

/*
 * A leaf of COMP-1 or COMP-2 as text and as a double: the twin of native/codec/copybook-float.cc. All arithmetic is of integers;
 * a double is only the content of a row's slot.
 */

const OK = STATUS.ok.code;
const BAD_NUMBER = STATUS.badNumber.code;
const DIGITS_OVERFLOW = STATUS.digitsOverflow.code;

function formatOf({ leaves, at }: LeafAt): FloatFormat {
  const isShort = leaves[at + LEAF.size] === 4;
  if ((leaves[at + LEAF.flags]! & FLAG.ieee) !== 0) return isShort ? IEEE_SINGLE : IEEE_DOUBLE;
  return isShort ? IBM_SHORT : IBM_LONG;
}

const isLittle = ({ leaves, at }: LeafAt): boolean => (leaves[at + LEAF.flags]! & FLAG.littleEndian) !== 0;

function readBits(leaf: LeafAt, size: number, bytes: Uint8Array, offset: number): bigint {
  const little = isLittle(leaf);
  let bits = 0n;
  for (let index = 0; index < size; index++)
    bits = (bits << 8n) | BigInt(bytes[offset + (little ? size - 1 - index : index)]!);
  return bits;
}

function writeBits(leaf: LeafAt, size: number, bits: bigint, { bytes, offset }: FloatTarget): void {
  const little = isLittle(leaf);
  for (let index = 0, rest = bits; index < size; index++, rest >>= 8n)
    bytes[offset + (little ? index : size - 1 - index)] = Number(rest & 0xffn);
}

/** Where a float is written. */
export interface FloatTarget {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The literal of the float at `offset`, the shortest that reads back to the same number; undefined for an infinity or NaN. */
export function readFloatText(leaf: LeafAt, bytes: Uint8Array, offset: number): string | undefined {
  const format = formatOf(leaf);
  const value = valueOfBits(format, readBits(leaf, format.size, bytes, offset));
  return value === undefined ? undefined : shortestLiteral(format, value);
}

/** Writes the number of the leaf's format nearest to a decimal literal; a status. What is too small becomes zero. */
export function writeFloatText(leaf: LeafAt, text: string, to: FloatTarget): number {
  const format = formatOf(leaf);
  return writeValue(leaf, format, nearestToLiteral(format, text), to);
}

/** The float at `offset` as the nearest double, never -0; undefined for an infinity or NaN. */
export function readFloatDouble(leaf: LeafAt, bytes: Uint8Array, offset: number): number | undefined {
  const format = formatOf(leaf);
  const value = valueOfBits(format, readBits(leaf, format.size, bytes, offset));
  return value === undefined ? undefined : doubleOf(value);
}

/** Writes the number of the leaf's format nearest to a double; a status. */
export function writeFloatDouble(leaf: LeafAt, double: number, to: FloatTarget): number {
  const value = valueOfBits(IEEE_DOUBLE, bitsOfDouble(double));
  if (value === undefined) return BAD_NUMBER;
  const { negative, mantissa, exponent } = value;
  const numerator = mantissa << BigInt(Math.max(exponent, 0));
  const format = formatOf(leaf);
  const nearest = nearestValue(format, negative, numerator, 1n << BigInt(Math.max(-exponent, 0)));
  return writeValue(leaf, format, nearest ?? 'overflow', to);
}

function writeValue(
  leaf: LeafAt,
  format: FloatFormat,
  value: FloatValue | 'overflow' | undefined,
  to: FloatTarget,
): number {
  if (value === undefined) return BAD_NUMBER;
  if (value === 'overflow') return DIGITS_OVERFLOW;
  writeBits(leaf, format.size, bitsOfValue(format, value), to);
  return OK;
}

const cell = new DataView(new ArrayBuffer(8));

function bitsOfDouble(double: number): bigint {
  cell.setFloat64(0, double);
  return cell.getBigUint64(0);
}

function doubleOf({ negative, mantissa, exponent }: FloatValue): number {
  const numerator = mantissa << BigInt(Math.max(exponent, 0));
  const nearest = nearestValue(IEEE_DOUBLE, negative, numerator, 1n << BigInt(Math.max(-exponent, 0)))!;
  cell.setBigUint64(0, bitsOfValue(IEEE_DOUBLE, nearest));
  return cell.getFloat64(0);
}
