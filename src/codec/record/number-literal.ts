import { STATUS } from '../../model/index.js';
import type { Digits } from './number.js';

const OK = STATUS.ok.code;
const [MINUS, POINT, PLUS, ZERO, NINE, SMALL_E] = [0x2d, 0x2e, 0x2b, 0x30, 0x39, 0x65];
/** A COMP-5 of 16 bytes holds up to 2^127 - 1, which has one digit more than a picture. */
const DIGITS_MAX = 39;
/** An exponent beyond this says only that it is large: no picture comes near, no text of digits either. */
const EXPONENT_MAX = 1 << 29;

/** A decimal literal as it is written: digits times a power of ten, never a float. One is used again and again. */
export class NumberLiteral {
  negative = false;
  /** Significant digits, without zeros before or behind; of more than 39 only the first are kept. */
  readonly digits = new Uint8Array(DIGITS_MAX);
  count = 0;
  exponent = 0; // of the last digit

  /** Reads `-12.50e3`, also with a plus or zeros before it; false when it is no number. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    this.negative = bytes[at] === MINUS;
    if (at < end && (this.negative || bytes[at] === PLUS)) at++;
    this.count = this.exponent = 0;
    let [zeros, seen, point] = [0, 0, -1]; // zeros behind the last digit that is none
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === POINT && point < 0) point = seen;
      else if (byte >= ZERO && byte <= NINE) {
        seen++;
        zeros = this.add(byte - ZERO, zeros);
      } else break;
    }
    if (seen === 0) return false;
    const scale = point < 0 ? 0 : seen - point;
    const exponent = at === end ? 0 : readExponent(bytes, at, end);
    if (exponent === undefined) return false;
    this.exponent = this.count === 0 ? 0 : zeros - scale + exponent;
    if (this.count === 0) this.negative = false;
    return true;
  }

  private add(digit: number, zeros: number): number {
    if (digit === 0) return this.count === 0 ? 0 : zeros + 1;
    for (let zero = 0; zero < zeros; zero++) this.keep(0);
    this.keep(digit);
    return 0;
  }

  private keep(digit: number): void {
    if (this.count < DIGITS_MAX) this.digits[this.count] = digit;
    this.count++;
  }

  /** Whether both are the same number. */
  equals(other: NumberLiteral): boolean {
    if (this.negative !== other.negative || this.count !== other.count || this.exponent !== other.exponent)
      return false;
    if (this.count > DIGITS_MAX) return false;
    for (let index = 0; index < this.count; index++) if (this.digits[index] !== other.digits[index]) return false;
    return true;
  }

  /** The number as an integer at `scale`; a status: a digit lost, or more than any item has. */
  toDigits(scale: number, out: Digits): number {
    const zeros = this.exponent + scale;
    out.negative = this.negative;
    out.count = 0;
    if (this.count === 0) return OK;
    if (zeros < 0) return STATUS.scaleLoss.code;
    if (this.count + zeros > DIGITS_MAX) return STATUS.digitsOverflow.code;
    out.digits.set(this.digits.subarray(0, this.count));
    out.digits.fill(0, this.count, this.count + zeros);
    out.count = this.count + zeros;
    return OK;
  }
}

/** The exponent that begins with its e at `at`; undefined when it is none. */
function readExponent(bytes: Uint8Array, at: number, end: number): number | undefined {
  if ((bytes[at]! | 0x20) !== SMALL_E) return undefined;
  const sign = bytes[at + 1];
  let digit = at + (sign === MINUS || sign === PLUS ? 2 : 1);
  if (digit >= end) return undefined;
  let exponent = 0;
  for (; digit < end; digit++) {
    const byte = bytes[digit]!;
    if (byte < ZERO || byte > NINE) return undefined;
    exponent = Math.min(exponent * 10 + byte - ZERO, EXPONENT_MAX);
  }
  return sign === MINUS ? -exponent : exponent;
}
