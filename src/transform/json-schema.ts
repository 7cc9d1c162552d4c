import ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

import { compilePattern } from '../expression/index.js';
import { ConfigError, Decimal, isPlainObject, type DataValue } from '../model/index.js';
import { recordSchema, type JsonSchema } from './form.js';
import type { TransformationError } from './problem.js';

const DEPTH_MAX = 64;
const ERRORS_MAX = 100;

/** The number a value is, exactly; undefined for what is none. */
function exactOf(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value;
  return typeof value === 'number' || typeof value === 'bigint' ? Decimal.from(value) : undefined;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: value => value === null,
  boolean: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  number: value => exactOf(value) !== undefined,
  integer: value => exactOf(value)?.isInteger === true,
  array: Array.isArray,
  object: isPlainObject,
};

/** JSON Schema's keywords of numbers, and those that compare, with exact decimals: 0.1 added up is not 0.30000000000000004. */
const EXACT_KEYWORDS: Readonly<Record<string, (limit: unknown, value: unknown) => boolean>> = {
  exactType: (types, value) => [types].flat().some(type => TYPES[type as string]?.(value) === true),
  minimum: (limit, value) => compare(value, limit, order => order >= 0),
  maximum: (limit, value) => compare(value, limit, order => order <= 0),
  exclusiveMinimum: (limit, value) => compare(value, limit, order => order > 0),
  exclusiveMaximum: (limit, value) => compare(value, limit, order => order < 0),
  multipleOf: (unit, value) => isMultiple(value, unit),
  const: (expected, value) => sameValue(value, expected),
  enum: (values, value) => (values as unknown[]).some(expected => sameValue(value, expected)),
};

function compare(value: unknown, limit: unknown, holds: (order: number) => boolean): boolean {
  const exact = exactOf(value);
  return exact === undefined || holds(exact.compare(limit as number));
}

function isMultiple(value: unknown, unit: unknown): boolean {
  const exact = exactOf(value);
  const step = exactOf(unit);
  if (exact === undefined || step === undefined) return true;
  const scale = Math.max(exact.scale, step.scale);
  return step.unscaled !== 0n && exact.rounded(scale).unscaled % step.rounded(scale).unscaled === 0n;
}

/** Whether two values are the same, numbers by what they are worth. */
export function sameValue(left: unknown, right: unknown): boolean {
  const exact = exactOf(left);
  if (exact !== undefined) return exactOf(right)?.equals(exact) === true;
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((element, at) => sameValue(element, right[at]))
    );
  if (!isPlainObject(left) || !isPlainObject(right)) return left === right;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(name => name in right && sameValue(left[name], right[name]))
  );
}

const MESSAGES: Readonly<Record<string, (limit: unknown) => string>> = {
  exactType: types => `must be ${[types].flat().join(' or ')}`,
  minimum: limit => `must be at least ${String(limit)}`,
  maximum: limit => `must be at most ${String(limit)}`,
  exclusiveMinimum: limit => `must be more than ${String(limit)}`,
  exclusiveMaximum: limit => `must be less than ${String(limit)}`,
  multipleOf: unit => `must be a multiple of ${String(unit)}`,
  const: expected => `must be ${JSON.stringify(expected)}`,
  enum: values => `must be one of ${JSON.stringify(values)}`,
};

/** Words whose value is a schema, a list of them, or a map of them. */
const SCHEMA_WORDS = new Set(
  (
    'items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties ' +
    'additionalItems allOf anyOf oneOf prefixItems'
  ).split(' '),
);
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** The schema with `type` under the name of our exact keyword: ajv's own takes a Decimal for an object. */
function withExactTypes(schema: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) throw new ConfigError('HR_SCHEMA', `a JSON Schema is nested deeper than ${DEPTH_MAX}`);
  if (Array.isArray(schema)) return schema.map(inner => withExactTypes(inner, depth + 1));
  if (!isPlainObject(schema)) return schema;
  const { type, nullable, ...rest } = schema;
  const entries = Object.entries(rest).map(([word, value]): [string, unknown] => {
    if (SCHEMA_WORDS.has(word)) return [word, withExactTypes(value, depth + 1)];
    if (!SCHEMA_MAPS.has(word) || !isPlainObject(value)) return [word, value];
    return [
      word,
      Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withExactTypes(inner, depth + 1)])),
    ];
  });
  if (type !== undefined) checkTypes(type);
  if (type !== undefined) entries.push(['exactType', nullable === true ? [type, 'null'].flat() : type]);
  return Object.fromEntries(entries);
}

/** A pattern as ajv wants it, run in time linear to the text. */
function linearPattern(pattern: string): { test(text: string): boolean } {
  const compiled = compilePattern(pattern);
  return { test: text => compiled.matcher(text).find() };
}
linearPattern.code = 'linearPattern';

function createAjv(): InstanceType<typeof ajv2020.default> {
  const ajv = new ajv2020.default({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    code: { regExp: linearPattern },
  });
  ajvFormats.default(ajv);
  for (const [keyword, holds] of Object.entries(EXACT_KEYWORDS)) {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({ keyword, validate: holds, errors: false });
  }
  return ajv;
}

/** Compiled once for each schema, with what it said: its owner may change it. */
const compiled = new WeakMap<object, { readonly said: string; readonly check: JsonSchemaCheck }>();

/**
 * The check of a JSON Schema as it is now; undefined where there is none. To be asked for once in a run: it reads the whole schema. Throws
 * ConfigError `HR_SCHEMA` for what is no JSON Schema.
 */
export function jsonSchemaCheck(schema: JsonSchema | undefined): JsonSchemaCheck | undefined {
  if (schema === undefined) return undefined;
  if (typeof schema === 'boolean') return new JsonSchemaCheck(schema);
  const said = textOf(schema);
  const known = compiled.get(schema);
  if (known?.said === said) return known.check;
  const check = new JsonSchemaCheck(schema);
  compiled.set(schema, { said, check });
  return check;
}

function textOf(schema: object): string {
  try {
    return JSON.stringify(schema, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(cause: unknown): ConfigError {
  return new ConfigError('HR_SCHEMA', `the JSON Schema cannot be used: ${(cause as Error).message}`, { cause });
}

/** Checks records against one JSON Schema (draft 2020-12), of a list against that of its elements, numbers exactly. */
export class JsonSchemaCheck {
  readonly #validate: ValidateFunction;

  /** Throws ConfigError `HR_SCHEMA` for what is no JSON Schema. */
  constructor(schema: JsonSchema) {
    try {
      this.#validate = createAjv().compile(withExactTypes(recordSchema(schema)) as object);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw unusable(error);
    }
  }

  /** Everything that is wrong with a record, at most 100. */
  problems(record: DataValue): readonly TransformationError[] {
    if (this.#validate(record) === true) return [];
    return (this.#validate.errors ?? []).slice(0, ERRORS_MAX).map(problem);
  }
}

function checkTypes(types: unknown): void {
  const unknown = [types].flat().find(type => TYPES[type as string] === undefined);
  if (unknown !== undefined)
    throw new ConfigError('HR_SCHEMA', `JSON Schema has no type ${String(unknown)}: ${Object.keys(TYPES).join(', ')}`);
}

function problem({ keyword, instancePath, params, schema, message }: ErrorObject): TransformationError {
  const member = (params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']) as
    string | undefined;
  const path = fieldPath(instancePath, member);
  const text = MESSAGES[keyword]?.(schema) ?? (keyword === 'required' ? 'is missing' : (message ?? keyword));
  return { code: 'HR_VALIDATION', path, message: text, rule: keyword === 'exactType' ? 'type' : keyword };
}

/** ajv's JSON pointer as a field path: `/items/1/price` is `items[1].price`. */
function fieldPath(pointer: string, member: string | undefined): string {
  const steps = pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (member !== undefined) steps.push(member);
  return steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );
}
