import { ConfigError } from '../../model/index.js';
import { recordSchema, type FieldDescription, type FormSchema, type JsonSchema } from '../form.js';

/** What a value written as text is. */
export type CellType = 'string' | 'integer' | 'decimal' | 'date' | 'boolean';

/** A value's place among the columns of a line, and what it is. */
export interface Column {
  /** As it is headed; the names of groups around it stand before it, with points between. */
  readonly name: string;
  readonly path: readonly string[];
  readonly type: CellType;
  readonly scale?: number | undefined; // digits behind the point, of a decimal
  readonly format?: string | undefined; // of a date or boolean
  /** Found in a record, where no schema says what it is. */
  readonly isGuessed?: boolean;
  /** The description it comes from, where there is one. */
  readonly field?: FieldDescription | undefined;
}

const TYPES: ReadonlyMap<string, CellType> = new Map(
  Object.entries({
    string: 'string text char character varchar alphanumeric x a datetime date-time time uuid',
    integer: 'integer int long short',
    decimal: 'decimal number numeric money zoned packed packed-decimal binary comp comp-3 comp-4 comp-5 9 s9',
    date: 'date',
    boolean: 'boolean bool',
  }).flatMap(([type, names]) => names.split(' ').map(name => [name, type as CellType] as const)),
);

/** The columns that a schema names, in its order; none where it names none. Throws ConfigError for a type that is not known. */
export function columnsOf(schema: FormSchema | undefined): readonly Column[] {
  if (schema?.fields !== undefined) return schema.fields.flatMap(field => fieldColumns(field, []));
  return schema?.jsonSchema === undefined ? [] : propertyColumns(recordSchema(schema.jsonSchema), []);
}

function fieldColumns(field: FieldDescription, around: readonly string[]): readonly Column[] {
  const path = [...around, field.name];
  const below = field['fields'] ?? field['children'];
  if (Array.isArray(below)) return (below as FieldDescription[]).flatMap(child => fieldColumns(child, path));
  const { scale, format } = field;
  return [{ name: path.join('.'), path, ...cellType(field), ...given({ scale, format }), field }];
}

function given({ scale, format }: { scale?: unknown; format?: unknown }): Pick<Column, 'scale' | 'format'> {
  return {
    ...(typeof scale === 'number' ? { scale } : {}),
    ...(typeof format === 'string' ? { format } : {}),
  };
}

/** A type's word, or the PICTURE of a copybook's field. */
export function cellType({ name, type = 'string', picture }: FieldDescription): Pick<Column, 'type' | 'scale'> {
  const known = TYPES.get(type.toLowerCase());
  if (known !== undefined && picture === undefined) return { type: known };
  const text = (typeof picture === 'string' ? picture : type).replace(/^PIC(TURE)?\s+(IS\s+)?/i, '').toUpperCase();
  if (/^[XA](\(\d+\)|[XA]*)(\s|$)/.test(text)) return { type: 'string' };
  const number = /^S?(?:9|\(\d+\))*(?:V((?:9|\(\d+\))+))?(?:\s.*)?$/.exec(text);
  if (number === null)
    throw new ConfigError(
      'HR_SCHEMA',
      `${name} has the type ${JSON.stringify(type)}; expected string, integer, decimal, date or boolean`,
    );
  return number[1] === undefined ? { type: 'decimal' } : { type: 'decimal', scale: nines(number[1]) };
}

function nines(text: string): number {
  return text.replace(/9\((\d+)\)/g, (_, count: string) => '9'.repeat(Math.min(Number(count), 99))).length;
}

/** The members that a JSON Schema names. */
export function properties(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  if (typeof schema === 'boolean') return [];
  const named = schema['properties'];
  return typeof named === 'object' && named !== null ? Object.entries(named as Record<string, JsonSchema>) : [];
}

function propertyColumns(schema: JsonSchema, around: readonly string[]): readonly Column[] {
  return properties(schema).flatMap(([name, property]) => {
    const path = [...around, name];
    const below = propertyColumns(property, path);
    return below.length > 0 ? below : [{ name: path.join('.'), path, ...propertyType(property) }];
  });
}

/** What a JSON Schema says of a value written as text. */
export function propertyType(schema: JsonSchema): Pick<Column, 'type' | 'scale'> {
  if (typeof schema === 'boolean') return { type: 'string' };
  const { type, format } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('integer')) return { type: 'integer' };
  if (types.includes('number')) return { type: 'decimal' };
  if (types.includes('boolean')) return { type: 'boolean' };
  return { type: format === 'date' ? 'date' : 'string' };
}
