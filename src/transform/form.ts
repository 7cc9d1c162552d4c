import { isPlainObject, type DataRecord } from '../model/index.js';

export type { DataRecord, DataValue } from '../model/index.js';

/** One field of a schema that is given as data: a copybook's item, a column of a fixed-width line or of CSV. */
export interface FieldDescription {
  readonly name: string;
  /** `X`, `9`, `comp-3`, `string`, `integer`, `decimal`, `date` …: each form says which it knows. */
  readonly type?: string;
  /** Bytes, characters or digits, by the form. */
  readonly length?: number;
  /** Digits behind the point. */
  readonly scale?: number;
  /** Any further word of the form: `start`, `picture`, `usage`, `occurs`, `fields`, `pad`, `attribute` … */
  readonly [word: string]: unknown;
}

/** JSON Schema (draft 2020-12): true, false, or an object. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** The schema of one record: of a list what its elements are, which may name what the list defines. */
export function recordSchema(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const { items } = schema;
  if (schema['type'] !== 'array' || !isPlainObject(items)) return schema;
  const named = ['$defs', 'definitions'].filter(word => word in schema).map(word => [word, schema[word]]);
  return { ...(Object.fromEntries(named) as object), ...items };
}

/** What a form is told of its records; the engine makes it of every shape a schema may be given in. */
export interface FormSchema {
  /** The name and version it was registered under. */
  readonly name?: string;
  readonly version?: string;
  /** The form it belongs to, where it says so. */
  readonly format?: string;
  /** A copybook's text. */
  readonly copybook?: string;
  /** The fields as data. */
  readonly fields?: readonly FieldDescription[];
  /** What each record is checked against; it also tells a form the types of values and which members are lists. */
  readonly jsonSchema?: JsonSchema;
  /** Everything else that was given: the form's own words (code page, record format, dialect, names of elements …). */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * A form that records come in and go out in. What it cannot read or write is a HeadraceError whose details name record and field; a bad record
 * does not end `read`'s iteration where the form can go on behind it: it is then yielded as a BadRecord.
 */
export interface DataForm {
  /** As it is named in `transformData`: json, cobol_copybook, fixed_width, xml, csv. */
  readonly name: string;
  /** The words that it reads of a schema's options; a word of no form is refused. Left out, a schema of this form may have any. */
  readonly words?: readonly string[];
  /** The records of data that is there as a whole. */
  read(data: string | Uint8Array | object, schema: FormSchema | undefined): Iterable<DataRecord | BadRecord>;
  /** The records of data that comes in pieces, held no longer than each is taken. */
  readStream(chunks: AsyncIterable<Uint8Array>, schema: FormSchema | undefined): AsyncIterable<DataRecord | BadRecord>;
  /** The records in this form, as a whole. */
  write(records: Iterable<DataRecord>, schema: FormSchema | undefined): string | Uint8Array | object;
  /** The records in this form, in pieces as they come. */
  writeStream(records: AsyncIterable<DataRecord>, schema: FormSchema | undefined): AsyncIterable<Uint8Array>;
}

/** A record that could not be read, in its place among the others, with what is there instead. */
export class BadRecord {
  constructor(
    /** Why, with the place. */
    readonly error: Error,
    /** The record as it came, for the dead letter. */
    readonly raw: string | Uint8Array | object | undefined,
  ) {}
}
