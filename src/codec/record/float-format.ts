/*
 * The formats of COMP-1 and COMP-2. A number is mantissa × 2^exponent, the mantissa an integer of at most so many bits; the
 * exponent goes in steps of one radix digit. What is below the smallest normal number keeps the smallest exponent.
 *
 *   IBM hexadecimal   1 sign, 7 characteristic (excess 64, powers of 16), 24 or 56 fraction     z/Architecture Principles of Operation
 *   IEEE 754          1 sign, 8 or 11 exponent, 23 or 52 fraction behind a hidden bit
 */
export interface FloatFormat {
  readonly size: 4 | 8;
  readonly mantissaBits: number;
  readonly radixBits: 1 | 4;
  readonly exponentMin: number;
  readonly exponentMax: number;
  /** A number halfway between two goes to the even one (IEEE), or away from zero (LOAD ROUNDED of the hexadecimal ones). */
  readonly tiesToEven: boolean;
}

export const IBM_SHORT: FloatFormat = {
  size: 4,
  mantissaBits: 24,
  radixBits: 4,
  exponentMin: -280,
  exponentMax: 228,
  tiesToEven: false,
};
export const IBM_LONG: FloatFormat = {
  size: 8,
  mantissaBits: 56,
  radixBits: 4,
  exponentMin: -312,
  exponentMax: 196,
  tiesToEven: false,
};
export const IEEE_SINGLE: FloatFormat = {
  size: 4,
  mantissaBits: 24,
  radixBits: 1,
  exponentMin: -149,
  exponentMax: 104,
  tiesToEven: true,
};
export const IEEE_DOUBLE: FloatFormat = {
  size: 8,
  mantissaBits: 53,
  radixBits: 1,
  exponentMin: -1074,
  exponentMax: 971,
  tiesToEven: true,
};

/** A finite number of a format: normalised where the smallest exponent allows it. */
export interface FloatValue {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

const isHexadecimal = (format: FloatFormat): boolean => format.radixBits === 4;
const fractionBitsOf = (format: FloatFormat): number => format.mantissaBits - (isHexadecimal(format) ? 0 : 1);

/** The number of a format's bits; undefined for an infinity or NaN. */
export function valueOfBits(format: FloatFormat, bits: bigint): FloatValue | undefined {
  const fractionBits = fractionBitsOf(format);
  const negative = bits >> BigInt(format.size * 8 - 1) === 1n;
  const fraction = BigInt.asUintN(fractionBits, bits);
  const field = Number(BigInt.asUintN(format.size * 8 - 1 - fractionBits, bits >> BigInt(fractionBits)));
  if (isHexadecimal(format)) return normalise(format, negative, fraction, format.exponentMin + field * 4);
  if (field > format.exponentMax - format.exponentMin + 1) return undefined;
  const mantissa = field === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  return { negative, mantissa, exponent: format.exponentMin + Math.max(field - 1, 0) };
}

/** A hexadecimal fraction may begin with zeros; its value is that of the fraction without them. */
function normalise(format: FloatFormat, negative: boolean, fraction: bigint, characteristic: number): FloatValue {
  let [mantissa, exponent] = [fraction, characteristic];
  const least = mantissa === 0n ? 0n : 1n << BigInt(format.mantissaBits - 4);
  for (; mantissa < least && exponent > format.exponentMin; exponent -= 4) mantissa <<= 4n;
  return { negative, mantissa, exponent };
}

/** The bits of a number; zero has none set. */
export function bitsOfValue(format: FloatFormat, { negative, mantissa, exponent }: FloatValue): bigint {
  if (mantissa === 0n) return 0n;
  const fractionBits = fractionBitsOf(format);
  const steps = (exponent - format.exponentMin) / format.radixBits;
  const hidden = !isHexadecimal(format) && mantissa >> BigInt(fractionBits) === 1n;
  const field = BigInt(steps + (hidden ? 1 : 0)) << BigInt(fractionBits);
  const sign = negative ? 1n << BigInt(format.size * 8 - 1) : 0n;
  return sign | field | BigInt.asUintN(fractionBits, mantissa);
}

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** The number of the format nearest to numerator / denominator; undefined when it is beyond the largest. */
export function nearestValue(
  format: FloatFormat,
  negative: boolean,
  numerator: bigint,
  denominator: bigint,
): FloatValue | undefined {
  const { mantissaBits, radixBits, exponentMin, exponentMax } = format;
  const magnitude = bitLength(numerator) - bitLength(denominator);
  const steps = Math.max(0, Math.ceil((magnitude - mantissaBits - exponentMin) / radixBits));
  let exponent = exponentMin + steps * radixBits;
  if (quotient(numerator, denominator, exponent).whole >> BigInt(mantissaBits) !== 0n) exponent += radixBits;
  const { whole, rest, divisor } = quotient(numerator, denominator, exponent);
  const half = rest * 2n - divisor;
  const up = half > 0n || (half === 0n && (!format.tiesToEven || (whole & 1n) === 1n));
  let mantissa = up ? whole + 1n : whole;
  if (mantissa >> BigInt(mantissaBits) !== 0n) {
    mantissa >>= BigInt(radixBits);
    exponent += radixBits;
  }
  return exponent > exponentMax ? undefined : { negative: negative && mantissa !== 0n, mantissa, exponent };
}

function quotient(numerator: bigint, denominator: bigint, exponent: number) {
  const dividend = exponent < 0 ? numerator << BigInt(-exponent) : numerator;
  const divisor = exponent < 0 ? denominator : denominator << BigInt(exponent);
  return { whole: dividend / divisor, rest: dividend % divisor, divisor };
}
