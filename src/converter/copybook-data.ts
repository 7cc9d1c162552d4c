import { z } from 'zod';

import { ConfigError, Decimal } from '../model/index.js';
import {
  CopybookError,
  type CopybookOptions,
  type Entry,
  type Layout,
  type LayoutItem,
  layOut,
  type Literal,
  type OccursClause,
  parseCopybook,
  specialNames,
  suggestion,
} from '../codec/index.js';
import { KNOWN_TYPES, SIGNS, typeClauses } from './field-type.js';

/** How often a field stands: so often, or as often as another field says. */
export type FieldOccurs =
  number | { readonly min?: number; readonly max: number; readonly dependingOn?: string | undefined };

/**
 * One entry of a copybook that is given as data. `type` is a PICTURE with the clauses behind it (`X(10)`, `PIC S9(7)V99 COMP-3`) or one of
 * `string`, `number`, `packed`, `binary`, `float`, `double`; then `length` says its bytes, or `digits` its digits. Packed and binary numbers
 * are signed unless `signed` says otherwise, others are not. A field with `fields` is a group.
 */
export interface CopybookField {
  readonly name?: string; // FILLER when left out
  readonly type?: string;
  readonly picture?: string; // in place of one in `type`
  readonly usage?: string;
  readonly length?: number; // bytes in the record, of one occurrence; checked where the type says them too
  readonly digits?: number;
  readonly scale?: number; // digits behind the point; 0 when left out
  readonly signed?: boolean;
  readonly sign?: keyof typeof SIGNS; // trailing when left out
  readonly occurs?: FieldOccurs;
  readonly redefines?: string; // the field before it whose bytes these are
  readonly value?: string | number | bigint; // what is written where no value is given
  readonly offset?: number; // of its first byte in the record; checked
  readonly fields?: readonly CopybookField[];
  readonly children?: readonly CopybookField[]; // the same as fields
  readonly description?: string; // for people
}

/** A record that is given as data: its fields, or an object with them. */
export type CopybookData =
  | readonly CopybookField[]
  | {
      readonly name?: string;
      readonly fields: readonly CopybookField[];
      readonly length?: number; // bytes of the record, or of its longest; checked
      readonly recordLength?: number; // the same as length
    };

const DEPTH_MAX = 48; // levels 02 to 49
const FIELDS_MAX = 1 << 16;
const NAME = /^(?!__proto__$)[\p{L}\p{N}_][\p{L}\p{N}_ .#@$:-]{0,127}$/u;

const count = z.int().min(0);
const FIELD = z.strictObject({
  name: z.string().regex(NAME, 'a name has letters, digits and _ . # @ : $ -, at most 128').optional(),
  type: z.string().optional(),
  picture: z.string().optional(),
  usage: z.string().optional(),
  length: count.min(1).optional(),
  digits: count.min(1).optional(),
  scale: count.optional(),
  signed: z.boolean().optional(),
  sign: z.enum(Object.keys(SIGNS) as (keyof typeof SIGNS)[]).optional(),
  occurs: z
    .union([
      count.min(1),
      z.strictObject({ min: count.optional(), max: count.min(1), dependingOn: z.string().optional() }),
    ])
    .optional(),
  redefines: z.string().optional(),
  value: z.union([z.string(), z.number(), z.bigint()]).optional(),
  offset: count.optional(),
  fields: z.array(z.unknown()).optional(),
  children: z.array(z.unknown()).optional(),
  description: z.string().optional(),
});
type Field = z.infer<typeof FIELD>;

/**
 * The layout of a record that is given as data, by the same rules as one in COBOL. Throws ConfigError `HR_COPYBOOK` that names the field by
 * its place, as in `fields[2] AMOUNT`.
 */
export function compileCopybookData(data: CopybookData, options: Omit<CopybookOptions, 'file'> = {}): Layout {
  const { name = 'RECORD', fields, length, recordLength = length } = readRecord(data);
  const builder = new EntryBuilder(options);
  const children = fields.map((field, index) => builder.entry(field, `fields[${index}]`, 2));
  if (children.length === 0) refuse('fields', 'a record has at least one field');
  const place = { file: name, line: 1, column: 1 };
  const record: Entry = { ...place, name, level: 1, filler: false, conditions: [], renames: [], children };
  const layout = builder.placed(() =>
    layOut({ file: name, records: [record], specialNames: builder.names }, options),
  )[0]!;
  builder.check(layout);
  if (recordLength !== undefined && recordLength !== layout.sizeBytes)
    refuse('length', `the record's length is given as ${recordLength}, but its fields take ${layout.sizeBytes} bytes`);
  return layout;
}

const RECORD = z.object({
  name: z.string().regex(NAME).optional(),
  fields: z.array(z.unknown()),
  length: count.min(1).optional(),
  recordLength: count.min(1).optional(),
});
/** Words of COBOLDataConverter's options: beside the fields nothing would read them. */
const OPTION_WORDS =
  'codePage encoding sign signNibbles binarySize nativeEndian float odo trunc trim format select'.split(' ');

function readRecord(data: CopybookData): z.infer<typeof RECORD> {
  if (Array.isArray(data)) return { fields: data as unknown[] };
  const read = RECORD.safeParse(data);
  if (!read.success)
    throw new ConfigError(
      'HR_COPYBOOK',
      'the copybook is neither text nor a list of fields; expected [{ name, type, length }] or { name, fields }',
    );
  const option = OPTION_WORDS.find(word => word in (data as object));
  if (option !== undefined)
    refuse(option, 'a copybook as data has a name, fields and a length; how its bytes are read are options beside it');
  return read.data;
}

function refuse(path: string, message: string): never {
  throw new ConfigError('HR_COPYBOOK', `${path}: ${message}`, { details: { field: path } });
}

/** Makes entries of fields and remembers each field's place, in the order that layouts number their items. */
class EntryBuilder {
  readonly names;
  private readonly fields: { readonly path: string; readonly field: Field }[] = [];

  constructor(options: Omit<CopybookOptions, 'file'>) {
    this.names = specialNames(options);
  }

  entry(data: unknown, at: string, level: number): Entry {
    const field = readField(data, at);
    const name = field.name ?? 'FILLER';
    const path = `${at} ${name}`;
    if (level - 1 > DEPTH_MAX) refuse(path, `fields lie deeper than ${DEPTH_MAX} groups`);
    if (this.fields.push({ path, field }) > FIELDS_MAX) refuse(path, `a record has at most ${FIELDS_MAX} fields`);
    const parsed = this.parse(field, path);
    const below = field.fields ?? field.children ?? [];
    const children = below.map((child, index) => this.entry(child, `${at}.fields[${index}]`, level + 1));
    if (children.length > 0 && parsed.picture !== undefined)
      refuse(path, 'a field with fields is a group and has no PICTURE');
    const place = { file: path, line: 1, column: 1 };
    const own = { ...place, name, level, filler: name.toUpperCase() === 'FILLER', children };
    return { ...parsed, ...own, ...referring(field, place), ...valueOf(field, place, parsed) };
  }

  /** The clauses of the type, read as a copybook's. */
  private parse(field: Field, path: string): Entry {
    const { type, picture, usage, fields, children } = field;
    if ([type, picture, usage, fields, children].every(word => word === undefined) && field.length !== undefined)
      refuse(path, `it has no type; expected ${KNOWN_TYPES}`);
    const text = typeClauses(field);
    if (typeof text !== 'string') refuse(path, text.problem);
    const source = { file: path, format: 'free', readCopy: undefined, ...this.names } as const;
    const { records } = this.placed(() => parseCopybook(`01 R. 02 F ${text}.`, source));
    const [entry, ...others] = records[0]!.children;
    if (records.length + others.length !== 1 || entry!.conditions.length > 0)
      refuse(path, `the type ${JSON.stringify(field.type)} is more than one field`);
    return entry!;
  }

  /** Places are fields here: no line or column says more. */
  placed<Type>(compile: () => Type): Type {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof CopybookError)) throw error;
      const { file, line, column } = error.details as { file: string; line: number; column: number };
      refuse(file, error.message.slice(`${file}:${line}:${column}: `.length));
    }
  }

  /** What the data say twice must agree. */
  check(layout: Layout): void {
    this.fields.forEach(({ path, field }, index) => {
      const { size, offset } = layout.items[index + 1]!;
      if (field.length !== undefined && field.length !== size)
        refuse(path, `its length is given as ${field.length}, but it takes ${size} bytes`);
      if (field.offset !== undefined && field.offset !== offset)
        refuse(path, `its offset is given as ${field.offset}, but it begins at ${offset}`);
      const said = typeSays(layout.items[index + 1]!);
      for (const word of ['digits', 'scale', 'signed'] as const)
        if (field[word] !== undefined && said[word] !== undefined && field[word] !== said[word])
          refuse(path, `the key ${word} says ${field[word]}, but its type says ${said[word]}`);
    });
  }
}

/** The digits, or characters, the scale and the sign that a type says; no digits where there is no picture, and nothing of edited ones. */
function typeSays({ picture, leaf, size }: LayoutItem): Pick<Field, 'digits' | 'scale' | 'signed'> {
  if (leaf === undefined) return {};
  if (leaf.kind === 'float') return { signed: true };
  if (leaf.kind === 'text') {
    if (leaf.edited !== undefined) return {};
    return leaf.charset === 'page' ? { digits: size, signed: false } : { signed: false };
  }
  const signed = leaf.kind === 'display' ? leaf.sign !== 'none' : leaf.signed;
  return picture === '' ? { signed } : { digits: leaf.digits, scale: leaf.scale, signed };
}

/** What a field's words are also called: COBOL's PIC, and what databases say for digits. */
const OTHER_WORDS: Readonly<Record<string, string>> = { pic: 'picture', decimals: 'scale', precision: 'digits' };

function knownWords(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const words = data as Readonly<Record<string, unknown>>;
  // With its own word beside it, the other one stays, and is refused.
  const named = (word: string): string => {
    const own = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word]! : word;
    return own in words ? word : own;
  };
  return Object.fromEntries(Object.entries(words).map(([word, value]) => [named(word), value]));
}

function readField(data: unknown, at: string): Field {
  const read = FIELD.safeParse(knownWords(data));
  if (read.success) return read.data;
  const { name } = (data ?? {}) as { name?: unknown };
  const [issue] = read.error.issues;
  if (issue!.code === 'unrecognized_keys') {
    const [word = ''] = issue!.keys;
    const words = Object.keys(FIELD.shape);
    const place = typeof name === 'string' ? `${at} ${name.slice(0, 128)}` : at;
    return refuse(
      place,
      `a field has no ${word.slice(0, 128)}${suggestion(words, word) || `; its words are ${words.join(', ')}`}`,
    );
  }
  const within = issue!.path.length === 0 ? '' : `${issue!.path.join('.')}: `;
  return refuse(typeof name === 'string' ? `${at} ${name.slice(0, 128)}` : at, `${within}${issue!.message}`);
}

type Place = Pick<Entry, 'file' | 'line' | 'column'>;

function referring({ occurs, redefines }: Field, place: Place): Partial<Entry> {
  return {
    ...(occurs === undefined ? {} : { occurs: occursClause(occurs, place) }),
    ...(redefines === undefined ? {} : { redefines: { name: redefines, ...place } }),
  };
}

function occursClause(occurs: NonNullable<Field['occurs']>, place: Place): OccursClause {
  const { max, min, dependingOn } = typeof occurs === 'number' ? { max: occurs } : { ...occurs };
  if (dependingOn === undefined) {
    if (min !== undefined && min !== max) refuse(place.file, 'occurs has min and max but not dependingOn');
    return { ...place, min: max, max, keys: [] };
  }
  if ((min ?? 1) > max) refuse(place.file, `occurs has min ${min} above max ${max}`);
  return { ...place, min: min ?? 1, max, keys: [], dependingOn: { ...place, name: dependingOn, of: [] } };
}

function valueOf({ value }: Field, place: Place, { value: clause }: Entry): Partial<Entry> {
  if (value === undefined) return {};
  if (clause !== undefined) refuse(place.file, 'VALUE stands in the type and value beside it');
  const literal: Literal = {
    ...place,
    kind: typeof value === 'string' ? 'text' : 'number',
    text: typeof value === 'number' ? Decimal.from(value).toString() : String(value),
    all: false,
  };
  return { value: literal };
}
