import { DecodeError, EncodeError } from '../model/index.js';
import { loadAddon, type Addon } from '../native/index.js';
import {
  compileCopybook,
  type EncodedLines,
  type EncodeRefusal,
  type Layout,
  type MissingPolicy,
  type RecordFile,
  RecordFileEncoder,
  recordFileOf,
  type Refusal,
} from '../codec/index.js';
import {
  checkOptions,
  copybookOptions,
  fileOptions,
  type CheckedOptions,
  type ConverterOptions,
} from './converter-options.js';
import { compileCopybookData, type CopybookData } from './copybook-data.js';
import { jsonRecords, type JsonRecords } from './json-records.js';
import { PlainDecoder } from './plain-decoder.js';
import type { PlainRecord } from './plain-value.js';
import { recordShapes, type RecordShape } from './record-shape.js';

/** A copybook: its text, the layouts of compileCopybook or compileFixedWidth, or its fields as data. */
export type CopybookInput = string | Layout | readonly Layout[] | CopybookData;

/** Plain objects to records and back, by one copybook. Throws ConfigError for a copybook or option that cannot be used. */
export class PlainRecords {
  private readonly options: CheckedOptions;
  private readonly file: RecordFile;
  /** What a record of each kind is as an object. */
  readonly shapes: readonly RecordShape[];
  private readonly native: Addon | undefined;

  constructor(copybook: CopybookInput, options: ConverterOptions = {}) {
    this.options = checkOptions(options);
    this.file = recordFileOf(layoutsOf(copybook, this.options), fileOptions(this.options));
    this.shapes = recordShapes(this.file);
    this.native = loadAddon(options.native ?? 'prefer');
  }

  /** An encoder of one file, which may come in pieces. */
  encoder(): PlainEncoder {
    return new PlainEncoder(this.file, this.shapes, this.options, this.native);
  }

  /** A decoder of one file, which may come in pieces. */
  decoder(): PlainDecoder {
    return new PlainDecoder(this.file, { numbers: this.options.numbers ?? 'exact', native: this.native });
  }

  encode(json: JsonRecords): Buffer {
    const encoder = this.encoder();
    return Buffer.concat([...encoder.encode(json), ...encoder.finish()]);
  }

  decode(bytes: Uint8Array): PlainRecord[] {
    const { onError = 'fail', onRefusal } = this.options;
    const records: PlainRecord[] = [];
    for (const decoded of this.decoder().decode(bytes, true)) {
      if ('record' in decoded) records.push(decoded.record);
      else if (onError === 'fail') throw decodeError(decoded.refusal);
      for (const refusal of 'record' in decoded ? decoded.nulls : [decoded.refusal]) onRefusal?.(refusal);
    }
    return records;
  }
}

/** Plain objects to the bytes of one file. */
export class PlainEncoder {
  private readonly encoder: RecordFileEncoder;

  constructor(
    file: RecordFile,
    private readonly shapes: readonly RecordShape[],
    { absent = 'value', nulls = 'refuse' }: CheckedOptions,
    native: Addon | undefined,
  ) {
    this.encoder = new RecordFileEncoder(file, { absent: POLICY[absent], nulls: POLICY[nulls], native });
  }

  /** The bytes of more records. Throws EncodeError for the first that is none, as finish does. */
  encode(json: JsonRecords): readonly Uint8Array[] {
    return written(this.encoder.encode(jsonRecords(json, this.shapes)));
  }

  /** What was held back until the end was known. */
  finish(): readonly Uint8Array[] {
    return written(this.encoder.finish());
  }
}

const POLICY: Readonly<Record<'value' | 'refuse', MissingPolicy>> = { value: 'default', refuse: 'refuse' };

function written({ pieces, refused }: EncodedLines): readonly Uint8Array[] {
  if (refused.length > 0) throw encodeError(refused[0]!.refusal);
  return pieces;
}

function layoutsOf(copybook: CopybookInput, options: CheckedOptions): readonly Layout[] {
  if (typeof copybook === 'string') return compileCopybook(copybook, copybookOptions(options));
  if (isLayout(copybook)) return [copybook];
  if (Array.isArray(copybook) && copybook.length > 0 && copybook.every(isLayout)) return copybook;
  return [compileCopybookData(copybook as CopybookData, copybookOptions(options))];
}

function isLayout(copybook: unknown): copybook is Layout {
  return typeof copybook === 'object' && copybook !== null && 'root' in copybook && 'items' in copybook;
}

/** A refusal as an error. */
export function decodeError(refusal: Refusal): DecodeError {
  return new DecodeError('HR_DECODE', refusal.message, { details: { ...refusal } });
}

function encodeError({ line: _, ...refusal }: EncodeRefusal): EncodeError {
  return new EncodeError('HR_ENCODE', refusal.message, { details: { ...refusal } });
}
