import type { JsonSchema } from '../../options/index.js';
import { configJsonSchema } from './json-schema.js';

const HEAD = `# Configuration

One YAML file, version 1. This page is written from the schema by \`headrace schema --markdown\`; a test keeps it so. Editors
read the same schema: \`headrace schema > headrace.schema.json\`, then
\`# yaml-language-server: $schema=./headrace.schema.json\` as the file's first line. A whole file to copy:
[examples/desk/gateway.yaml](../examples/desk/gateway.yaml). \`headrace check FILE\` prints every problem at once, each as
\`file:line:column\`, with what was probably meant.

- \`\${NAME}\` and \`\${NAME:default}\` are replaced by environment variables inside a value, after the YAML was read; a variable can
  never become structure. In \`{ … }\` or \`[ … ]\` such a value needs quotes, and then is text. \`$\${\` stands for \`\${\`.
- A secret is a reference, \`{ env: NAME }\` or \`{ file: PATH }\`, read when it is needed and never logged.
- Money and quantities are plain decimals, quoted or not; their digits are taken from the file and never pass through a float.
- Relative paths begin at the folder of the file.
`;

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map(value => `\`${String(value)}\``).join(', ');
  if (schema.anyOf?.some(branch => branch.type === 'number')) return 'decimal';
  if (schema.anyOf !== undefined) return 'secret';
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'object') return mappingOf(schema);
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  if (!isNumber) return schema.type === 'string' ? 'text' : String(schema.type);
  return `${schema.minimum} … ${schema.maximum}`;
}

/** A mapping's names and values, where it has no rows of its own below it. */
function mappingOf({ propertyNames, additionalProperties }: JsonSchema): string {
  if (typeof additionalProperties !== 'object' || additionalProperties.properties !== undefined) return 'mapping';
  const names = propertyNames?.enum === undefined ? 'names' : typeOf(propertyNames);
  return `mapping of ${names} to ${typeOf(additionalProperties)}`;
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return '**required**';
  const { default: standard } = schema;
  if (standard === undefined || (typeof standard === 'object' && Object.keys(standard as object).length === 0))
    return '';
  return `\`${String(standard)}\``;
}

function rows(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const required = schema.required?.includes(key) ?? false;
    const row = `| \`${path}\` | ${typeOf(child)} | ${defaultOf(child, required)} | ${child.description ?? ''} |`;
    return [row, ...children(child, path)];
  });
}

function children(schema: JsonSchema, path: string): string[] {
  if (schema.items?.properties !== undefined) return rows(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object' && schema.additionalProperties.properties !== undefined)
    return rows(schema.additionalProperties, `${path}.NAME`);
  return rows(schema, path);
}

function section(name: string, schema: JsonSchema, required: boolean): string {
  const table = children(schema, name);
  const title = `## ${name}${required ? ' (required)' : ''}\n\n${schema.description ?? ''}\n`;
  if (table.length === 0) {
    const standard = defaultOf(schema, required);
    return `${title}\nValue: ${typeOf(schema)}${standard === '' ? '' : `; ${required ? standard : `default ${standard}`}`}.\n`;
  }
  return `${title}\n| key | value | default | meaning |\n|---|---|---|---|\n${table.join('\n')}\n`;
}

/** docs/config.md, written from the JSON Schema. */
export function configReference(): string {
  const schema = configJsonSchema();
  const parts = Object.entries(schema.properties ?? {}).map(([name, child]) =>
    section(name, child, schema.required?.includes(name) ?? false),
  );
  return [HEAD, ...parts].join('\n');
}
