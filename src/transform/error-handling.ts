import { ConfigError, dataValueOf, isPlainObject, type DataRecord } from '../model/index.js';
import type { TransformationError } from './problem.js';

/** What becomes of a bad record: the run fails; it is left out and kept as a dead letter; its bad fields get defaults; it is set aside whole. */
export type ErrorAction = 'fail' | 'skip' | 'default' | 'quarantine';

/** `errorHandling` as a caller gives it. */
export type ErrorHandling = string | Readonly<Record<string, unknown>>;

/** A record that did not come out, with why. */
export interface DeadLetter {
  readonly record: number;
  readonly ruleId: string | undefined;
  /** What came in: the record, or the bytes and text that are none. */
  readonly data: unknown;
  readonly errors: readonly TransformationError[];
}

/** An error policy, compiled. */
export interface ErrorPolicy {
  readonly action: ErrorAction;
  readonly defaults: DataRecord;
  /** More bad records than this fail the run. */
  readonly maxErrors: number;
  readonly onDeadLetter: ((letter: DeadLetter) => unknown) | undefined;
}

/** Each word with what it means, the words of one meaning before those of the next. */
function meanings<Meaning extends string>(words: Readonly<Record<Meaning, string>>): ReadonlyMap<string, Meaning> {
  const groups = Object.entries(words) as [Meaning, string][];
  return new Map(groups.flatMap(([meaning, names]) => names.split(' ').map(name => [name, meaning] as const)));
}

const ACTIONS = meanings<ErrorAction>({
  fail: 'fail abort stop throw strict reject failfast',
  skip: 'skip deadletter dlq skiptodeadletter continue ignore drop',
  default: 'default defaults usedefault defaultvalue fallback',
  quarantine: 'quarantine isolate',
});

/** Where two words of one meaning are given, the first of them here counts. */
const WORDS = meanings({
  action: 'action strategy policy mode onError type',
  defaults: 'defaults defaultValues defaultValue default',
  maxErrors: 'maxErrors',
  onDeadLetter: 'onDeadLetter deadLetter',
});

type Meaning = NonNullable<ReturnType<typeof WORDS.get>>;

/** What was given, by meaning. */
function readWords(given: Readonly<Record<string, unknown>>, ruleId: string): Partial<Record<Meaning, unknown>> {
  const unknown = Object.keys(given).find(word => !WORDS.has(word));
  if (unknown !== undefined)
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling has no ${unknown}: action, defaults, maxErrors, onDeadLetter`,
    );
  const read: Partial<Record<Meaning, unknown>> = {};
  for (const [word, meaning] of WORDS) read[meaning] ??= given[word] ?? undefined;
  return read;
}

/** Compiles `errorHandling`; left out it is `fail`. Throws ConfigError `HR_RULE` for an action that is none. */
export function compileErrorHandling(given: ErrorHandling | undefined, ruleId: string): ErrorPolicy {
  if (given !== undefined && typeof given !== 'string' && !isPlainObject(given))
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling is an action, or { action, … }, not ${typeof given}`,
    );
  const words = readWords(typeof given === 'string' ? { action: given } : (given ?? {}), ruleId);
  const { action: name, defaults, maxErrors = Number.POSITIVE_INFINITY, onDeadLetter: sink } = words;
  const implied = defaults === undefined ? 'fail' : 'default';
  const action = ACTIONS.get(
    String(name ?? implied)
      .toLowerCase()
      .replaceAll(/[-_ ]/g, ''),
  );
  if (action === undefined)
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling ${String(name)} is none of fail, skip, default, quarantine`,
    );
  if (defaults !== undefined && !isPlainObject(defaults))
    throw new ConfigError('HR_RULE', `rule ${ruleId}: errorHandling.defaults is a map of field to value`);
  if (!(Number(maxErrors) >= 0))
    throw new ConfigError('HR_RULE', `rule ${ruleId}: errorHandling.maxErrors is a count, not ${String(maxErrors)}`);
  return {
    action,
    defaults: action === 'default' ? (dataValueOf(defaults ?? {}) as DataRecord) : {},
    maxErrors: Number(maxErrors),
    onDeadLetter: Array.isArray(sink)
      ? letter => (sink as unknown[]).push(letter)
      : (sink as ErrorPolicy['onDeadLetter']),
  };
}
