import { createHash } from 'node:crypto';

import { openRecordFile, type MissingPolicy, type RecordFile, type RecordFileOptions } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';
import { CopiedOptions } from '../decode/copies.js';
import { readRecordOptions, type RecordFlags } from '../record-options.js';
import { recordColumns, type CsvColumn } from './csv-columns.js';
import type { Form } from './form.js';
import { readOutOptions, type OutFlags } from './out-options.js';
import { writtenKinds } from './record-shaper.js';
import { goesByRows } from './row-output.js';
import type { Shape } from './shape.js';

/** The flags of a conversion that say what its records are. */
export interface SettingFlags extends Partial<RecordFlags>, OutFlags {
  readonly absent: MissingPolicy;
  readonly nulls: MissingPolicy;
}

/** A file of records and its options as they go to workers. */
export interface OpenedFile {
  readonly file: RecordFile;
  readonly copied: CopiedOptions;
}

/** What a conversion reads and writes. */
export interface ConvertSetting {
  readonly from: Form;
  readonly to: Form;
  /** The records that are read, or that lines, rows and columns are described by. */
  readonly source: OpenedFile | undefined;
  readonly target: OpenedFile | undefined;
  readonly shape: Shape | undefined;
  /** Records become columns as rows of the decoder, not as lines of JSON. */
  readonly isRows: boolean;
  readonly columns: readonly CsvColumn[];
  readonly deadLetter: string | undefined;
}

/** Opens the copybooks of a conversion. Throws ConfigError for forms and records that do not go together. */
export async function openSetting(from: Form, to: Form, flags: SettingFlags): Promise<ConvertSetting> {
  if ((from === 'copybook' || to === 'copybook') && flags.copybook === undefined)
    throw new ConfigError('HR_FORM', 'records need the --copybook that describes them');
  const read = flags.copybook === undefined ? undefined : await readRecordOptions(flags as RecordFlags);
  const isReencoded = from === 'copybook' && to === 'copybook';
  const source = read && openFile(isReencoded ? withoutExtras(read.file) : read.file);
  const target = to === 'copybook' ? await openTarget(flags as RecordFlags & OutFlags, isReencoded) : undefined;
  const columns = source === undefined ? [] : recordColumns(source.file);
  const isRows = from === 'copybook' && (to === 'parquet' || to === 'arrow') && goesByRows(source!.file);
  const setting = { from, to, source, target, isRows, columns, deadLetter: read?.deadLetter ?? flags.deadLetter };
  checkFamilies(setting);
  return { ...setting, shape: shapeOf(setting, flags) };
}

function openFile(options: RecordFileOptions): OpenedFile {
  const copied = new CopiedOptions(options);
  return { file: openRecordFile(copied.options), copied };
}

/** From record to record each stands for itself: no families, no other names, and bytes of another code page are not kept. */
function withoutExtras(options: RecordFileOptions): RecordFileOptions {
  const { children: _children, ...policies } = options.policies ?? {};
  return { ...options, policies: { ...policies, keepRaw: false, renames: false, conditions: false } };
}

async function openTarget(flags: RecordFlags & OutFlags, isReencoded: boolean): Promise<OpenedFile> {
  const options = await readOutOptions(flags);
  const target = openFile(isReencoded ? withoutExtras(options) : options);
  if (!isReencoded && target.file.trailer !== undefined)
    throw new ConfigError('HR_FORM', 'lines do not tell which is the trailer; write them with headrace encode');
  return target;
}

function checkFamilies({ from, to, source }: Pick<ConvertSetting, 'from' | 'to' | 'source'>): void {
  if (from === 'copybook' && to === 'csv' && source!.file.policies.children !== undefined)
    throw new ConfigError(
      'HR_FORM',
      'a row of CSV has no place for the records that another holds (children): write jsonl, parquet or arrow, or leave children out for a row a record',
    );
}

function shapeOf(
  { from, to, source, target, columns }: Omit<ConvertSetting, 'shape'>,
  { absent, nulls, onError }: SettingFlags,
): Shape | undefined {
  if (to === 'csv')
    return { kind: 'csv', columns: columns.map(({ path }) => path), stopsAtRefusal: onError === 'fail' };
  if (target === undefined) return undefined;
  const kinds = from === 'copybook' ? writtenKinds(source!.file, target.file) : [];
  return { kind: 'records', file: target.copied.portable, absent, nulls, kinds };
}

/** Tells runs apart: what is read, how, and what becomes of it. */
export function runKey(
  { source, target, ...setting }: ConvertSetting,
  inputs: readonly object[],
  jobs: readonly object[],
): string {
  const files = [source, target].map(opened => {
    if (opened === undefined) return undefined;
    const { options, copies } = opened.copied.portable;
    return { options, copies: [...copies] };
  });
  const { shape: _shape, ...rest } = setting;
  return createHash('sha256').update(JSON.stringify({ files, rest, inputs, jobs })).digest('hex');
}
