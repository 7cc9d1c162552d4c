import { z } from 'zod';

import {
  BINARY_SIZES,
  type CopybookOptions,
  type FramingOptions,
  type PlacedRecords,
  RECORD_FORMATS,
  type RecordFileOptions,
  type RecordPolicies,
  type Refusal,
  type SelectionOptions,
  SIGN_DIALECTS,
  SOURCE_FORMATS,
  TRUNCS,
} from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import { nearestName } from '../options/index.js';
import type { NumberForm } from './plain-value.js';

/** A value that a field has, or a range with both its ends. */
export type SelectValue = string | number | boolean | { readonly from: string | number; readonly to: string | number };

/** Fields with a value each, or several of which one must be theirs. */
export type SelectFields = Readonly<Record<string, SelectValue | readonly SelectValue[]>>;

/** Picks a record or a view: `{ record: 'DETAIL', when: { KIND: 'D' } }`; of several mappings under `when` one must hold. */
export interface SelectRuleInput {
  readonly record: string;
  readonly when: SelectFields | readonly SelectFields[];
}

export type PlacedRecordsInput = Omit<PlacedRecords, 'count'> & Partial<PlacedRecords>;

/** Options that were checked, in the words of the codec. */
export type CheckedOptions = Omit<ConverterOptions, 'select' | 'header' | 'trailer'> & SelectionOptions;

/** What COBOLDataConverter knows of the records besides the copybook: what decode and encode take, by the names of their options. */
export interface ConverterOptions
  extends
    Omit<CopybookOptions, 'file'>,
    Omit<FramingOptions, 'format'>,
    Omit<SelectionOptions, 'select' | 'header' | 'trailer'>,
    Pick<RecordPolicies, 'conditions' | 'renames' | 'keepRaw' | 'children'> {
  /** The file of the copybook, for messages; its name names a record that has no 01 level. */
  readonly file?: string;
  /** Rules that pick records and views, as the options file has them. */
  readonly select?: readonly SelectRuleInput[];
  /** Records told by their place: so many, or one. */
  readonly header?: PlacedRecordsInput;
  readonly trailer?: PlacedRecordsInput;
  /** How records follow each other; fixed when left out. */
  readonly format?: keyof typeof RECORD_FORMATS;
  /** A field that is not there takes its VALUE, else zero or spaces (`value`, the default), or its record is refused. */
  readonly absent?: 'value' | 'refuse';
  /** A null that is no view of a REDEFINES is refused (the default), or taken like a field that is not there. */
  readonly nulls?: 'value' | 'refuse';
  readonly numbers?: NumberForm; // exact when left out
  /** A record that does not decode: throws (the default), is left out, or has null where its fields do not decode. */
  readonly onError?: 'fail' | 'skip' | 'null';
  /** Told of each record that is left out and each value that is null because it does not decode. */
  readonly onRefusal?: (refusal: Refusal) => void;
  readonly native?: NativeMode; // prefer when left out
}

const given = z.custom<object>(value => typeof value === 'object' && value !== null, 'expected an object');
const called = z.custom<object>(value => typeof value === 'function', 'expected a function');
const trim = z.enum(['right', 'left', 'both', 'none']);
const missing = z.enum(['value', 'refuse']);
const text = z.string().min(1);
const size = z.int().min(1);
const choiceOf = (names: Readonly<Record<string, unknown>>): z.ZodType => z.enum(Object.keys(names));

const COPYBOOK = {
  codePage: text,
  sourceFormat: z.enum(SOURCE_FORMATS),
  readCopy: called,
  signNibbles: z.enum(['all', 'strict']),
  sign: z.enum(SIGN_DIALECTS),
  binarySize: z.enum(BINARY_SIZES),
  nativeEndian: z.enum(['big', 'little']),
  float: z.enum(['ibm', 'ieee']),
  nsymbol: z.enum(['national', 'dbcs']),
  decimalComma: z.boolean(),
  currency: text,
  odo: z.enum(['slide', 'max']),
  trunc: z.enum(TRUNCS),
  trim,
  fieldTrim: z.record(z.string(), trim),
  blanks: given,
  fieldBlanks: given,
  file: text,
};
const FRAMING = {
  format: choiceOf(RECORD_FORMATS),
  rdw: given,
  bdw: given,
  recordLength: size,
  blockSize: size,
  lengthField: given,
};
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema.transform(value => [value]), z.array(schema).min(1)]);
const fieldValues = z.record(z.string(), oneOrMore(z.union([scalar, z.strictObject({ from: scalar, to: scalar })])));
const rule = { error: "expected a list of rules such as { record: 'DETAIL', when: { KIND: 'D' } }" };
const select = z.array(z.strictObject({ record: text, when: oneOrMore(fieldValues) }, rule), rule);
const placed = z.strictObject({ record: text, count: z.int().min(1).max(1024).default(1) });
const SELECTION = { record: text, select, header: placed, trailer: placed, unmatched: z.enum(['bad', 'skip']) };
const POLICIES = {
  onError: z.enum(['fail', 'skip', 'null']),
  conditions: z.boolean(),
  renames: z.boolean(),
  keepRaw: z.boolean(),
  children: z.record(z.string(), text),
};
const OWN = {
  absent: missing,
  nulls: missing,
  numbers: z.enum(['exact', 'number', 'decimal']),
  onRefusal: called,
  native: z.enum(['require', 'prefer', 'off']),
};
const OPTIONS = z.strictObject({ ...COPYBOOK, ...FRAMING, ...SELECTION, ...POLICIES, ...OWN }).partial();

/** The names of all options. */
export const CONVERTER_OPTIONS: readonly string[] = Object.keys(OPTIONS.shape);

/** The options as the codec takes them. Throws ConfigError `HR_OPTION` for an option there is not, or a value that it has not. */
export function checkOptions(options: ConverterOptions): CheckedOptions {
  const unknown = Object.keys(options).find(name => !CONVERTER_OPTIONS.includes(name));
  if (unknown !== undefined) throw new ConfigError('HR_OPTION', noOption(unknown));
  const read = OPTIONS.safeParse(options);
  if (read.success) return read.data as CheckedOptions;
  const [issue] = read.error.issues;
  throw new ConfigError('HR_OPTION', `COBOLDataConverter, ${issue!.path.join('.')}: ${issue!.message}`);
}

function noOption(name: string): string {
  const meant = nearestName(name, CONVERTER_OPTIONS);
  const hint = meant === undefined ? `its options are ${CONVERTER_OPTIONS.join(', ')}` : `did you mean ${meant}?`;
  return `COBOLDataConverter has no option ${name}; ${hint}`;
}

/** The options of the copybook alone. */
export function copybookOptions(options: CheckedOptions): CopybookOptions {
  return { file: 'copybook', ...pick(options, COPYBOOK) };
}

/** The options of the file that the records are, but for its copybook. */
export function fileOptions(options: CheckedOptions): Omit<RecordFileOptions, 'copybook'> {
  const { format, ...framing } = pick(options, FRAMING) as Pick<
    CheckedOptions,
    keyof typeof FRAMING & keyof CheckedOptions
  >;
  return {
    framing: { ...framing, ...(format === undefined ? {} : { format: RECORD_FORMATS[format] }) },
    selection: pick(options, SELECTION),
    policies: { onError: 'fail', ...pick(options, POLICIES) },
  };
}

function pick(options: CheckedOptions, names: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => name in names && value !== undefined));
}
