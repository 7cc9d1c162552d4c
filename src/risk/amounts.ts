const INT64_MAX = (1n << 63n) - 1n;

export const fits64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;
export const fits128 = (value: bigint): boolean => BigInt.asIntN(128, value) === value;
/** A number without its sign. */
export const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
export const notBelowZero = (value: bigint): bigint => (value < 0n ? 0n : value);

/** The nearest int64; what does not fit is also a failure of the rule `overflow`. */
export function saturate64(value: bigint): bigint {
  if (fits64(value)) return value;
  return value < 0n ? -INT64_MAX - 1n : INT64_MAX;
}

/** 10^-16 (a price times a quantity) to 10^-2, rounded up: a limit is never met by rounding. Not below zero. */
export function notionalCents(product: bigint): bigint {
  return (product + 99_999_999_999_999n) / 100_000_000_000_000n;
}

/** Divides and rounds away from zero, so that an average price never understates a notional. */
export function divideAway(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (quotient * divisor === dividend) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

/** The smallest of several limits, where NO_LIMIT (-1) is none; NO_LIMIT when none is set. */
export function tightest(...limits: readonly bigint[]): bigint {
  let least = -1n;
  for (const limit of limits) if (limit >= 0n && (least < 0n || limit < least)) least = limit;
  return least;
}
