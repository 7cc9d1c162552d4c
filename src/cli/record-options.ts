import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';

import {
  BINARY_SIZES,
  RECORD_FORMATS,
  SIGN_DIALECTS,
  type BinarySize,
  type CopybookOptions,
  type FramingOptions,
  type RecordPolicies,
  type SelectionOptions,
  type OnError,
  type RecordFileOptions,
  type SelectRule,
  type SignDialect,
  type SourceFormat,
  TRUNCS,
  type Trunc,
} from '../codec/index.js';
import { openCopybook } from '../decode/index.js';
import type { RecordOptionKeys } from './record-options/schema.js';

/** The flags that decode, encode, convert and copybook check share, as commander reads them. */
export interface RecordFlags {
  readonly copybook: string;
  readonly codepage: string;
  readonly format: keyof typeof RECORD_FORMATS;
  readonly record?: string;
  readonly nativeEndian: 'big' | 'little';
  readonly sign?: SignDialect;
  readonly binarySize: BinarySize;
  readonly trunc: Trunc;
  readonly odo: 'slide' | 'max';
  readonly float?: 'ibm' | 'ieee';
  readonly sourceFormat: SourceFormat;
  readonly copyPath?: readonly string[];
  readonly decimalComma?: boolean;
  readonly select?: readonly SelectRule[];
  readonly onError: OnError;
  readonly renames?: boolean;
  readonly conditions?: boolean;
  readonly keep?: 'raw';
  readonly deadLetter?: string;
  readonly options?: string;
}

/** Adds the shared flags to a command. */
export function addRecordOptions(command: Command): Command {
  const choice = (flag: string, text: string, choices: readonly string[]): Option =>
    new Option(flag, text).choices(choices);
  return command
    .requiredOption('--copybook <file>', 'COBOL copybook')
    .option('--codepage <name>', 'code page of the data, such as cp037, cp1047 or ascii', 'cp037')
    .addOption(
      choice('--format <format>', 'how records follow each other', Object.keys(RECORD_FORMATS)).default('fixed'),
    )
    .option('--record <name>', 'the record (level 01), where the copybook has several')
    .addOption(selectOption())
    .addOption(
      choice('--source-format <format>', 'of the copybook', ['auto', 'fixed', 'free', 'variable']).default('auto'),
    )
    .addOption(
      new Option('--copy-path <folder>', 'where copied files are looked for (repeatable)').argParser(
        (folder: string, before: readonly string[] | undefined) => [...(before ?? []), folder],
      ),
    )
    .option('--decimal-comma', 'DECIMAL-POINT IS COMMA')
    .addOption(choice('--binary-size <rule>', 'bytes of BINARY items', BINARY_SIZES).default('2-4-8'))
    .addOption(
      choice(
        '--trunc <rule>',
        'bin: COMP holds what its bytes hold; opt: it is read so, and written as its picture says',
        TRUNCS,
      ).default('std'),
    )
    .addOption(
      choice('--odo <rule>', 'what follows a table with DEPENDING ON slides, or lies behind its largest count', [
        'slide',
        'max',
      ]).default('slide'),
    )
    .addOption(choice('--native-endian <order>', 'of COMP-5 and IEEE floats', ['big', 'little']).default('little'))
    .addOption(choice('--float <format>', 'of COMP-1 and COMP-2; by code page when left out', ['ibm', 'ieee']))
    .addOption(choice('--sign <dialect>', 'overpunch of DISPLAY numbers; by code page when left out', SIGN_DIALECTS))
    .addOption(
      choice('--on-error <policy>', 'a bad record ends the run, its bad fields are null, or it is left out', [
        'fail',
        'null',
        'skip',
      ]).default('skip'),
    )
    .option('--renames', '66 levels as members of the record')
    .option('--conditions', '88 levels that hold, under $conditions')
    .addOption(choice('--keep <what>', 'raw: the bytes of a record that encode would write otherwise', ['raw']))
    .option('--dead-letter <file>', 'where bad records go, as they are')
    .option('--options <file>', 'YAML file of what has no flag: docs/records.md');
}

function selectOption(): Option {
  return new Option(
    '--select <FIELD=VALUE:RECORD>',
    'the record or view when the field has the value, lies in LOW THRU HIGH, or an 88 level is true (repeatable)',
  ).argParser((text: string, before: readonly SelectRule[] | undefined) => [...(before ?? []), parseSelect(text)]);
}

/**
 * `FIELD=VALUE:RECORD`; the value may hold colons and equals signs, names cannot. `FIELD=LOW THRU HIGH:RECORD` is a range, and
 * `NAME=true:RECORD` asks for the values of an 88 level.
 */
export function parseSelect(text: string): SelectRule {
  const [, field, value, record] = /^([^=:]+)=(.*):([^=:]+)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined || record === undefined)
    throw new InvalidArgumentError('Expected FIELD=VALUE:RECORD, such as REC-TYPE=H:HEADER-RECORD.');
  const [, from, to] = /^(.*\S)\s+(?:THRU|THROUGH)\s+(\S.*)$/is.exec(value) ?? [];
  const values = from === undefined || to === undefined ? value : { from, to };
  return { record: record.trim(), when: [{ [field.trim()]: [values] }] };
}

/** What the flags and the file of `--options` describe. `deadLetter` is a path; in the file it begins at the file's folder. */
export interface RecordOptions {
  readonly file: RecordFileOptions;
  readonly deadLetter?: string;
}

/** Reads the copybook and the file of options. Throws ConfigError naming file, line and column of what cannot be used. */
export async function readRecordOptions(flags: RecordFlags): Promise<RecordOptions> {
  const keys = flags.options === undefined ? {} : await readOptionsFile(flags.options);
  const file = {
    copybook: { ...openCopybook(flags.copybook, flags.copyPath), ...copybookOptions(flags, keys) },
    framing: framingOptions(flags, keys),
    selection: selectionOptions(flags, keys),
    policies: policies(flags, keys),
  };
  const deadLetter = flags.deadLetter ?? besideOptions(flags.options, keys.deadLetter);
  return deadLetter === undefined ? { file } : { file, deadLetter };
}

/** Few runs have one: what reads and checks it is loaded for those alone. */
async function readOptionsFile(file: string): Promise<RecordOptionKeys> {
  const { loadOptions } = await import('../options/index.js');
  const { recordOptionsSchema } = await import('./record-options/schema.js');
  return loadOptions(file, recordOptionsSchema);
}

/** The files that the flags name to be read. */
export const readFiles = ({ copybook, options }: Partial<RecordFlags>): readonly (string | undefined)[] => [
  copybook,
  options,
];

const besideOptions = (options: string | undefined, path: string | undefined): string | undefined =>
  options === undefined || path === undefined ? undefined : resolve(dirname(options), path);

/** The same object without keys that are undefined: an option that is left out has no key. */
function given<Type extends object>(options: Type): { [Key in keyof Type]: Exclude<Type[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Type]: Exclude<Type[Key], undefined> };
}

function copybookOptions(flags: RecordFlags, keys: RecordOptionKeys): Omit<CopybookOptions, 'readCopy'> {
  const { signNibbles, blanks, fields, currency, nsymbol } = keys;
  const { copybook: file, codepage: codePage, sourceFormat, binarySize, nativeEndian, trunc, odo, sign } = flags;
  const { float, decimalComma } = flags;
  const own = Object.entries(fields ?? {}).filter(([, field]) => field.blanks !== undefined);
  const fieldBlanks =
    own.length === 0 ? undefined : Object.fromEntries(own.map(([name, field]) => [name, field.blanks]));
  const record = {
    codePage,
    sourceFormat,
    binarySize,
    nativeEndian,
    trunc,
    odo,
    sign,
    signNibbles,
    blanks,
    fieldBlanks,
  };
  const language = { float, decimalComma, currency, nsymbol };
  return given({ file, ...record, ...language }) as Omit<CopybookOptions, 'readCopy'>;
}

function framingOptions(flags: RecordFlags, keys: RecordOptionKeys): FramingOptions {
  const { rdw, bdw, recordLength, blockSize, lengthField } = keys;
  const format = RECORD_FORMATS[flags.format];
  return given({ format, rdw, bdw, recordLength, blockSize, lengthField }) as FramingOptions;
}

function selectionOptions(flags: RecordFlags, keys: RecordOptionKeys): SelectionOptions {
  const { header, trailer, unmatched } = keys;
  const rules = [...(flags.select ?? []), ...(keys.select ?? [])];
  const select = rules.length === 0 ? undefined : rules;
  return given({ record: flags.record, select, header, trailer, unmatched }) as SelectionOptions;
}

function policies(flags: RecordFlags, keys: RecordOptionKeys): RecordPolicies {
  const { onError, conditions, renames } = flags;
  const { trim, fields, children } = keys;
  const keepRaw = flags.keep === 'raw';
  return given({ onError, conditions, renames, keepRaw, trim, fields, children }) as RecordPolicies;
}
