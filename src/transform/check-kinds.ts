import { compilePattern, Expression, expressionScope } from '../expression/index.js';
import { CapacityError, ConfigError, Decimal, type DataRecord, type DataValue } from '../model/index.js';
import { sameValue } from './json-schema.js';
import { valueAt } from './paths.js';

/** A check as a caller writes it: its field and the words of its kind. */
export type CheckWords = Readonly<Record<string, unknown>>;

/** What a run of checks may look at beside the records. */
export interface CheckRun {
  /** Milliseconds since 1970 that freshness counts from. */
  readonly nowMs: number;
  /** Values by name that `referential` looks among. */
  readonly references: ReadonlyMap<string, ReadonlySet<string>>;
  readonly trailer: RunTrailer;
}

/** The trailer that totals are compared with: the caller's, else the one record of the source that has the fields they name. */
export class RunTrailer {
  #found = 0;

  constructor(
    private record: DataRecord | undefined,
    private readonly isGiven = record !== undefined,
  ) {}

  /** Whether a record of the source is the trailer, for it has all of these fields; it is kept. */
  takes(record: DataRecord, fields: readonly string[]): boolean {
    if (this.isGiven || fields.length === 0 || fields.some(field => isBlank(valueAt(record, field)))) return false;
    this.#found++;
    this.record = record;
    return true;
  }

  /** What the trailer says. Throws ConfigError where several records may be it. */
  value(field: string): DataValue {
    if (this.#found > 1)
      throw new ConfigError(
        'HR_RULE',
        `${this.#found} records have ${field}: give the trailer in the call, as trailer`,
      );
    return this.record === undefined ? undefined : valueAt(this.record, field);
  }
}

/** One check during one run: what is wrong with a value, or undefined; at the end, what is wrong with the whole. */
export interface OpenCheck {
  judge(value: DataValue, record: DataRecord): string | undefined;
  /** Judges the record judged last once more, with defaults in it; left out, as any other. What that one left to be remembered is taken back. */
  again?(value: DataValue, record: DataRecord): string | undefined;
  finish?(): string | undefined;
}

/** Compiles a check's words; throws ConfigError for what is missing or wrong. */
type CheckKind = (words: CheckWords) => (run: CheckRun) => OpenCheck;

const UNIQUE_MAX = 5_000_000;

const isBlank = (value: DataValue): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '');

/** The number of a value, text of digits included: a CSV has no other. */
export function numberOf(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value;
  if (typeof value === 'string') return Decimal.tryParse(value.trim());
  return typeof value === 'number' || typeof value === 'bigint' ? Decimal.tryParse(String(value)) : undefined;
}

/** A check of single values; what is absent or blank passes, which is notNull's to say. */
function ofValue(judge: (value: NonNullable<DataValue>) => string | undefined): (run: CheckRun) => OpenCheck {
  return () => ({ judge: value => (isBlank(value) ? undefined : judge(value as NonNullable<DataValue>)) });
}

function limit(words: CheckWords, ...names: string[]): Decimal | undefined {
  const given = names.map(name => words[name]).find(value => value !== undefined);
  if (given === undefined) return undefined;
  const found = numberOf(given);
  if (found === undefined) throw new ConfigError('HR_RULE', `${names[0]} ${JSON.stringify(given)} is no number`);
  return found;
}

const range: CheckKind = words => {
  const least = limit(words, 'min', 'minimum');
  const most = limit(words, 'max', 'maximum');
  if (least === undefined && most === undefined) throw new ConfigError('HR_RULE', 'a range has a min, a max, or both');
  return ofValue(value => {
    const number = numberOf(value);
    if (number === undefined) return 'is no number';
    if (least !== undefined && number.compare(least) < 0) return `${number} is less than ${least}`;
    return most !== undefined && number.compare(most) > 0 ? `${number} is more than ${most}` : undefined;
  });
};

const length: CheckKind = words => {
  const least = limit(words, 'minLength', 'min') ?? Decimal.from(0);
  const most = limit(words, 'maxLength', 'max');
  return ofValue(value => {
    const count = [...String(value)].length;
    if (least.compare(count) > 0) return `has ${count} characters, fewer than ${least}`;
    return most !== undefined && most.compare(count) < 0 ? `has ${count} characters, more than ${most}` : undefined;
  });
};

const pattern: CheckKind = words => {
  const given = words['pattern'] ?? words['regex'];
  const source = given instanceof RegExp ? patternText(given) : given;
  if (typeof source !== 'string') throw new ConfigError('HR_RULE', 'a pattern check has a pattern, as text');
  const compiled = compilePattern(source);
  return ofValue(value => (compiled.matcher(text(value)).find() ? undefined : `does not match ${source}`));
};

/** A RegExp's flags as RE2 writes them. Throws ConfigError for those it has not. */
function patternText({ source, flags }: RegExp): string {
  const kept = flags.replaceAll(/[gu]/g, '');
  if (!/^[ims]*$/.test(kept)) throw new ConfigError('HR_RULE', `a pattern has the flags i, m and s, not ${flags}`);
  return kept === '' ? source : `(?${kept})${source}`;
}

/** What must be there once: a value, or those of several fields together. A blank one is no key. */
function keyOf(value: DataValue, record: DataRecord, fields: readonly string[] | undefined): string | undefined {
  if (fields === undefined) return isBlank(value) ? undefined : text(value);
  const values = fields.map(field => valueAt(record, field));
  return values.some(isBlank) ? undefined : JSON.stringify(values.map(text));
}

const unique: CheckKind = words => () => {
  const fields = words['fields'] as readonly string[] | undefined;
  const seen = new Set<string>();
  let added: string | undefined;
  const judge = (value: DataValue, record: DataRecord): string | undefined => {
    added = undefined;
    const key = keyOf(value, record, fields);
    if (key === undefined) return undefined;
    if (seen.has(key)) return `${fields === undefined ? shown(value) : clipped(key)} came before`;
    if (seen.size >= UNIQUE_MAX)
      throw new CapacityError('HR_CAPACITY', `unique remembers at most ${UNIQUE_MAX} values: check smaller files`);
    seen.add((added = key));
    return undefined;
  };
  return {
    judge,
    again(value, record) {
      if (added !== undefined) seen.delete(added);
      return judge(value, record);
    },
  };
};

const referential: CheckKind = words => {
  const given =
    words['values'] ?? words['allowed'] ?? words['enum'] ?? words['in'] ?? words['reference'] ?? words['references'];
  if (typeof given === 'string')
    return run => {
      const known = run.references.get(given);
      if (known === undefined)
        throw new ConfigError(
          'HR_RULE',
          `no reference ${given} is registered: ${[...run.references.keys()].join(', ') || 'none is'}`,
        );
      return {
        judge: value => (isBlank(value) || known.has(text(value)) ? undefined : `${shown(value)} is not in ${given}`),
      };
    };
  const known = referenceSet(given);
  return ofValue(value =>
    known.has(text(value)) ? undefined : `${shown(value)} is none of ${[...known].slice(0, 10).join(', ')}`,
  );
};

/** The values that a reference holds: a list, a Set, or the keys of a Map or an object. */
export function referenceSet(given: unknown): ReadonlySet<string> {
  if (Array.isArray(given) || given instanceof Set) return new Set([...(given as Iterable<DataValue>)].map(text));
  if (given instanceof Map) return new Set([...given.keys()].map(key => text(key as DataValue)));
  if (typeof given === 'object' && given !== null) return new Set(Object.keys(given));
  throw new ConfigError('HR_RULE', 'a referential check has values (a list, Set or Map), or the name of a reference');
}

const AGE = /^(\d+)\s*(ms|s|m|min|h|d)?$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const freshness: CheckKind = words => {
  const given = words['maxAgeMs'] ?? words['maxAge'];
  const match = AGE.exec(String(given));
  if (match === null) throw new ConfigError('HR_RULE', 'freshness has a maxAge, as 36h, 2d or milliseconds');
  const maxAgeMs = Number(match[1]) * UNIT_MS[match[2] ?? 'ms']!;
  return run => ({
    judge(value) {
      if (isBlank(value)) return undefined;
      const time = timeOf(value);
      if (time === undefined) return `${shown(value)} is no date`;
      return run.nowMs - time > maxAgeMs ? `${shown(value)} is older than ${String(given)}` : undefined;
    },
  });
};

/** Milliseconds since 1970 of a date as ISO 8601 (without a zone: UTC) or as yyyyMMdd. */
function timeOf(value: DataValue): number | undefined {
  const plain = text(value).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const zoned = /T[\d:.]+$/.test(plain) ? `${plain}Z` : plain;
  const time = /^\d{4}-\d{2}-\d{2}/.test(plain) ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const TYPE_TESTS: Readonly<Record<string, (value: DataValue) => boolean>> = {
  string: value => typeof value === 'string',
  number: value => numberOf(value) !== undefined,
  decimal: value => numberOf(value) !== undefined,
  integer: value => numberOf(value)?.isInteger === true,
  boolean: value => typeof value === 'boolean' || value === 'true' || value === 'false',
  date: value => timeOf(value) !== undefined,
  array: Array.isArray,
  object: value => typeof value === 'object' && !Array.isArray(value) && !(value instanceof Decimal),
};

const type: CheckKind = words => {
  const name = String(words['is'] ?? words['dataType'] ?? words['type']);
  const test = TYPE_TESTS[name];
  if (test === undefined)
    throw new ConfigError('HR_RULE', `no type is named ${name}: ${Object.keys(TYPE_TESTS).join(', ')}`);
  return ofValue(value => (test(value) ? undefined : `${shown(value)} is no ${name}`));
};

const expression: CheckKind = words => {
  const compiled = new Expression(String(words['expression'] ?? words['condition']));
  return () => ({
    judge: (_value, record) =>
      compiled.evaluate(expressionScope(record)) === true ? undefined : `${compiled.source} does not hold`,
  });
};

const custom: CheckKind = words => {
  const judge = words['validate'] as (value: DataValue, record: DataRecord) => unknown;
  return () => ({
    judge(value, record) {
      const answer = judge(value, record);
      if (typeof answer === 'string') return answer;
      return answer === false || answer === undefined || answer === null ? 'is refused by its check' : undefined;
    },
  });
};

/** A column's sum, or the count of records, against what a trailer says or the caller expects. */
const totals: CheckKind = words => {
  const isCount = words['field'] === undefined || words['count'] === true;
  const trailerField = words['trailerField'] as string | undefined;
  if (words['expected'] === undefined && trailerField === undefined)
    throw new ConfigError('HR_RULE', 'totals are compared with expected, or with trailerField of the trailer');
  return run => {
    let sum = Decimal.from(0);
    return {
      judge(value) {
        if (isCount) sum = sum.plus(1);
        else if (!isBlank(value)) {
          const number = numberOf(value);
          if (number === undefined) return `${shown(value)} is no number`;
          sum = sum.plus(number);
        }
        return undefined;
      },
      // The file's totals are those of what it holds, not of defaults.
      again: () => undefined,
      finish() {
        const expected = numberOf(words['expected'] ?? run.trailer.value(trailerField!));
        if (expected === undefined)
          return trailerField === undefined ? 'expected is no number' : `no trailer has a number ${trailerField}`;
        return sum.equals(expected) ? undefined : `the ${isCount ? 'count' : 'sum'} is ${sum}, not ${expected}`;
      },
    };
  };
};

/** Every kind of check by its name. */
export const CHECK_KINDS = {
  notNull: () => () => ({ judge: value => (isBlank(value) ? 'is missing' : undefined) }),
  unique,
  range,
  length,
  pattern,
  referential,
  freshness,
  totals,
  type,
  equals: words =>
    ofValue(value =>
      sameValue(value, words['value']) ? undefined : `${shown(value)} is not ${shown(words['value'])}`,
    ),
  expression,
  custom,
} as const satisfies Readonly<Record<string, CheckKind>>;

export type CheckKindName = keyof typeof CHECK_KINDS;

function text(value: DataValue): string {
  return typeof value === 'object' && value !== null && !(value instanceof Decimal)
    ? JSON.stringify(value)
    : String(value);
}

const SHOWN_MAX = 60;

function shown(value: unknown): string {
  return clipped(typeof value === 'string' ? JSON.stringify(value) : text(value as DataValue));
}

const clipped = (plain: string): string => (plain.length > SHOWN_MAX ? `${plain.slice(0, SHOWN_MAX - 1)}…` : plain);
