import { Decimal, type DataRecord, type DataValue } from '../../src/model/index.js';
import { BadRecord, forms, type FormSchema } from '../../src/transform/index.js';

export type SchemaParts = Omit<Partial<FormSchema>, 'options'>;

/** A schema of these words. */
export function schemaOf(options: Readonly<Record<string, unknown>> = {}, parts: SchemaParts = {}): FormSchema {
  return { ...parts, options };
}

/** Values to compare: a Decimal as `1.50d`, a bad record as its message. */
export function shown(value: DataValue | BadRecord): unknown {
  if (value instanceof BadRecord) return value.error.message;
  if (value instanceof Decimal) return `${value}d`;
  if (Array.isArray(value)) return value.map(element => shown(element as DataValue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member as DataValue)]));
}

/** All that a form reads, or why it ends. */
export function readAll(form: string, data: string | Uint8Array | object, schema?: FormSchema): unknown[] {
  const found: unknown[] = [];
  try {
    for (const record of forms.get(form)!.read(data, schema)) found.push(shown(record));
  } catch (error) {
    found.push(`ends: ${(error as Error).message}`);
  }
  return found;
}

/** The same of data that comes in pieces of a size. */
export async function readPieces(
  form: string,
  data: string | Uint8Array,
  schema: FormSchema | undefined,
  size: number,
): Promise<unknown[]> {
  const bytes = Buffer.from(data as string);
  async function* pieces(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: unknown[] = [];
  try {
    for await (const record of forms.get(form)!.readStream(pieces(), schema)) found.push(shown(record));
  } catch (error) {
    found.push(`ends: ${(error as Error).message}`);
  }
  return found;
}

/** What a form writes of records, as text. */
export function writeAll(form: string, records: readonly DataRecord[], schema?: FormSchema): string {
  const written = forms.get(form)!.write(records, schema);
  return typeof written === 'string' ? written : Buffer.from(written as Uint8Array).toString('latin1');
}

/** What a form writes to a stream. */
export async function writePieces(form: string, records: readonly DataRecord[], schema?: FormSchema): Promise<string> {
  async function* source(): AsyncIterable<DataRecord> {
    yield* records;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of forms.get(form)!.writeStream(source(), schema)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
