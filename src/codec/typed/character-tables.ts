/*
 * What generated code makes text of numbers with: for each byte the ASCII characters of its digits, and what else it says.
 *
 *   bits 0-7    the character of its digit, or of the lower one        bit 16   it says minus
 *   bits 8-15   the character of its upper digit, where it has two     bit 17   it has no place there
 *
 * Generated files hold these bits as numbers, so they never change. The OR of a field's entries tells at once whether a byte is wrong, the number negative, or not zero: '0' has no low bits.
 */
export const CHARACTER_BITS = { digits: 0x0f0f, minus: 0x10000, bad: 0x20000 } as const;

const ZERO = 0x30;

/** The table of values that are one digit or NaN each; `signs` has -1 where the byte says minus. */
export function digitCharacters(values: Float64Array, signs?: Float64Array): Int32Array {
  return Int32Array.from(values, (value, byte) =>
    Number.isNaN(value) ? CHARACTER_BITS.bad : (ZERO + value) | minusBit(signs?.[byte]),
  );
}

/** The same of values that are two digits. */
export function pairCharacters(values: Float64Array): Int32Array {
  return Int32Array.from(values, value => (Number.isNaN(value) ? CHARACTER_BITS.bad : pairOf(value)));
}

/** Of a sign that stands alone: no digit. */
export function signCharacters(signs: Float64Array): Int32Array {
  return Int32Array.from(signs, sign => (Number.isNaN(sign) ? CHARACTER_BITS.bad : minusBit(sign)));
}

/** The characters of the numbers from 0 to 99, for binary numbers. */
export const DECIMAL_PAIRS = Int32Array.from({ length: 100 }, (_, value) => pairOf(value));

function pairOf(value: number): number {
  return ((ZERO + Math.floor(value / 10)) << 8) | (ZERO + (value % 10));
}

const minusBit = (sign: number | undefined): number => (sign === -1 ? CHARACTER_BITS.minus : 0);
