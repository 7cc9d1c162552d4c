import { CapacityError, type DataRecord } from '../model/index.js';
import type { CheckRun } from './check-kinds.js';
import type { DeadLetter, ErrorPolicy } from './error-handling.js';
import { BadRecord, type JsonSchema } from './form.js';
import { jsonSchemaCheck, type JsonSchemaCheck } from './json-schema.js';
import { renderedOf } from './mapping.js';
import { problemOf, RefusedRecord, type TransformationError } from './problem.js';
import type { TransformationResult } from './result.js';
import { typedRecord } from './text-values.js';
import { repaired, RuleRun, type CompiledRule, type RepairedRecord } from './transformation-rule.js';

const ERRORS_MAX = 1_000;
const DEAD_LETTERS_MAX = 10_000;
const QUARANTINED_MAX = 10_000;

/** The end of a run by its policy; what is wrong is in the run's errors. */
export class RunFailed extends Error {}

/** What a run asks of records where they come in and go out, beside what its rules ask. */
export interface RunEnds {
  /** The schema of the source, and of the target, where they are no rule's. */
  readonly source: JsonSchema | undefined;
  readonly target: JsonSchema | undefined;
  /** Throws for a record that the target's form cannot hold. */
  readonly fits: ((record: DataRecord) => void) | undefined;
}

/** Codes of errors that are about a value where they name a field. */
const VALUE_CODES = ['HR_FORM_READ', 'HR_FORM_WRITE', 'HR_DECODE', 'HR_ENCODE'];

/** Whether a problem is one of what schemas and checks ask of a record: by a rule of them, or as a value that is none of its field's. */
function isInvalid({ code, path }: TransformationError): boolean {
  return code === 'HR_VALIDATION' || (path !== '' && VALUE_CODES.includes(code));
}

/** One run of a chain over records: the same for one record, a batch and a stream. It holds one record at a time and bounded lists of what was bad. */
export class TransformationRun {
  readonly #steps: readonly RuleRun[];
  readonly #policy: ErrorPolicy;
  readonly #errors: TransformationError[] = [];
  readonly #deadLetters: DeadLetter[] = [];
  readonly #quarantined: DeadLetter[] = [];
  readonly #started = performance.now();
  readonly #ends: RunEnds;
  /** Compiled when the first record comes: a schema that cannot be used fails the run. */
  readonly #checks: { source?: JsonSchemaCheck | undefined; target?: JsonSchemaCheck | undefined } = {};
  readonly #counts = { in: 0, out: 0, bad: 0, defaulted: 0, dead: 0, invalid: 0 };
  #isFailed = false;
  bytesIn = 0;
  bytesOut = 0;

  /** `policy` is for what is no rule's: unreadable and unwritable records, and those that the schemas of the ends refuse. */
  constructor(chain: readonly CompiledRule[], policy: ErrorPolicy, checkRun: CheckRun, ends: RunEnds) {
    this.#steps = chain.map(rule => new RuleRun(rule, checkRun));
    this.#policy = policy;
    this.#ends = ends;
  }

  get recordsIn(): number {
    return this.#counts.in;
  }

  /** The records that come out, one at a time as they are asked for. Throws RunFailed where the policy says so. */
  async *records(
    input: AsyncIterable<DataRecord | BadRecord> | Iterable<DataRecord | BadRecord>,
  ): AsyncGenerator<DataRecord> {
    try {
      for await (const found of input) yield* await this.#record(found);
    } catch (error) {
      if (!(error instanceof RunFailed)) this.fail(problemOf(error));
      throw error instanceof RunFailed ? error : new RunFailed(problemOf(error).message, { cause: error });
    }
  }

  async #record(found: DataRecord | BadRecord): Promise<readonly DataRecord[]> {
    const number = ++this.#counts.in;
    if (found instanceof BadRecord) {
      await this.#bad([problemOf(found.error, { record: number })], found.raw, undefined);
      return [];
    }
    const taken = await this.#judged(found, found, 'source');
    if (taken === undefined) return [];
    let records: readonly DataRecord[] = [taken.record];
    let isDefaulted = taken.isRepaired;
    for (const step of this.#steps) {
      const next: DataRecord[] = [];
      for (const record of records) {
        try {
          const outcome = await step.step(record, number);
          next.push(...outcome.records);
          isDefaulted ||= outcome.isDefaulted;
        } catch (error) {
          if (!(error instanceof RefusedRecord)) throw error;
          await this.#bad(error.problems, found, step.rule);
        }
      }
      records = next;
    }
    const out: DataRecord[] = [];
    for (const record of records) {
      const made = await this.#judged(this.#typed(record), found, 'target');
      if (made === undefined || !(await this.#fits(made.record, found, number))) continue;
      isDefaulted ||= made.isRepaired;
      out.push(made.record);
    }
    if (isDefaulted && out.length > 0) this.#counts.defaulted++;
    this.#counts.out += out.length;
    return out;
  }

  /** With the types of the target's schema, where the record is one: not text or bytes of a rule. */
  #typed(record: DataRecord): DataRecord {
    return renderedOf(record) === undefined ? typedRecord(record, this.#ends.target) : record;
  }

  /** The record that an end's schema passes, with the policy's defaults where it needs them; undefined for one that is bad. */
  async #judged(record: DataRecord, source: DataRecord, end: 'source' | 'target'): Promise<RepairedRecord | undefined> {
    const check = (this.#checks[end] ??= jsonSchemaCheck(this.#ends[end]));
    const problemsOf = (judged: DataRecord) =>
      renderedOf(judged) === undefined ? (check?.problems(judged) ?? []) : [];
    try {
      return repaired(record, this.#counts.in, this.#policy, problemsOf);
    } catch (error) {
      if (!(error instanceof RefusedRecord)) throw error;
      await this.#bad(error.problems, source, undefined);
      return undefined;
    }
  }

  async #fits(record: DataRecord, source: DataRecord, number: number): Promise<boolean> {
    try {
      this.#ends.fits?.(record);
      return true;
    } catch (error) {
      await this.#bad([problemOf(error, { record: number })], source, undefined);
      return false;
    }
  }

  async #bad(problems: readonly TransformationError[], data: unknown, rule: CompiledRule | undefined): Promise<void> {
    const policy = rule?.policy ?? this.#policy;
    this.#counts.bad++;
    if (problems.some(isInvalid)) this.#counts.invalid++;
    this.#note(problems);
    if (policy.action === 'fail') throw this.#failed();
    const letter: DeadLetter = { record: this.#counts.in, ruleId: rule?.id, data, errors: problems };
    if (policy.action === 'quarantine') {
      if (this.#quarantined.length >= QUARANTINED_MAX)
        throw new CapacityError(
          'HR_CAPACITY',
          `a run sets at most ${QUARANTINED_MAX} records aside: the data may be another's`,
        );
      this.#quarantined.push(letter);
    } else {
      this.#counts.dead++;
      if (this.#deadLetters.length < DEAD_LETTERS_MAX) this.#deadLetters.push(letter);
      await policy.onDeadLetter?.(letter);
    }
    if (this.#counts.bad > policy.maxErrors) {
      this.#note([{ code: 'HR_CAPACITY', path: '', message: `more than ${policy.maxErrors} records are bad` }]);
      throw this.#failed();
    }
  }

  #note(problems: readonly TransformationError[]): void {
    this.#errors.push(...problems.slice(0, Math.max(0, ERRORS_MAX - this.#errors.length)));
  }

  #failed(): RunFailed {
    this.#isFailed = true;
    return new RunFailed(this.#errors.at(-1)?.message ?? 'a record is bad');
  }

  /** The run failed for something that is no record's. */
  fail(problem: TransformationError): void {
    this.#isFailed = true;
    this.#note([problem]);
  }

  /** What the run did; `data` is what came out of it. */
  finish(data: unknown): TransformationResult {
    const { in: recordsIn, out, bad, defaulted, dead, invalid } = this.#counts;
    const quality = this.#steps.map(step => step.runner.finish());
    const problems = quality.flatMap(({ problems: found }) => found);
    this.#note(problems);
    const isFailed = this.#isFailed || problems.length > 0 || (bad > 0 && out === 0);
    const durationMs = performance.now() - this.#started;
    const errors = this.#errors;
    const validation = errors.filter(isInvalid);
    const rules = quality.flatMap(({ results }) => results);
    const answer: Omit<TransformationResult, 'deadLetters' | 'quarantined'> = {
      status: isFailed ? 'FAILED' : 'SUCCESS',
      transformedData: isFailed ? null : data,
      validationResults: {
        valid: invalid === 0 && validation.length === 0,
        checked: recordsIn,
        failed: invalid,
        errors: validation,
      },
      qualityResults: { passed: rules.every(({ passed }) => passed), rules },
      transformationMetrics: {
        recordsIn,
        recordsOut: isFailed ? 0 : out,
        recordsBad: bad,
        recordsDefaulted: defaulted,
        deadLetters: dead,
        quarantined: this.#quarantined.length,
        bytesIn: this.bytesIn,
        bytesOut: this.bytesOut,
        durationMs,
        recordsPerSecond: durationMs === 0 ? 0 : (recordsIn * 1_000) / durationMs,
        chain: this.#steps.map(({ rule }) => rule.id),
        rules: this.#steps.map(({ rule, counts }) => ({ ruleId: rule.id, ...counts })),
      },
      errors,
    };
    // Not among its members, so that an answer printed or sent on is of six and holds no record twice.
    return Object.defineProperties(answer, {
      deadLetters: { value: this.#deadLetters },
      quarantined: { value: this.#quarantined },
    }) as TransformationResult;
  }
}
