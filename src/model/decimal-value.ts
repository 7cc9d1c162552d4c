import { HeadraceError } from './errors.js';

/** More digits than this no Decimal has, before the point and behind it together: an exponent cannot fill the memory. */
export const DECIMAL_DIGITS_MAX = 1_000;

/** How a digit that must go is rounded; `halfEven` is the banker's. `none` refuses to lose one. */
export type Rounding = 'halfEven' | 'halfUp' | 'halfDown' | 'down' | 'up' | 'floor' | 'ceiling' | 'none';

/** Every rounding by its name. */
export const ROUNDINGS = [
  'halfEven',
  'halfUp',
  'halfDown',
  'down',
  'up',
  'floor',
  'ceiling',
  'none',
] as const satisfies readonly Rounding[];

/** What a Decimal can be made of. A number is taken by the digits JavaScript prints for it. */
export type DecimalLike = Decimal | bigint | number | string;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;

/**
 * An exact decimal number: an integer and how many of its digits stand behind the point. It keeps the zeros it was written with (`1.50` is not
 * shortened), yet `1.50` equals `1.5`. It never passes through a float; one is never changed. As JSON it is its text in quotes.
 */
export class Decimal {
  /** The number times 10 to the power of `scale`. */
  readonly unscaled: bigint;
  /** Digits behind the point, 0 or more. */
  readonly scale: number;

  /** Throws HeadraceError `HR_DECIMAL` for a scale that is none, or of more than 1,000 digits. */
  constructor(unscaled: bigint, scale = 0) {
    if (!Number.isInteger(scale) || scale < 0 || scale > DECIMAL_DIGITS_MAX)
      throw new HeadraceError('HR_DECIMAL', `scale ${scale} is not an integer from 0 to ${DECIMAL_DIGITS_MAX}`);
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Reads `-12.50` or `1.25e3`; undefined when the text is no number or has more than 1,000 digits. */
  static tryParse(text: string): Decimal | undefined {
    // The bound comes first: a text of a million digits is refused before it is made an integer.
    if (text.length > DECIMAL_DIGITS_MAX + 16) return undefined;
    const match = NUMBER.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    if (whole.length + fraction.length === 0) return undefined;
    const shift = fraction.length - Number(exponent);
    if (Math.max(shift, 0) > DECIMAL_DIGITS_MAX || whole.length - Math.min(shift, 0) > DECIMAL_DIGITS_MAX)
      return undefined;
    const digits = BigInt(whole + fraction) * 10n ** BigInt(Math.max(-shift, 0));
    return new Decimal(sign === '-' ? -digits : digits, Math.max(shift, 0));
  }

  /** Makes a Decimal of a number as it is written. Throws HeadraceError `HR_DECIMAL` for what is no finite number. */
  static from(value: DecimalLike): Decimal {
    if (value instanceof Decimal) return value;
    const found = typeof value === 'bigint' ? new Decimal(value) : Decimal.tryParse(String(value));
    if (found === undefined)
      throw new HeadraceError('HR_DECIMAL', `${JSON.stringify(value)} is not a number: write digits, as in -12.50`);
    return found;
  }

  /** The sum, exact, at the larger scale. */
  plus(other: DecimalLike): Decimal {
    const [left, right, scale] = aligned(this, Decimal.from(other));
    return new Decimal(left + right, scale);
  }

  /** The difference, exact, at the larger scale. */
  minus(other: DecimalLike): Decimal {
    return this.plus(Decimal.from(other).negated());
  }

  /** The product, exact; its scale is the sum of both. */
  times(other: DecimalLike): Decimal {
    const factor = Decimal.from(other);
    return new Decimal(this.unscaled * factor.unscaled, this.scale + factor.scale);
  }

  /** The same with the other sign. */
  negated(): Decimal {
    return new Decimal(-this.unscaled, this.scale);
  }

  /** The quotient with `scale` digits behind the point. Throws HeadraceError `HR_DECIMAL` for a division by zero. */
  dividedBy(other: DecimalLike, scale: number, rounding: Rounding = 'halfEven'): Decimal {
    const divisor = Decimal.from(other);
    if (divisor.unscaled === 0n) throw new HeadraceError('HR_DECIMAL', `${this} is divided by zero`);
    const shift = scale + divisor.scale - this.scale;
    const above = this.unscaled * 10n ** BigInt(Math.max(shift, 0));
    const below = divisor.unscaled * 10n ** BigInt(Math.max(-shift, 0));
    return new Decimal(divided(above, below, rounding), scale);
  }

  /** The number with `scale` digits behind the point. `none` throws HeadraceError `HR_DECIMAL` when a digit would be lost. */
  rounded(scale: number, rounding: Rounding = 'halfEven'): Decimal {
    if (scale >= this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale);
    return new Decimal(divided(this.unscaled, 10n ** BigInt(this.scale - scale), rounding), scale);
  }

  /** Negative, 0 or positive as this is less than, equal to or more than the other. */
  compare(other: DecimalLike): number {
    const [left, right] = aligned(this, Decimal.from(other));
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** Whether both are the same number, whatever their scales: 1.50 equals 1.5. */
  equals(other: DecimalLike): boolean {
    return this.compare(other) === 0;
  }

  /** Whether nothing but zeros stands behind the point. */
  get isInteger(): boolean {
    return this.scale === 0 || this.unscaled % 10n ** BigInt(this.scale) === 0n;
  }

  /** The nearest float: for charts and other places where a last digit does not count. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** Plain digits, all of them, never an exponent. */
  toString(): string {
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = this.scale === 0 ? '' : `.${digits.slice(-this.scale)}`;
    return `${this.unscaled < 0n ? '-' : ''}${whole}${fraction}`;
  }

  /** The exact text, a string in JSON. */
  toJSON(): string {
    return this.toString();
  }
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  const raise = ({ unscaled, scale: own }: Decimal): bigint => unscaled * 10n ** BigInt(scale - own);
  return [raise(left), raise(right), scale];
}

function divided(above: bigint, below: bigint, rounding: Rounding): bigint {
  const quotient = above / below;
  const rest = above % below;
  if (rest === 0n) return quotient;
  const isNegative = above < 0n !== below < 0n;
  const away = quotient + (isNegative ? -1n : 1n);
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const unit = below < 0n ? -below : below;
  switch (rounding) {
    case 'none':
      throw new HeadraceError('HR_DECIMAL', 'digits would be lost: name a rounding, or keep more digits');
    case 'down':
      return quotient;
    case 'up':
      return away;
    case 'floor':
      return isNegative ? away : quotient;
    case 'ceiling':
      return isNegative ? quotient : away;
    case 'halfUp':
      return twice >= unit ? away : quotient;
    case 'halfDown':
      return twice > unit ? away : quotient;
    case 'halfEven':
      return twice > unit || (twice === unit && quotient % 2n !== 0n) ? away : quotient;
  }
}

/** Integers below this are JavaScript numbers in a record: of 15 digits every one is exact. */
const NUMBER_LIMIT = 10n ** 15n;

/**
 * A number of a record, from its text: an integer of at most 15 digits is a JavaScript number, everything else a Decimal. Undefined for what is
 * no number.
 */
export function readExactNumber(text: string): number | Decimal | undefined {
  const decimal = Decimal.tryParse(text);
  if (decimal === undefined || decimal.scale > 0) return decimal;
  const { unscaled } = decimal;
  return unscaled < NUMBER_LIMIT && unscaled > -NUMBER_LIMIT ? Number(unscaled) : decimal;
}
