import { ConfigError, type DataRecord } from '../model/index.js';
import { CheckRunner, compileChecks, type Check, type ValidationRules } from './checks.js';
import type { CheckRun } from './check-kinds.js';
import { compileErrorHandling, type ErrorHandling, type ErrorPolicy } from './error-handling.js';
import type { FormSchema } from './form.js';
import { jsonSchemaCheck, type JsonSchemaCheck } from './json-schema.js';
import { compileMapping, renderedOf, type Mapped, type Mapping, type TransformationLogic } from './mapping.js';
import { valueAt, withValueAt } from './paths.js';
import { typedRecord } from './text-values.js';
import { problemOf, RefusedRecord, type TransformationError } from './problem.js';
import { refuseUnknownWords } from './words.js';
import type { RuleEnds } from './rule-graph.js';
import { formatName, isBuiltIn, schemaLabels, type SchemaInput } from './schema.js';

/** What `registerTransformationRule` takes. */
export interface TransformationRule {
  /** What it reads: a schema's name, a format's, a reference, or a schema inline. Left out, it fits any form. */
  readonly sourceSchema?: SchemaInput;
  readonly targetSchema?: SchemaInput;
  /** The formats it leads from and to, where the schemas do not tell. */
  readonly sourceFormat?: string;
  readonly targetFormat?: string;
  readonly transformationLogic?: TransformationLogic;
  readonly validationRules?: ValidationRules;
  readonly errorHandling?: ErrorHandling;
}

const RULE_WORDS = [
  ...['sourceSchema', 'targetSchema', 'sourceFormat', 'targetFormat'],
  ...['transformationLogic', 'validationRules', 'errorHandling'],
];

/** A rule, compiled. */
export interface CompiledRule extends RuleEnds {
  readonly source: FormSchema | undefined;
  readonly target: FormSchema | undefined;
  readonly mapping: Mapping;
  readonly checks: readonly Check[];
  readonly policy: ErrorPolicy;
  readonly sourceCheck: JsonSchemaCheck | undefined;
  readonly targetCheck: JsonSchemaCheck | undefined;
}

/** Compiles a rule; `resolve` finds its schemas. Throws ConfigError for whatever in it cannot be used. */
export function compileRule(
  id: string,
  rule: TransformationRule,
  resolve: (input: SchemaInput) => FormSchema,
): CompiledRule {
  if (typeof rule !== 'object' || rule === null)
    throw new ConfigError('HR_RULE', `rule ${id} is no object: { ${RULE_WORDS.join(', ')} }`);
  refuseUnknownWords(`rule ${id}`, rule, RULE_WORDS, 'HR_RULE');
  const source = rule.sourceSchema === undefined ? undefined : resolve(rule.sourceSchema);
  const target = rule.targetSchema === undefined ? undefined : resolve(rule.targetSchema);
  const named = endsOfName(id);
  return {
    id,
    source,
    target,
    from: ends(rule.sourceFormat, source, named?.from),
    to: ends(rule.targetFormat, target, named?.to),
    mapping: compileMapping(rule.transformationLogic, id),
    checks: compileChecks(rule.validationRules, id),
    policy: compileErrorHandling(rule.errorHandling, id),
    sourceCheck: jsonSchemaCheck(source?.jsonSchema),
    targetCheck: jsonSchemaCheck(target?.jsonSchema),
  };
}

function ends(
  format: string | undefined,
  schema: FormSchema | undefined,
  named: string | undefined,
): readonly string[] {
  const labels = new Set(schema === undefined ? [] : schemaLabels(schema));
  if (format !== undefined) labels.add(formatName(format));
  if (labels.size === 0 && named !== undefined) labels.add(named);
  return [...labels];
}

/** A rule called `csv_to_json` or `cobol-to-xml` says its formats by its name, when its schemas do not. */
function endsOfName(id: string): { from: string; to: string } | undefined {
  const [, from, to] = /^(.+?)[-_ ]?(?:->|→|[-_ ]to[-_ ]|To(?=[A-Z]))[-_ ]?(.+)$/.exec(id) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const found = { from: formatName(from), to: formatName(to) };
  return isBuiltIn(found.from) && isBuiltIn(found.to) ? found : undefined;
}

/** What one record became. */
export interface StepOutcome {
  readonly records: readonly DataRecord[];
  readonly isDefaulted: boolean;
}

/** A rule during one run. */
export class RuleRun {
  readonly counts = { in: 0, out: 0, bad: 0 };
  readonly runner: CheckRunner;

  constructor(
    readonly rule: CompiledRule,
    run: CheckRun,
  ) {
    this.runner = new CheckRunner(rule.checks, run, rule.id);
  }

  /** The records made of one. Throws RefusedRecord with everything that is wrong, once no default stands in for it. */
  async step(given: DataRecord, number: number): Promise<StepOutcome> {
    const { rule } = this;
    this.counts.in++;
    if (this.runner.takesTrailer(given)) return { records: [], isDefaulted: false };
    try {
      const checked = repaired(given, number, rule.policy, record => rule.sourceCheck?.problems(record) ?? []);
      const mapped = await this.#mapped(checked.record, number);
      const made = mapped.records.map(record =>
        renderedOf(record) === undefined ? typedRecord(record, rule.target?.jsonSchema) : record,
      );
      const results = made.map(record =>
        repaired(record, number, rule.policy, (judged, isAgain) => [
          ...(rule.targetCheck?.problems(judged) ?? []),
          ...this.runner[isAgain ? 'judgeAgain' : 'judge'](judged, checked.record, number),
        ]),
      );
      this.counts.out += results.length;
      return {
        records: results.map(({ record }) => record),
        isDefaulted: mapped.isDefaulted || [checked, ...results].some(({ isRepaired }) => isRepaired),
      };
    } catch (error) {
      this.counts.bad++;
      throw error;
    }
  }

  async #mapped(record: DataRecord, number: number): Promise<Mapped> {
    const { rule } = this;
    try {
      return await rule.mapping.run(record, { ruleId: rule.id, record: number }, rule.policy.defaults);
    } catch (error) {
      const problems = error instanceof RefusedRecord ? error.problems : [problemOf(error, { rule: rule.id })];
      throw new RefusedRecord(problems.map(problem => ({ ...problem, record: number })));
    }
  }
}

/** A record, and whether a default stands in it. */
export interface RepairedRecord {
  readonly record: DataRecord;
  readonly isRepaired: boolean;
}

/**
 * The record with the policy's defaults in the place of what `judge` finds wrong, judged once more. Throws RefusedRecord for what has no default, and for
 * a default that is wrong itself.
 */
export function repaired(
  record: DataRecord,
  number: number,
  { defaults }: ErrorPolicy,
  judge: (record: DataRecord, isAgain: boolean) => readonly TransformationError[],
): RepairedRecord {
  const problems = judge(record, false);
  if (problems.length === 0) return { record, isRepaired: false };
  refuseFor(
    problems.filter(({ path }) => path === '' || valueAt(defaults, path) === undefined),
    number,
  );
  const made = problems.reduce((held, { path }) => withValueAt(held, path, valueAt(defaults, path)), record);
  refuseFor(judge(made, true), number);
  return { record: made, isRepaired: true };
}

function refuseFor(problems: readonly TransformationError[], number: number): void {
  if (problems.length > 0) throw new RefusedRecord(problems.map(problem => ({ ...problem, record: number })));
}
