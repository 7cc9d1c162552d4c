import { DECIMAL_SCALE, STATUS } from '../../model/index.js';

import type { Int64Cell } from './int64-cell.js';

const UNIT = 10 ** DECIMAL_SCALE;
const UNIT_BIG = BigInt(UNIT);
const WHOLE_MAX = 92233720368; // 2^63 / 10^8, rounded down
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** The longest text `formatFixDecimal` writes: sign, 11 digits, point, 8 digits. */
export const DECIMAL_SIZE_MAX = 21;

/**
 * Reads a FIX float (Qty, Price, Amt: optional minus, digits, at most one point) as an integer at 10^-8 into `out`.
 * Returns `ok`, `emptyValue`, `badNumber` (a plus, a space, an exponent), `overflow` past int64, or `scaleLoss` when a
 * ninth decimal is not 0; `out` then holds the value cut to eight decimals.
 */
export function parseFixDecimal(bytes: Uint8Array, start: number, end: number, out: Int64Cell): number {
  if (start >= end) return STATUS.emptyValue.code;
  const negative = bytes[start] === MINUS;
  let at = negative ? start + 1 : start;
  let digits = 0;
  let whole = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    // Stays exact: once past the largest whole part it only has to stay past it.
    if (whole <= WHOLE_MAX) whole = whole * 10 + digit;
    digits++;
  }
  let fraction = 0;
  let unit = UNIT;
  let lost = false;
  if (at < end && bytes[at] === POINT) {
    for (at++; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      if (unit > 1) {
        unit /= 10;
        fraction += digit * unit;
      } else if (digit !== 0) lost = true;
      digits++;
    }
  }
  if (at < end || digits === 0) return STATUS.badNumber.code;
  if (whole > WHOLE_MAX || !out.setScaled(whole, UNIT, fraction)) return STATUS.overflow.code;
  if (negative) out.negate();
  return lost ? STATUS.scaleLoss.code : STATUS.ok.code;
}

function writeDigits(value: number, count: number, bytes: Uint8Array, offset: number): void {
  for (let at = offset + count - 1; at >= offset; at--) {
    const rest = Math.floor(value / 10);
    bytes[at] = ZERO + (value - rest * 10);
    value = rest;
  }
}

/** The number of decimal digits of a whole number, 1 for 0. */
export function digitCount(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count++;
  return count;
}

/** Writes a whole number below 2^53 in decimal at `offset`; returns the offset after it. */
export function writeInteger(value: number, bytes: Uint8Array, offset: number): number {
  const count = digitCount(value);
  writeDigits(value, count, bytes, offset);
  return offset + count;
}

/** Writes a whole number with leading zeros to `count` digits; returns the offset after it. */
export function writePadded(value: number, count: number, bytes: Uint8Array, offset: number): number {
  writeDigits(value, count, bytes, offset);
  return offset + count;
}

/** Writes an integer at 10^-8 as a FIX float without trailing zeros (150000000n is `1.5`); returns the offset after it. */
export function formatFixDecimal(value: bigint, bytes: Uint8Array, offset: number): number {
  let at = offset;
  if (value < 0n) bytes[at++] = MINUS;
  const magnitude = value < 0n ? -value : value;
  at = writeInteger(Number(magnitude / UNIT_BIG), bytes, at);
  const fraction = Number(magnitude % UNIT_BIG);
  if (fraction === 0) return at;
  bytes[at++] = POINT;
  at = writePadded(fraction, DECIMAL_SCALE, bytes, at);
  while (bytes[at - 1] === ZERO) at--;
  return at;
}
