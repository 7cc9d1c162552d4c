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

const ACTIONS: Readonly<Record<string, ErrorAction>> = {
  ...{ fail: 'fail', abort: 'fail', stop: 'fail', throw: 'fail', strict: 'fail', reject: 'fail', failfast: 'fail' },
  ...{
    skip: 'skip',
    deadletter: 'skip',
    dlq: 'skip',
    skiptodeadletter: 'skip',
    continue: 'skip',
    ignore: 'skip',
    drop: 'skip',
  },
  ...{ default: 'default', defaults: 'default', usedefault: 'default', defaultvalue: 'default', fallback: 'default' },
  ...{ quarantine: 'quarantine', isolate: 'quarantine' },
};

const WORDS =
  'action strategy policy mode onError type defaults defaultValues defaultValue default maxErrors onDeadLetter deadLetter'.split(
    ' ',
  );

function checkWords(words: Readonly<Record<string, unknown>>, ruleId: string): void {
  const unknown = Object.keys(words).find(word => !WORDS.includes(word));
  if (unknown !== undefined)
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling has no ${unknown}: action, defaults, maxErrors, onDeadLetter`,
    );
}

/** Compiles `errorHandling`; left out it is `fail`. Throws ConfigError `HR_RULE` for an action that is none. */
export function compileErrorHandling(given: ErrorHandling | undefined, ruleId: string): ErrorPolicy {
  if (given !== undefined && typeof given !== 'string' && !isPlainObject(given))
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling is an action, or { action, … }, not ${typeof given}`,
    );
  const words: Readonly<Record<string, unknown>> = typeof given === 'string' ? { action: given } : (given ?? {});
  checkWords(words, ruleId);
  const name =
    words['action'] ?? words['strategy'] ?? words['policy'] ?? words['mode'] ?? words['onError'] ?? words['type'];
  const defaults = words['defaults'] ?? words['defaultValues'] ?? words['defaultValue'] ?? words['default'];
  const implied = defaults === undefined ? 'fail' : 'default';
  const action =
    ACTIONS[
      String(name ?? implied)
        .toLowerCase()
        .replaceAll(/[-_ ]/g, '')
    ];
  if (action === undefined)
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId}: errorHandling ${String(name)} is none of fail, skip, default, quarantine`,
    );
  if (defaults !== undefined && !isPlainObject(defaults))
    throw new ConfigError('HR_RULE', `rule ${ruleId}: errorHandling.defaults is a map of field to value`);
  const { maxErrors = Number.POSITIVE_INFINITY, onDeadLetter, deadLetter } = words;
  if (!(Number(maxErrors) >= 0))
    throw new ConfigError('HR_RULE', `rule ${ruleId}: errorHandling.maxErrors is a count, not ${String(maxErrors)}`);
  const sink = onDeadLetter ?? deadLetter;
  return {
    action,
    defaults: action === 'default' ? (dataValueOf(defaults ?? {}) as DataRecord) : {},
    maxErrors: Number(maxErrors),
    onDeadLetter: Array.isArray(sink)
      ? letter => (sink as unknown[]).push(letter)
      : (sink as ErrorPolicy['onDeadLetter']),
  };
}
