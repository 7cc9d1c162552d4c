/*
 * A COMP of eight bytes for generated code: two halves of 32 bits, since a double does not hold it and a bigint made of bytes is slow.
 */
const WORDS = new DataView(new ArrayBuffer(8));

/** The integer of a signed or unsigned upper half and the lower one. */
export function int64(high: number, low: number): bigint {
  WORDS.setInt32(0, high);
  WORDS.setInt32(4, low);
  return high > 0x7fffffff ? WORDS.getBigUint64(0) : WORDS.getBigInt64(0);
}

/** The last digits of a magnitude that `rest64` gives: eight. */
const EIGHT_DIGITS = 1e8;

/** A magnitude divided by 10^8. Both halves are unsigned. */
export function quotient64(high: number, low: number): number {
  // The double is at most one off: what is then left over tells.
  const quotient = Math.floor((high * 2 ** 32 + low) / EIGHT_DIGITS);
  const rest = (low - Math.imul(quotient, EIGHT_DIGITS)) | 0;
  return rest < 0 ? quotient - 1 : rest >= EIGHT_DIGITS ? quotient + 1 : quotient;
}

/** What the division leaves: less than 10^8. */
export function rest64(low: number, quotient: number): number {
  return (low - Math.imul(quotient, EIGHT_DIGITS)) | 0;
}
