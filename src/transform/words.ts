import { ConfigError } from '../model/index.js';
import { nearestName } from '../options/index.js';
import type { DataForm, FieldDescription, FormSchema } from './form.js';

/** Words that nothing reads but people. */
const FOR_PEOPLE = ['title', 'description'];

/**
 * Refuses a word of an object that nothing would read: what was meant by it would be left undone without a word. Throws ConfigError with the nearest
 * word there is, else all.
 */
export function refuseUnknownWords(
  place: string,
  given: object,
  known: readonly string[],
  code: 'HR_RULE' | 'HR_SCHEMA' | 'HR_OPTION',
): void {
  const unknown = Object.keys(given).find(word => !known.includes(word) && !FOR_PEOPLE.includes(word));
  if (unknown === undefined) return;
  const meant = nearestName(unknown, known);
  const hint = meant === undefined ? `its words are ${known.join(', ')}` : `did you mean ${meant}?`;
  throw new ConfigError(code, `${place} has no ${unknown}; ${hint}`);
}

/** What forms read of a field. */
const FIELD_WORDS = [
  ...[
    'name',
    'type',
    'length',
    'width',
    'scale',
    'format',
    'fields',
    'children',
    'required',
    'start',
    'offset',
    'align',
  ],
  ...['pad', 'signed', 'implied', 'attribute', 'repeated', 'list', 'occurs', 'picture', 'pic', 'usage', 'digits'],
  ...['precision', 'decimals', 'sign', 'redefines', 'value'],
];

function checkFields(place: string, fields: readonly FieldDescription[]): void {
  for (const field of fields) {
    refuseUnknownWords(`${place}: the field ${field.name}`, field, FIELD_WORDS, 'HR_SCHEMA');
    const below = field['fields'] ?? field['children'];
    if (Array.isArray(below)) checkFields(place, below as readonly FieldDescription[]);
  }
}

/** Refuses a schema's word that no form reads. One schema may serve several forms, so the words of others may stand in it. */
export function checkSchemaWords(schema: FormSchema, form: DataForm | undefined, forms: Iterable<DataForm>): void {
  if (form?.words === undefined) return;
  const all = new Set([...forms].flatMap(({ words = [] }) => words));
  const own = Object.entries(schema.options).filter(([word]) => !all.has(word));
  const place = schema.name === undefined ? `a schema of ${form.name}` : `schema ${schema.name} of ${form.name}`;
  checkFields(schema.name === undefined ? 'a schema' : `schema ${schema.name}`, schema.fields ?? []);
  refuseUnknownWords(
    place,
    Object.fromEntries(own),
    ['format', 'fields', 'jsonSchema', 'copybook', ...form.words],
    'HR_SCHEMA',
  );
}
