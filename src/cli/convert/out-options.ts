import { Option, type Command } from 'commander';

import {
  BINARY_SIZES,
  RECORD_FORMATS,
  SIGN_DIALECTS,
  type BinarySize,
  type RecordFileOptions,
  type SignDialect,
} from '../../codec/index.js';
import { readRecordOptions, type RecordFlags } from '../record-options.js';

/** What is said of the records that are written, where they differ from those that are read. */
export interface OutFlags {
  readonly outCopybook?: string;
  readonly outCodepage?: string;
  readonly outFormat?: keyof typeof RECORD_FORMATS;
  readonly outSign?: SignDialect;
  readonly outFloat?: 'ibm' | 'ieee';
  readonly outNativeEndian?: 'big' | 'little';
  readonly outBinarySize?: BinarySize;
  readonly outOptions?: string;
}

/** Adds the flags of the records that are written. */
export function addOutOptions(command: Command): Command {
  const choice = (flag: string, text: string, choices: readonly string[]): Option =>
    new Option(flag, text).choices(choices);
  return command
    .option('--out-copybook <file>', 'copybook of the records that are written; the same when left out')
    .option('--out-codepage <name>', 'their code page, which then also says their signs and floats')
    .addOption(choice('--out-format <format>', 'how they follow each other', Object.keys(RECORD_FORMATS)))
    .addOption(choice('--out-sign <dialect>', 'their overpunch', SIGN_DIALECTS))
    .addOption(choice('--out-float <format>', 'their COMP-1 and COMP-2', ['ibm', 'ieee']))
    .addOption(choice('--out-native-endian <order>', 'their COMP-5 and IEEE floats', ['big', 'little']))
    .addOption(choice('--out-binary-size <rule>', 'bytes of their COMP items', BINARY_SIZES))
    .option('--out-options <file>', 'their YAML file of what has no flag');
}

/** The file that is written: as the one that is read, but for what was said of it. */
export async function readOutOptions(flags: RecordFlags & OutFlags): Promise<RecordFileOptions> {
  const { outCopybook, outCodepage, outFormat, outSign, outFloat, outNativeEndian, outBinarySize, outOptions } = flags;
  const { sign: _sign, float: _float, ...rest } = flags;
  const byPage = outCodepage === undefined ? flags : rest;
  const own = Object.entries({
    copybook: outCopybook,
    codepage: outCodepage,
    format: outFormat,
    sign: outSign,
    float: outFloat,
    nativeEndian: outNativeEndian,
    binarySize: outBinarySize,
    options: outOptions,
  }).filter(([, value]) => value !== undefined);
  const { file } = await readRecordOptions({ ...byPage, ...(Object.fromEntries(own) as Partial<RecordFlags>) });
  // What the options say of the old format's words and lengths is not said of the new one.
  const isReframed = outFormat !== undefined && outOptions === undefined;
  const framing = isReframed ? { format: RECORD_FORMATS[outFormat] } : file.framing;
  return framing === undefined ? file : { ...file, framing };
}
