import { Expression, expressionScope, type ExpressionScope } from '../expression/index.js';
import { ConfigError, dataValueOf, Decimal, isPlainObject, type DataRecord, type DataValue } from '../model/index.js';
import { valueAt, withValueAt } from './paths.js';
import { problemOf, RefusedRecord, type TransformationError } from './problem.js';

/** What a function of a caller is told beside the record. */
export interface LogicContext {
  readonly ruleId: string;
  /** The record's number among those that came in, from 1. */
  readonly record: number;
}

/** A caller's own logic: one record, several, or none (null or undefined: the record is left out). It may be async. */
export type LogicFunction = (record: DataRecord, context: LogicContext) => unknown;

/** One target field: an expression, a source field by its name or path, or a value; `default` where it is absent, null or fails. */
export interface FieldLogic {
  readonly expression?: string;
  readonly source?: string;
  readonly value?: DataValue;
  readonly default?: DataValue;
}

/**
 * What becomes of a record: a function; a map of target field (`customer.name` makes an object) to expression, to a constant that is no text, to
 * FieldLogic or to a map of its own; a list of FieldLogic with `target`; or one expression that gives the whole record. Left out, it stays as it is.
 */
export type TransformationLogic =
  LogicFunction | string | Readonly<Record<string, unknown>> | readonly (FieldLogic & { readonly target: string })[];

/** Logic, compiled. */
export interface Mapping {
  /** The fields it writes; undefined where only running it tells. */
  readonly targets: readonly string[] | undefined;
  /** The records made of one; it throws RefusedRecord naming each field that failed. `defaults` stand in for fields that fail. */
  run(record: DataRecord, context: LogicContext, defaults: DataRecord): Promise<Mapped> | Mapped;
}

/** The records made of one, and whether a default stands in them. */
export interface Mapped {
  readonly records: readonly DataRecord[];
  readonly isDefaulted: boolean;
}

const asMade = (records: readonly DataRecord[]): Mapped => ({ records, isDefaulted: false });

/** Compiles logic. Throws ConfigError naming the target field, and line and column of its expression. */
export function compileMapping(logic: TransformationLogic | undefined, ruleId: string): Mapping {
  if (logic === undefined) return { targets: undefined, run: record => asMade([record]) };
  if (typeof logic === 'function') return functionMapping(logic);
  if (typeof logic === 'string') return recordMapping(compile(logic, ruleId, 'the record'));
  if (Array.isArray(logic)) {
    const fields = logic as readonly (FieldLogic & { readonly target: string })[];
    return fieldMapping(fields.map(field => [field.target, fieldStep(field, ruleId, field.target)]));
  }
  const map = logic as Readonly<Record<string, unknown>>;
  const inner = map['mappings'] ?? map['mapping'] ?? map['fields'];
  if (Object.keys(map).length === 1 && typeof inner === 'object' && inner !== null)
    return compileMapping(inner as TransformationLogic, ruleId);
  return fieldMapping(fieldSteps(map, ruleId, ''));
}

type FieldStep = (record: DataRecord, scope: () => ExpressionScope) => DataValue;

function fieldSteps(map: Readonly<Record<string, unknown>>, ruleId: string, prefix: string): [string, FieldStep][] {
  return Object.entries(map).flatMap(([name, logic]): [string, FieldStep][] => {
    const target = prefix + name;
    if (isPlainObject(logic) && !(logic instanceof Decimal) && !isFieldLogic(logic))
      return fieldSteps(logic, ruleId, `${target}.`);
    return [[target, fieldStep(logic, ruleId, target)]];
  });
}

const FIELD_WORDS = ['expression', 'source', 'value', 'default', 'target'];

function isFieldLogic(logic: Readonly<Record<string, unknown>>): boolean {
  const words = Object.keys(logic);
  return (
    words.some(word => FIELD_WORDS.includes(word)) &&
    words.every(word => FIELD_WORDS.includes(word) && !isPlainObject(logic[word]))
  );
}

function fieldStep(logic: unknown, ruleId: string, target: string): FieldStep {
  if (typeof target !== 'string') throw new ConfigError('HR_RULE', `rule ${ruleId}: a mapping in a list has no target`);
  if (typeof logic === 'function') return record => dataValueOf((logic as (record: DataRecord) => unknown)(record));
  if (typeof logic === 'string') {
    const expression = compile(logic, ruleId, target);
    return (_record, scope) => expression.evaluate(scope());
  }
  if (!isPlainObject(logic)) {
    const constant = dataValueOf(logic);
    return () => constant;
  }
  const { expression, source, value, default: otherwise } = logic as FieldLogic;
  const compiled = expression === undefined ? undefined : compile(expression, ruleId, target);
  const find: FieldStep = (record, scope) =>
    compiled !== undefined
      ? compiled.evaluate(scope())
      : source !== undefined
        ? found(record, source)
        : dataValueOf(value);
  if (otherwise === undefined) return find;
  const fallback = dataValueOf(otherwise);
  return (record, scope) => {
    try {
      return find(record, scope) ?? fallback;
    } catch {
      return fallback;
    }
  };
}

function found(record: DataRecord, path: string): DataValue {
  const value = valueAt(record, path);
  if (value === undefined) throw new ConfigError('HR_FIELD', `the record has no field ${path}`);
  return value;
}

function compile(source: string, ruleId: string, target: string): Expression {
  try {
    return new Expression(source);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.code as `HR_${string}`, `rule ${ruleId}, ${target}: ${error.message}`, {
      cause: error,
      details: { ...error.details, rule: ruleId, field: target },
    });
  }
}

function fieldMapping(steps: readonly (readonly [string, FieldStep])[]): Mapping {
  return {
    targets: steps.map(([target]) => target),
    run(record, { ruleId }, defaults) {
      let scope: ExpressionScope | undefined;
      let result: DataRecord = {};
      let isDefaulted = false;
      const problems: TransformationError[] = [];
      for (const [target, step] of steps) {
        try {
          result = withValueAt(
            result,
            target,
            step(record, () => (scope ??= expressionScope(record))),
          );
        } catch (error) {
          const otherwise = valueAt(defaults, target);
          if (otherwise === undefined) problems.push(problemOf(error, { path: target, rule: ruleId }));
          else result = withValueAt(result, target, otherwise);
          isDefaulted = true;
        }
      }
      if (problems.length > 0) throw new RefusedRecord(problems);
      return { records: [result], isDefaulted };
    },
  };
}

function recordMapping(expression: Expression): Mapping {
  return {
    targets: undefined,
    run: (record, { ruleId }) => asMade(recordsOf(expression.evaluate(expressionScope(record)), ruleId)),
  };
}

function functionMapping(logic: LogicFunction): Mapping {
  return {
    targets: undefined,
    async run(record, context) {
      const given = await logic(record, context);
      if (typeof given === 'string' || given instanceof Uint8Array) return asMade([rendered(given)]);
      return asMade(recordsOf(dataValueOf(given), context.ruleId));
    },
  };
}

/** Under this a rule's text or bytes travel to a format that has no form of ours: `mt103`, say. No field has such a name. */
const RENDERED = Symbol('rendered');

function rendered(value: string | Uint8Array): DataRecord {
  return { [RENDERED]: value } as unknown as DataRecord;
}

/** The text or bytes that a rule's function gave in place of a record; undefined for a record. */
export function renderedOf(record: DataRecord): string | Uint8Array | undefined {
  return (record as { readonly [RENDERED]?: string | Uint8Array })[RENDERED];
}

function recordsOf(value: DataValue, ruleId: string): readonly DataRecord[] {
  if (value === null || value === undefined) return [];
  const records = Array.isArray(value) ? (value as DataValue[]) : [value];
  const wrong = records.find(record => !isPlainObject(record));
  if (wrong !== undefined)
    throw new ConfigError(
      'HR_RULE',
      `rule ${ruleId} gave a ${typeof wrong}: its logic gives a record, a list of them, text, bytes, or null`,
    );
  return records as DataRecord[];
}
