import { ConfigError, HeadraceError, isPlainObject, type DataRecord, type DataValue } from '../model/index.js';
import {
  CHECK_KINDS,
  type CheckKindName,
  type CheckRun,
  type CheckWords,
  type OpenCheck,
  type RunTrailer,
} from './check-kinds.js';
import { valueAt } from './paths.js';
import { problemOf, type TransformationError } from './problem.js';
import { refuseUnknownWords } from './words.js';

/**
 * `validationRules` as a caller gives them: a list of checks, `{ field, rule, … }`; or a map of field to the name of a rule, to a list of them, or to
 * its words (`{ amount: { required: true, min: 0 } }`). An entry may hold several rules of one field; a text alone is an expression that must hold, a
 * function alone is asked of each record.
 */
export type ValidationRules =
  string | ((...values: never[]) => unknown) | readonly unknown[] | Readonly<Record<string, unknown>>;

/** One check, compiled. */
export interface Check {
  /** What it is called in results: `amount range`, or the name it was given. */
  readonly name: string;
  readonly field: string;
  /** Where its value is: the field, or '' where it looks at the whole record. */
  readonly path: string;
  readonly kind: CheckKindName;
  /** The least share of records that must pass, 0 to 1; with one a failure is counted and the record goes on. */
  readonly threshold: number | undefined;
  /** Whether a failure is told, but never refuses. */
  readonly isWarning: boolean;
  readonly message: string | undefined;
  /** The trailer's field that a total is compared with. */
  readonly trailerField: string | undefined;
  readonly open: (run: CheckRun) => OpenCheck;
}

/** What a check's name may be beside its own. */
const KIND_NAMES: Readonly<Record<string, CheckKindName>> = {
  ...{ notnull: 'notNull', required: 'notNull', present: 'notNull', notempty: 'notNull', nonnull: 'notNull' },
  ...{
    unique: 'unique',
    distinct: 'unique',
    range: 'range',
    min: 'range',
    max: 'range',
    between: 'range',
    positive: 'range',
  },
  ...{
    length: 'length',
    minlength: 'length',
    maxlength: 'length',
    pattern: 'pattern',
    regex: 'pattern',
    format: 'pattern',
  },
  ...{
    referential: 'referential',
    referentialintegrity: 'referential',
    reference: 'referential',
    foreignkey: 'referential',
    enum: 'referential',
    oneof: 'referential',
  },
  ...{ in: 'referential', lookup: 'referential', freshness: 'freshness', fresh: 'freshness', maxage: 'freshness' },
  ...{ totals: 'totals', total: 'totals', sum: 'totals', count: 'totals', trailer: 'totals' },
  ...{
    type: 'type',
    datatype: 'type',
    equals: 'equals',
    expression: 'expression',
    custom: 'custom',
    function: 'custom',
  },
};

/** A word that names its kind by being there. */
const KIND_OF_WORD: Readonly<Record<string, CheckKindName>> = {
  ...{
    required: 'notNull',
    notNull: 'notNull',
    unique: 'unique',
    min: 'range',
    max: 'range',
    minimum: 'range',
    maximum: 'range',
  },
  ...{
    minLength: 'length',
    maxLength: 'length',
    pattern: 'pattern',
    regex: 'pattern',
    values: 'referential',
    allowed: 'referential',
    in: 'referential',
    references: 'referential',
  },
  ...{
    enum: 'referential',
    reference: 'referential',
    maxAge: 'freshness',
    maxAgeMs: 'freshness',
    trailerField: 'totals',
  },
  ...{ expected: 'totals', dataType: 'type', expression: 'expression', condition: 'expression', validate: 'custom' },
};

/** Every word of a check. */
const KNOWN_WORDS = [
  ...['field', 'fields', 'rule', 'kind', 'check', 'type', 'name', 'message', 'description', 'severity', 'threshold'],
  ...['params', 'options', 'value', 'is', 'count'],
  ...Object.keys(KIND_OF_WORD),
];

const TYPE_NAMES = ['string', 'number', 'integer', 'decimal', 'boolean', 'date', 'array', 'object'];

/** Compiles rules. Throws ConfigError `HR_RULE` naming the rule, its place in the list, and what it lacks. */
export function compileChecks(rules: ValidationRules | undefined, ruleId: string): readonly Check[] {
  return listed(rules).flatMap(([words, place]) => {
    try {
      return checksOf(words());
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error;
      const code = error instanceof ConfigError ? 'HR_RULE' : (error.code as `HR_${string}`);
      throw new ConfigError(code, `rule ${ruleId}, ${place}: ${error.message}`, { cause: error });
    }
  });
}

/** Each rule's words, made when they are asked for, with the place of the rule. */
type Listed = readonly [() => CheckWords, string];

function listed(rules: ValidationRules | undefined): readonly Listed[] {
  if (rules === undefined || rules === null) return [];
  if (typeof rules === 'string' || typeof rules === 'function') return [[() => wordsOf(rules), 'validationRules']];
  if (Array.isArray(rules))
    return rules.map((rule: unknown, index) => [() => wordsOf(rule), `validationRules[${index}]`]);
  return Object.entries(rules).flatMap(([field, given]) =>
    [given].flat().map((rule: unknown): Listed => {
      const words = typeof rule === 'string' ? { rule } : rule;
      return [() => ({ field, ...wordsOf(words) }), `validationRules.${field}`];
    }),
  );
}

function wordsOf(rule: unknown): CheckWords {
  if (typeof rule === 'string') return { expression: rule };
  if (typeof rule === 'function') return { validate: rule };
  if (!isPlainObject(rule))
    throw new ConfigError('HR_RULE', 'a validation rule is an object, an expression or a function');
  const inner = rule['params'] ?? rule['options'];
  return isPlainObject(inner) ? { ...rule, ...inner } : rule;
}

function checksOf(words: CheckWords): readonly Check[] {
  const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
  refuseUnknownWords('a check', given, KNOWN_WORDS, 'HR_RULE');
  const kinds = kindsOf(words);
  if (kinds.length === 0)
    throw new ConfigError(
      'HR_RULE',
      `no rule is named in ${Object.keys(words).join(', ')}: ${Object.keys(CHECK_KINDS).join(', ')}`,
    );
  return kinds.map(kind => check(kind, words));
}

function kindsOf(words: CheckWords): readonly CheckKindName[] {
  const named = words['rule'] ?? words['kind'] ?? words['check'] ?? words['type'];
  if (typeof named === 'function') return ['custom'];
  const found = new Set<CheckKindName>();
  if (typeof named === 'string') {
    const kind = KIND_NAMES[named.toLowerCase().replaceAll(/[-_ ]/g, '')];
    if (kind !== undefined) return [kind];
    if (!TYPE_NAMES.includes(named))
      throw new ConfigError('HR_RULE', `no rule is named ${named}: ${Object.keys(CHECK_KINDS).join(', ')}`);
    found.add('type');
  }
  for (const [word, kind] of Object.entries(KIND_OF_WORD))
    if (words[word] !== undefined && words[word] !== false) found.add(kind);
  return [...found];
}

function check(kind: CheckKindName, given: CheckWords): Check {
  const words =
    kind === 'custom' && typeof given['rule'] === 'function'
      ? { ...given, validate: given['rule'] }
      : withShorthand(kind, given);
  const { name, threshold, message, severity } = words;
  const { field, path } = fieldOf(kind, words);
  const share = threshold === undefined ? undefined : Number(threshold);
  if (share !== undefined && !(share >= 0 && share <= 1))
    throw new ConfigError('HR_RULE', 'threshold is a share from 0 to 1');
  return {
    name: typeof name === 'string' ? name : `${field === '' ? '' : `${field} `}${kind}`,
    field,
    path,
    kind,
    threshold: share,
    isWarning: severity === 'warning' || severity === 'warn',
    message: typeof message === 'string' ? message : undefined,
    trailerField: kind === 'totals' ? (words['trailerField'] as string | undefined) : undefined,
    open: CHECK_KINDS[kind](words),
  };
}

/** What a check is about: one field, the fields of a key, or the record as a whole. */
function fieldOf(kind: CheckKindName, { field, fields }: CheckWords): Pick<Check, 'field' | 'path'> {
  if (kind === 'unique' && field === undefined && isKey(fields)) return { field: fields.join(', '), path: '' };
  if (fields !== undefined)
    throw new ConfigError(
      'HR_RULE',
      'fields are a list of the names that unique takes together; else a check has a field',
    );
  if (typeof field === 'string') return { field, path: field };
  const isWhole = kind === 'expression' || kind === 'totals' || kind === 'custom';
  if (!isWhole || field !== undefined) throw new ConfigError('HR_RULE', `${kind} has a field`);
  return { field: '', path: '' };
}

const isKey = (fields: unknown): fields is readonly string[] =>
  Array.isArray(fields) && fields.length > 0 && fields.every(field => typeof field === 'string');

/** `{ rule: 'min', value: 0 }` is a range from 0; `{ rule: 'pattern', value: '^A' }` has that pattern. */
function withShorthand(kind: CheckKindName, words: CheckWords): CheckWords {
  const named = String(words['rule'] ?? words['kind'] ?? words['type'] ?? '').toLowerCase();
  const { value } = words;
  if (named === 'positive') return { min: 0, ...words };
  if (value === undefined || kind === 'equals') return words;
  if (kind === 'range' || kind === 'length')
    return named.startsWith('max')
      ? { max: value, ...words }
      : Array.isArray(value)
        ? { min: value[0], max: value[1], ...words }
        : { min: value, ...words };
  if (kind === 'pattern') return { pattern: value, ...words };
  if (kind === 'referential') return { values: value, ...words };
  if (kind === 'freshness') return { maxAge: value, ...words };
  return kind === 'totals'
    ? { expected: value, ...words }
    : kind === 'expression'
      ? { expression: value, ...words }
      : words;
}

/** How one check went in a run. */
export interface QualityResult {
  readonly rule: string;
  readonly field: string;
  readonly kind: string;
  readonly checked: number;
  readonly failed: number;
  /** The share that passed; 1 where nothing was checked. */
  readonly passRate: number;
  readonly threshold?: number;
  readonly passed: boolean;
  /** The first failures, each with its record. */
  readonly examples: readonly TransformationError[];
}

const EXAMPLES_MAX = 10;

/** What is wrong with the field of the result, or where that has none, of the source. */
function reasonOf(
  { path }: Check,
  result: DataRecord,
  source: DataRecord,
  judge: OpenCheck['judge'],
): string | undefined {
  const found = valueAt(result, path);
  const value: DataValue = found === undefined ? valueAt(source, path) : found;
  try {
    return judge(value, path === '' || found !== undefined ? { ...source, ...result } : source);
  } catch (error) {
    return problemOf(error).message;
  }
}

function wholeReason(open: OpenCheck): string | undefined {
  try {
    return open.finish?.();
  } catch (error) {
    return problemOf(error).message;
  }
}

/** The checks of one transformation rule during one run, and their counts. */
export class CheckRunner {
  readonly #checks: readonly {
    check: Check;
    open: OpenCheck;
    counts: { checked: number; failed: number };
    examples: TransformationError[];
  }[];
  readonly #ruleId: string;
  readonly #trailer: RunTrailer;
  readonly #trailerFields: readonly string[];

  constructor(checks: readonly Check[], run: CheckRun, ruleId: string) {
    this.#ruleId = ruleId;
    this.#trailer = run.trailer;
    this.#trailerFields = checks.flatMap(({ trailerField }) => trailerField ?? []);
    this.#checks = checks.map(check => ({
      check,
      open: check.open(run),
      counts: { checked: 0, failed: 0 },
      examples: [],
    }));
  }

  /** Whether a record is the trailer that totals are compared with, and no record to be judged. */
  takesTrailer(record: DataRecord): boolean {
    return this.#trailer.takes(record, this.#trailerFields);
  }

  /** Judges a record: the field of the result, or where that has none, of the source. Returns what refuses it. */
  judge(result: DataRecord, source: DataRecord, record: number): readonly TransformationError[] {
    const refusals: TransformationError[] = [];
    for (const { check, open, counts, examples } of this.#checks) {
      counts.checked++;
      const reason = reasonOf(check, result, source, (value, whole) => open.judge(value, whole));
      if (reason === undefined) continue;
      counts.failed++;
      const problem = this.#problem(check, reason, record);
      if (examples.length < EXAMPLES_MAX) examples.push(problem);
      if (check.threshold === undefined && !check.isWarning) refusals.push(problem);
    }
    return refusals;
  }

  /** Judges the result judged last once more, with defaults in it, uncounted: the counts tell of records as they came. Returns what refuses it. */
  judgeAgain(result: DataRecord, source: DataRecord, record: number): readonly TransformationError[] {
    return this.#checks.flatMap(({ check, open }) => {
      const reason = reasonOf(check, result, source, (value, whole) => (open.again ?? open.judge)(value, whole));
      const refuses = reason !== undefined && check.threshold === undefined && !check.isWarning;
      return refuses ? [this.#problem(check, reason, record)] : [];
    });
  }

  #problem({ name, field, kind, message }: Check, reason: string, record?: number): TransformationError {
    const code = kind === 'totals' ? 'HR_QUALITY' : 'HR_VALIDATION';
    return { code, path: field, message: message ?? reason, ...(record === undefined ? {} : { record }), rule: name };
  }

  /** The counts, and what is wrong with the run as a whole: totals, and shares below their threshold. */
  finish(): { readonly results: readonly QualityResult[]; readonly problems: readonly TransformationError[] } {
    const problems: TransformationError[] = [];
    const results = this.#checks.map(({ check, open, counts, examples }) => {
      const { name, field, kind, threshold, isWarning } = check;
      const passRate = counts.checked === 0 ? 1 : (counts.checked - counts.failed) / counts.checked;
      const whole = wholeReason(open);
      const isBelow = threshold !== undefined && passRate < threshold;
      const found: TransformationError[] = [];
      if (whole !== undefined) found.push(this.#problem(check, whole));
      if (isBelow)
        found.push({
          code: 'HR_QUALITY',
          path: field,
          message: `${counts.failed} of ${counts.checked} records fail ${name}: fewer than ${threshold} pass`,
          rule: name,
        });
      if (!isWarning) problems.push(...found);
      const passed = found.length === 0 && (threshold !== undefined || counts.failed === 0);
      return {
        rule: name,
        field,
        kind,
        ...counts,
        passRate,
        ...(threshold === undefined ? {} : { threshold }),
        passed,
        examples: [...examples, ...found].slice(0, EXAMPLES_MAX + 1),
      };
    });
    return { results, problems: problems.map(problem => ({ ...problem, rule: problem.rule ?? this.#ruleId })) };
  }
}
