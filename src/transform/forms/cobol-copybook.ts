import {
  CONVERTER_OPTIONS,
  decodeError,
  PlainRecords,
  type CopybookField,
  type DecodedRecord,
} from '../../converter/index.js';
import { ConfigError, type DataRecord } from '../../model/index.js';
import { BadRecord, type DataForm, type FormSchema } from '../form.js';
import { fittedRecord } from './fitted-record.js';

const NAME = 'cobol_copybook';
/** Compiled once for each schema. */
const compiled = new WeakMap<FormSchema, PlainRecords>();

function recordsOf(schema: FormSchema | undefined): PlainRecords {
  if (schema === undefined) throw needsCopybook();
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const records = new PlainRecords(copybookOf(schema), optionsOf(schema));
  compiled.set(schema, records);
  return records;
}

function copybookOf({ copybook, fields, name, options }: FormSchema): ConstructorParameters<typeof PlainRecords>[0] {
  if (copybook !== undefined) return copybook;
  if (fields === undefined) throw needsCopybook();
  const { length } = options as { length?: number };
  return {
    ...(name === undefined ? {} : { name }),
    ...(length === undefined ? {} : { length }),
    fields: fields as readonly CopybookField[],
  };
}

function needsCopybook(): ConfigError {
  return new ConfigError(
    'HR_SCHEMA',
    `${NAME} needs a schema with copybook (its text) or fields [{ name, type, length }]`,
  );
}

/** Words of other forms may stand beside ours. A bad record is left to the engine, its numbers are Decimals. */
function optionsOf({ options }: FormSchema): object {
  const own = Object.entries(options).filter(([word]) => CONVERTER_OPTIONS.includes(word));
  const { onError } = options;
  return { ...Object.fromEntries(own), onError: onError === 'null' ? 'null' : 'skip', numbers: 'decimal' };
}

/** Text is characters already: of an ASCII page, whose upper half is Latin-1. */
function bytesOf(data: string | Uint8Array | object, schema: FormSchema | undefined): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string') return Buffer.from(data, 'latin1');
  throw new ConfigError(
    'HR_SCHEMA',
    `${NAME} reads bytes, or text of an ASCII page; ${schema?.name ?? 'it'} was given an object`,
  );
}

/** Where text is given and no code page, the page is ASCII. */
function schemaFor(data: string | Uint8Array | object, schema: FormSchema | undefined): FormSchema | undefined {
  if (typeof data !== 'string' || schema === undefined || 'codePage' in schema.options) return schema;
  return { ...schema, options: { ...schema.options, codePage: 'ascii' } };
}

function* records(decoded: Iterable<DecodedRecord>): Generator<DataRecord | BadRecord> {
  for (const one of decoded) {
    if ('record' in one) yield one.record;
    else yield new BadRecord(decodeError(one.refusal), one.bytes);
  }
}

/** Records of COBOL, by the copybook of the schema: its options are those of COBOLDataConverter. */
export const cobolCopybook: DataForm = {
  name: NAME,
  words: [...CONVERTER_OPTIONS, 'length'],
  *read(data, schema) {
    yield* records(recordsOf(schemaFor(data, schema)).decoder().decode(bytesOf(data, schema), true));
  },
  async *readStream(chunks, schema) {
    const decoder = recordsOf(schema).decoder();
    for await (const chunk of chunks) yield* records(decoder.decode(chunk, false));
    yield* records(decoder.decode(new Uint8Array(0), true));
  },
  write(data, schema) {
    const codec = recordsOf(schema);
    const encoder = codec.encoder();
    const pieces = Array.from(data, record => encoder.encode([fittedRecord(record, codec.shapes)]));
    return Buffer.concat([...pieces.flat(), ...encoder.finish()]);
  },
  async *writeStream(data, schema) {
    const codec = recordsOf(schema);
    const encoder = codec.encoder();
    for await (const record of data) yield* encoder.encode([fittedRecord(record, codec.shapes)]);
    yield* encoder.finish();
  },
};
