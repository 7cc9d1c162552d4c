import { Decimal, isPlainObject, readExactNumber, type DataRecord, type DataValue } from '../model/index.js';
import { recordSchema, type JsonSchema } from './form.js';

/**
 * A record with the types its JSON Schema tells: '12.50' for a number is a Decimal, 5.00 for an integer is 5, a number for text is its digits, 'true' for a
 * boolean is true, '' for what may be null is null. What is none of it stays, and the check says so.
 */
export function typedRecord(record: DataRecord, schema: JsonSchema | undefined): DataRecord {
  return typedValue(record, schema === undefined ? undefined : recordSchema(schema)) as DataRecord;
}

function typedValue(value: DataValue, schema: unknown): DataValue {
  if (!isPlainObject(schema)) return value;
  const types = [schema['type']].flat();
  if (typeof value === 'string') return typedText(value, types);
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal)
    return typedNumber(value, types);
  if (Array.isArray(value)) return value.map((element: DataValue) => typedValue(element, schema['items']));
  const { properties } = schema;
  if (!isPlainObject(value) || !isPlainObject(properties)) return value;
  const inner = (name: string): unknown => (Object.hasOwn(properties, name) ? properties[name] : undefined);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, typedValue(member as DataValue, inner(name))]),
  );
}

function typedNumber(value: number | bigint | Decimal, types: readonly unknown[]): DataValue {
  if (types.includes('string') && !types.includes('number') && !types.includes('integer')) return String(value);
  const isWhole = value instanceof Decimal && value.isInteger && types.includes('integer');
  return isWhole ? readExactNumber(value.rounded(0).toString()) : value;
}

function typedText(text: string, types: readonly unknown[]): DataValue {
  if (types.includes('string')) return text;
  const trimmed = text.trim();
  if (trimmed === '' && types.includes('null')) return null;
  if (types.includes('number') || types.includes('integer')) return readExactNumber(trimmed) ?? text;
  if (types.includes('boolean') && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  return text;
}
