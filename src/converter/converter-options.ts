import { z } from 'zod';

import {
  BINARY_SIZES,
  type CopybookOptions,
  type FramingOptions,
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
import type { NumberForm } from './plain-value.js';

/** What COBOLDataConverter knows of the records besides the copybook: what decode and encode take, by the names of their options. */
export interface ConverterOptions
  extends
    Omit<CopybookOptions, 'file'>,
    Omit<FramingOptions, 'format'>,
    SelectionOptions,
    Pick<RecordPolicies, 'conditions' | 'renames' | 'keepRaw' | 'children'> {
  /** The file of the copybook, for messages; its name names a record that has no 01 level. */
  readonly file?: string;
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
const SELECTION = { record: text, select: given, header: given, trailer: given, unmatched: z.enum(['bad', 'skip']) };
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

/** Throws ConfigError `HR_OPTION` for an option there is not, or a value that it has not. */
export function checkOptions(options: ConverterOptions): ConverterOptions {
  const read = OPTIONS.safeParse(options);
  if (read.success) return options;
  const [issue] = read.error.issues;
  const where = issue!.path.length === 0 ? '' : `${issue!.path.join('.')}: `;
  throw new ConfigError('HR_OPTION', `COBOLDataConverter, ${where}${issue!.message}`);
}

/** The options of the copybook alone. */
export function copybookOptions(options: ConverterOptions): CopybookOptions {
  return { file: 'copybook', ...pick(options, COPYBOOK) };
}

/** The options of the file that the records are, but for its copybook. */
export function fileOptions(options: ConverterOptions): Omit<RecordFileOptions, 'copybook'> {
  const { format, ...framing } = pick(options, FRAMING) as Pick<
    ConverterOptions,
    keyof typeof FRAMING & keyof ConverterOptions
  >;
  return {
    framing: { ...framing, ...(format === undefined ? {} : { format: RECORD_FORMATS[format] }) },
    selection: pick(options, SELECTION),
    policies: { onError: 'fail', ...pick(options, POLICIES) },
  };
}

function pick(options: ConverterOptions, names: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => name in names && value !== undefined));
}
