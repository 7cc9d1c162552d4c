import { nearestValue, type FloatFormat, type FloatValue } from './float-format.js';

/** Decimal digits without zeros at their ends, '' for nought, and where the point stands: 0.1 is `1` at 0, 12.5 is `125` at 2. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

const power10 = (exponent: number): bigint => 10n ** BigInt(exponent);

/**
 * The shortest decimal literal whose nearest number in the format is this one, in the form of ECMAScript's Number::toString. Of
 * several the nearest to the number, of two equally near the one whose last digit is even. Zero has no minus.
 */
export function shortestLiteral(format: FloatFormat, value: FloatValue): string {
  if (value.mantissa === 0n) return '0';
  const interval = roundingInterval(format, value);
  const magnitude = decimalMagnitude(interval);
  for (let count = 1; ; count++) {
    const digits = digitsWithin(interval, magnitude, count);
    if (digits === undefined) continue;
    const text = digits.toString();
    const point = magnitude + text.length - count;
    return literalText({ negative: value.negative, digits: text.replace(/0+$/, ''), point });
  }
}

/** The literals that round to a number: from low to high over one denominator, ends included or not. */
interface Interval {
  readonly low: bigint;
  readonly value: bigint;
  readonly high: bigint;
  readonly denominator: bigint;
  readonly lowIn: boolean;
  readonly highIn: boolean;
}

/** Below the smallest mantissa of an exponent the numbers lie one radix digit closer. */
function roundingInterval(format: FloatFormat, { mantissa, exponent }: FloatValue): Interval {
  const { mantissaBits, radixBits, exponentMin, tiesToEven } = format;
  const isLeast = mantissa === 1n << BigInt(mantissaBits - radixBits) && exponent > exponentMin;
  const scale = exponent - radixBits - 1;
  const factor = 1n << BigInt(Math.max(scale, 0));
  const step = factor << BigInt(radixBits);
  const value = mantissa * step * 2n;
  const isEven = (mantissa & 1n) === 0n;
  return {
    low: value - (isLeast ? factor : step),
    value,
    high: value + step,
    denominator: 1n << BigInt(Math.max(-scale, 0)),
    lowIn: !tiesToEven || isEven,
    highIn: tiesToEven && isEven,
  };
}

/** The k with 10^(k-1) <= value < 10^k. */
function decimalMagnitude({ value, denominator }: Interval): number {
  let magnitude = value.toString().length - denominator.toString().length;
  const atLeast = (k: number): boolean =>
    k < 0 ? value * power10(-k) >= denominator : value >= denominator * power10(k);
  while (atLeast(magnitude)) magnitude++;
  return magnitude;
}

/** The decimal of `count` digits nearest to the value that lies in the interval, without its scale. */
function digitsWithin(interval: Interval, magnitude: number, count: number): bigint | undefined {
  const factor = power10(Math.max(count - magnitude, 0));
  const unit = interval.denominator * power10(Math.max(magnitude - count, 0));
  const [low, value, high] = [interval.low * factor, interval.value * factor, interval.high * factor];
  const isIn = (digits: bigint): boolean => {
    const at = digits * unit;
    return (at > low || (at === low && interval.lowIn)) && (at < high || (at === high && interval.highIn));
  };
  const below = value / unit;
  const above = below + 1n;
  const belowIsNearer = value * 2n < (below + above) * unit;
  const isTie = value * 2n === (below + above) * unit;
  const nearer = belowIsNearer || (isTie && below % 2n === 0n) ? below : above;
  return isIn(nearer) ? nearer : [below, above].find(isIn);
}

/** Number::toString of ECMA-262: plain digits from 1e-6 up to 1e21, else with an exponent. */
function literalText({ negative, digits, point }: Decimal): string {
  const sign = negative ? '-' : '';
  if (point > 21 || point <= -6) {
    const exponent = point - 1;
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A decimal halfway between two IEEE doubles has at most 767 digits; of longer ones it matters only that they go on. */
const DIGITS_KEPT = 800;
/** No format has a number with its point so far from its first digit. */
const POINT_MAX = 400;
const LITERAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** The number of the format nearest to a literal: 'overflow' beyond the largest, undefined when the text is no literal. */
export function nearestToLiteral(format: FloatFormat, text: string): FloatValue | 'overflow' | undefined {
  const decimal = parseLiteral(text);
  if (decimal === undefined) return undefined;
  const { negative, digits, point } = decimal;
  if (digits === '' || point < -POINT_MAX) return { negative: false, mantissa: 0n, exponent: format.exponentMin };
  if (point > POINT_MAX) return 'overflow';
  const scale = digits.length - point;
  const numerator = BigInt(digits) * power10(Math.max(-scale, 0));
  return nearestValue(format, negative, numerator, power10(Math.max(scale, 0))) ?? 'overflow';
}

function parseLiteral(text: string): Decimal | undefined {
  const match = LITERAL.exec(text);
  if (match === null || !/\d/.test(text.replace(/e.*/i, ''))) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const first = Math.max(0, all.search(/[1-9]/));
  const significant = all.slice(first, endOfDigits(all, first));
  const point = whole.length - first + Number(exponent);
  const kept = significant.slice(0, DIGITS_KEPT) + (significant.length > DIGITS_KEPT ? '1' : '');
  return { negative: sign === '-', digits: kept, point };
}

/** Where the zeros at the end begin; a loop, since /0+$/ looks at every run of zeros again from each of its digits. */
function endOfDigits(digits: string, first: number): number {
  let end = digits.length;
  while (end > first && digits[end - 1] === '0') end--;
  return end;
}
