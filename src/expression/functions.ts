import type { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';

import { CapacityError, Decimal, HeadraceError, ROUNDINGS, type Rounding } from '../model/index.js';

/** The name that a call of `matches` is given: the library's own runs a backtracking engine, ours is linear in the text. */
export const LINEAR_MATCHES = 'matchesLinear';

const PATTERNS_MAX = 256;
const PATTERN_LENGTH_MAX = 1_000;
const PAD_MAX = 10_000;

/** Patterns compiled last; when there are too many of them all are let go. */
const patterns = new Map<string, RE2JS>();

/** A pattern in RE2's syntax. Throws HeadraceError `HR_PATTERN` for one that is none, or longer than 1,000 characters. */
export function compilePattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > PATTERN_LENGTH_MAX)
    throw new CapacityError('HR_CAPACITY', `a pattern has at most ${PATTERN_LENGTH_MAX} characters`);
  if (patterns.size >= PATTERNS_MAX) patterns.clear();
  try {
    const compiled = RE2JS.compile(pattern);
    patterns.set(pattern, compiled);
    return compiled;
  } catch (error) {
    throw new HeadraceError('HR_PATTERN', `${JSON.stringify(pattern)} is no pattern: ${(error as Error).message}`);
  }
}

/** Whether the pattern is found anywhere in the text. */
export function findsPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

function roundingOf(name: string): Rounding {
  const found = ROUNDINGS.find(rounding => rounding === name);
  if (found === undefined)
    throw new HeadraceError('HR_EXPRESSION_VALUE', `no rounding is named ${name}: take ${ROUNDINGS.join(', ')}`);
  return found;
}

function sumOf(list: readonly unknown[]): Decimal {
  return list.reduce<Decimal>((sum, element) => {
    if (element instanceof Decimal || typeof element === 'bigint') return sum.plus(element);
    throw new HeadraceError('HR_EXPRESSION_VALUE', 'sum() takes a list of numbers');
  }, Decimal.from(0));
}

function padLength(length: bigint): number {
  if (length < 0n || length > PAD_MAX)
    throw new HeadraceError('HR_EXPRESSION_VALUE', `text is padded to 0 to ${PAD_MAX} characters, not ${length}`);
  return Number(length);
}

const DATE_PARTS = /yyyy|yy|MM|dd|DDD/g;
/** A year of two digits below this is of this century, as COBOL's windowing of FUNCTION YEAR-TO-YYYY has it by default in 2026. */
const CENTURY_PIVOT = 70;

/** ISO 8601's date of a text in a pattern of yyyy, yy, MM, dd and DDD (day of the year). */
function isoDate(text: string, pattern: string): string {
  const digits: Record<string, number> = {};
  for (const part of pattern.matchAll(DATE_PARTS)) {
    const found = text.slice(part.index, part.index + part[0].length);
    if (!/^\d+$/.test(found)) throw badDate(text, pattern);
    digits[part[0]] = Number(found);
  }
  const { yyyy, yy, MM = 1, dd, DDD } = digits;
  const year = yyyy ?? (yy === undefined ? undefined : yy + (yy < CENTURY_PIVOT ? 2000 : 1900));
  if (year === undefined || text.length !== pattern.length) throw badDate(text, pattern);
  const month = DDD === undefined ? MM : 1;
  const day = DDD ?? dd ?? 1;
  const date = new Date(Date.UTC(2000, month - 1, 1));
  date.setUTCFullYear(year, month - 1, day);
  const isSame = date.getUTCFullYear() === year && (DDD !== undefined || date.getUTCMonth() === month - 1);
  if (!isSame || day < 1) throw badDate(text, pattern);
  return date.toISOString().slice(0, 10);
}

function badDate(text: string, pattern: string): HeadraceError {
  return new HeadraceError('HR_EXPRESSION_VALUE', `${JSON.stringify(text)} is no date of the form ${pattern}`);
}

/** Our functions beside CEL's own: numbers, padding, dates, patterns. */
export function registerFunctions(environment: Environment): void {
  const add = (signature: string, handler: (...values: never[]) => unknown): void => {
    environment.registerFunction(signature, handler);
  };
  for (const type of ['Decimal', 'int', 'double', 'string'])
    add(`decimal(${type}): Decimal`, (value: Decimal | bigint | string) => Decimal.from(value));
  for (const type of ['Decimal', 'int']) {
    add(`round(${type}, int): Decimal`, (value: Decimal, scale: bigint) => Decimal.from(value).rounded(Number(scale)));
    add(`round(${type}, int, string): Decimal`, (value: Decimal, scale: bigint, rounding: string) =>
      Decimal.from(value).rounded(Number(scale), roundingOf(rounding)),
    );
    add(`abs(${type}): Decimal`, (value: Decimal | bigint) => {
      const decimal = Decimal.from(value);
      return decimal.unscaled < 0n ? decimal.negated() : decimal;
    });
    for (const other of ['Decimal', 'int']) {
      add(`divide(${type}, ${other}, int): Decimal`, (value: Decimal, by: Decimal, scale: bigint) =>
        Decimal.from(value).dividedBy(by, Number(scale)),
      );
      add(
        `divide(${type}, ${other}, int, string): Decimal`,
        (value: Decimal, by: Decimal, ...[scale, rounding]: [bigint, string]) =>
          Decimal.from(value).dividedBy(by, Number(scale), roundingOf(rounding)),
      );
    }
  }
  add('string(Decimal): string', (value: Decimal) => value.toString());
  add('int(Decimal): int', (value: Decimal) => value.rounded(0, 'down').unscaled);
  add('sum(list): Decimal', sumOf);
  add('coalesce(dyn, dyn): dyn', (value: unknown, otherwise: unknown) => value ?? otherwise);
  add('padStart(string, int, string): string', (text: string, length: bigint, pad: string) =>
    text.padStart(padLength(length), pad),
  );
  add('padEnd(string, int, string): string', (text: string, length: bigint, pad: string) =>
    text.padEnd(padLength(length), pad),
  );
  add('isoDate(string, string): string', isoDate);
  add(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) => findsPattern(pattern, text));
}
