import { ConfigError, isPlainObject } from '../model/index.js';
import type { FieldDescription, FormSchema, JsonSchema } from './form.js';

/** Names a schema that was registered; without a version the newest of that name. */
export interface SchemaReference {
  readonly name: string;
  readonly version?: string | number;
}

/**
 * A schema as a caller may give it: the name of a registered schema or of a format; a reference; a copybook's text; fields as data; a JSON Schema; or
 * an object with `format`, `copybook`, `fields`, `jsonSchema` and the form's own words.
 */
export type SchemaInput =
  string | boolean | SchemaReference | readonly FieldDescription[] | Readonly<Record<string, unknown>>;

/** The five forms that are built in, and what else they are called. */
const FORMAT_NAMES: Readonly<Record<string, string>> = {
  json: 'json',
  object: 'json',
  csv: 'csv',
  xml: 'xml',
  cobol: 'cobol_copybook',
  copybook: 'cobol_copybook',
  cobolcopybook: 'cobol_copybook',
  fixed: 'fixed_width',
  fixedwidth: 'fixed_width',
};

/**
 * A format's own name: `COBOL-Copybook` and `cobol` are cobol_copybook. What is none of the built-in ones stays as it is. Throws
 * ConfigError `HR_FORMAT` for what is no name.
 */
export function formatName(name: string): string {
  if (typeof name !== 'string')
    throw new ConfigError('HR_FORMAT', `a format is named by a string such as csv; what describes it is its schema`);
  return FORMAT_NAMES[name.toLowerCase().replaceAll(/[-_ ]/g, '')] ?? name;
}

export function isBuiltIn(format: string): boolean {
  return Object.values(FORMAT_NAMES).includes(format);
}

/** Whether text is a copybook: it has a line with a level number and a name, and an end of sentence. */
export function isCopybookText(text: string): boolean {
  return (
    /(?:^|\s)(?:0?[1-9]|[1-4]\d|66|77|88)\s+[A-Za-z0-9][\w-]*/.test(text) &&
    text.includes('.') &&
    /\s/.test(text.trim())
  );
}

const JSON_SCHEMA_WORDS = [
  'properties',
  '$schema',
  '$ref',
  'items',
  'required',
  'allOf',
  'anyOf',
  'oneOf',
  '$defs',
  'enum',
];

/** Whether an object is a JSON Schema rather than our words around one. */
function isJsonSchema(value: Readonly<Record<string, unknown>>): boolean {
  return JSON_SCHEMA_WORDS.some(word => word in value) || value['type'] === 'object' || value['type'] === 'array';
}

/** The one shape of a schema that was given inline. Throws ConfigError `HR_SCHEMA` for what is no schema. */
export function readSchema(input: SchemaInput): FormSchema {
  if (typeof input === 'boolean') return { jsonSchema: input, options: {} };
  if (typeof input === 'string') {
    if (isCopybookText(input)) return { copybook: input, format: 'cobol_copybook', options: {} };
    return { format: formatName(input), options: {} };
  }
  if (Array.isArray(input)) return { fields: readFields(input), options: {} };
  const { name, version, format, type, copybook, fields, jsonSchema, schema, definition, options, ...rest } =
    input as Readonly<Record<string, unknown>>;
  if (!isPlainObject(input)) throw schemaError(`${typeof input} is no schema`);
  const inner = definition ?? schema;
  if (inner !== undefined && !isJsonSchema(input)) {
    const content = readSchema(inner as SchemaInput);
    return {
      ...content,
      ...named({ name, version, format: format ?? content.format }),
      options: { ...content.options, ...wordsOf(options), ...rest },
    };
  }
  if (isJsonSchema(input) && copybook === undefined && jsonSchema === undefined && format === undefined)
    return { ...named({ name, version }), jsonSchema: input as JsonSchema, options: {} };
  const own = isJsonSchema(input) && jsonSchema === undefined ? jsonSchemaOf(input) : jsonSchema;
  if (copybook !== undefined && typeof copybook !== 'string' && !Array.isArray(copybook))
    throw schemaError('copybook is its text, or a list of fields');
  return {
    ...named({ name, version, format: format ?? (typeof type === 'string' ? type : undefined) }),
    ...(typeof copybook === 'string' ? { copybook } : {}),
    ...(Array.isArray(fields ?? copybook) ? { fields: readFields((fields ?? copybook) as unknown[]) } : {}),
    ...(own === undefined ? {} : { jsonSchema: own as JsonSchema }),
    options: { ...wordsOf(options), ...(own === jsonSchema ? rest : {}) },
  };
}

function wordsOf(options: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(options) ? options : {};
}

/** A JSON Schema that stands beside our word `format`: without it, as JSON Schema has a `format` of its own. */
function jsonSchemaOf(input: Readonly<Record<string, unknown>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(input).filter(([word]) => !['format', 'name', 'version', 'options'].includes(word)),
  );
}

function named({
  name,
  version,
  format,
}: {
  name?: unknown;
  version?: unknown;
  format?: unknown;
}): Partial<FormSchema> {
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'string' || typeof version === 'number' ? { version: String(version) } : {}),
    ...(typeof format === 'string' ? { format: formatName(format) } : {}),
  };
}

function readFields(fields: readonly unknown[]): readonly FieldDescription[] {
  fields.forEach((field, index) => {
    if (!isPlainObject(field) || typeof field['name'] !== 'string' || field['name'] === '')
      throw schemaError(`field ${index + 1} has no name: write { name, type, length }`);
  });
  return fields as readonly FieldDescription[];
}

function schemaError(message: string): ConfigError {
  return new ConfigError('HR_SCHEMA', message);
}

/** The form that a schema's records have: as it says, or by what it holds; a JSON Schema alone is of objects. */
export function formatOfSchema(schema: FormSchema): string {
  if (schema.format !== undefined) return schema.format;
  const { name: _, ...unnamed } = schema;
  return schemaLabels(unnamed)[0] ?? 'json';
}

/**
 * What a rule's end of this schema may be called: its name, its name and version, its format, or the formats its shape allows. Empty for a schema
 * that says nothing of a form, as a JSON Schema alone.
 */
export function schemaLabels({ name, version, format, copybook, fields, options }: FormSchema): readonly string[] {
  const labels = new Set<string>();
  if (name !== undefined) labels.add(name);
  if (name !== undefined && version !== undefined) labels.add(`${name}@${version}`);
  if (format !== undefined) labels.add(format);
  else if (copybook !== undefined) labels.add('cobol_copybook');
  else if (fields?.some(field => field.length !== undefined) === true) labels.add('cobol_copybook').add('fixed_width');
  else if (['delimiter', 'headers', 'header', 'dialect'].some(word => word in options)) labels.add('csv');
  else if (['root', 'rootElement', 'recordElement', 'namespaces'].some(word => word in options)) labels.add('xml');
  return [...labels];
}
