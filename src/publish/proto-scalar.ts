import { PublishError } from '../model/index.js';

/** A decimal literal of JSON without an exponent, as decode writes every number but floats. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const [LOW_BITS, WORD_BITS] = [32, 64];

/** The smallest and largest value of protobuf's integer types. */
const INTEGERS: Readonly<Record<string, readonly [bits: number, signed: boolean]>> = {
  int32: [LOW_BITS, true],
  sint32: [LOW_BITS, true],
  sfixed32: [LOW_BITS, true],
  uint32: [LOW_BITS, false],
  fixed32: [LOW_BITS, false],
  int64: [WORD_BITS, true],
  sint64: [WORD_BITS, true],
  sfixed64: [WORD_BITS, true],
  uint64: [WORD_BITS, false],
  fixed64: [WORD_BITS, false],
};

/** A 64-bit integer as protobufjs takes it. */
interface Words {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** A JSON number as a value of a protobuf scalar type; undefined when it is none of that type. No digit passes through a float. */
export function scalarOf(type: string, literal: string): string | number | Words | undefined {
  if (type === 'string') return literal;
  if (type === 'double' || type === 'float') return Number(literal);
  const [bits, signed] = INTEGERS[type] ?? [0, false];
  const digits = unitsOf(literal);
  if (bits === 0 || digits === undefined || digits.scale !== 0) return undefined;
  const { units } = digits;
  const wrapped = signed ? BigInt.asIntN(bits, units) : BigInt.asUintN(bits, units);
  if (wrapped !== units) return undefined;
  return bits === LOW_BITS ? Number(units) : wordsOf(units, !signed);
}

/** A decimal as `Decimal { sint64 units; int32 scale }`. Throws PublishError for what is none or has too many digits. */
export function decimalOf(literal: string): { readonly units: Words; readonly scale: number } {
  const digits = unitsOf(literal);
  if (digits === undefined || BigInt.asIntN(WORD_BITS, digits.units) !== digits.units)
    throw new PublishError('HR_PUBLISH_PROTO', `${literal} is no decimal of 18 digits`);
  return { units: wordsOf(digits.units, false), scale: digits.scale };
}

function unitsOf(literal: string): { readonly units: bigint; readonly scale: number } | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(literal) ?? [];
  if (whole === undefined) return undefined;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

function wordsOf(value: bigint, unsigned: boolean): Words {
  return {
    low: Number(BigInt.asIntN(LOW_BITS, value)),
    high: Number(BigInt.asIntN(LOW_BITS, value >> BigInt(LOW_BITS))),
    unsigned,
  };
}
