import { ConfigError, dataValueOf, isPlainObject, type DataRecord } from '../model/index.js';
import { BadRecord } from './form.js';
import type { FormSchema } from './form.js';
import { readSchema, type SchemaInput } from './schema.js';

/** Data that brings its copybook along, as `{ copybook, data }`. */
export interface CarriedData {
  readonly data: unknown;
  readonly schema: FormSchema | undefined;
}

/** Takes apart what holds bytes and their copybook; all else is data as it is. */
export function carriedData(given: unknown): CarriedData {
  if (!isPlainObject(given)) return { data: given, schema: undefined };
  const { copybook, schema, data, bytes, buffer, ...rest } = given;
  const content = data ?? bytes ?? buffer;
  const carried = copybook ?? schema;
  if (content === undefined || carried === undefined) return { data: given, schema: undefined };
  const words = copybook === undefined ? carried : { copybook, ...rest };
  return { data: content, schema: readSchema(words as SchemaInput) };
}

export function isBytes(data: unknown): data is Uint8Array {
  return data instanceof Uint8Array;
}

/** Data that a form may take: text, bytes, or an object. Throws ConfigError `HR_DATA` for anything else. */
export function formData(data: unknown, format: string): string | Uint8Array | object {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (typeof data === 'string' || (typeof data === 'object' && data !== null)) return data;
  throw new ConfigError(
    'HR_DATA',
    `${format} data is text, bytes or an object, not ${data === null ? 'null' : typeof data}`,
  );
}

/** Objects of a caller as records. What no record holds is a bad record in its place. */
export function* objectRecords(data: unknown): Generator<DataRecord | BadRecord> {
  for (const found of Array.isArray(data) ? (data as unknown[]) : [data]) yield objectRecord(found);
}

/** What comes from a format without a form is given to its rule as it is: text, bytes, or a record. */
export function objectRecord(found: unknown): DataRecord | BadRecord {
  if (!isPlainObject(found)) return found as DataRecord;
  try {
    return dataValueOf(found) as DataRecord;
  } catch (error) {
    return new BadRecord(error as Error, found);
  }
}

/** How many bytes text or binary data has; 0 for objects. */
export function sizeOf(data: unknown): number {
  if (isBytes(data)) return data.length;
  return typeof data === 'string' ? Buffer.byteLength(data) : 0;
}

/** Whether data is a list of records by its kind, so that the answer is a list too, even of one. */
export function isList(data: unknown, format: string): boolean {
  if (format === 'csv' || Array.isArray(data)) return true;
  const start =
    typeof data === 'string'
      ? data.slice(0, 100)
      : isBytes(data)
        ? Buffer.from(data.subarray(0, 100)).toString('latin1')
        : '';
  return format === 'json' && start.trimStart().startsWith('[');
}
