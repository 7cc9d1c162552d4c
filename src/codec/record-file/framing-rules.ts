import { ConfigError } from '../../model/index.js';

/** The names of `--format`, aliases included, and what they mean. */
export const RECORD_FORMATS = {
  fixed: 'fixed',
  f: 'fixed',
  fb: 'fb',
  rdw: 'rdw',
  v: 'rdw',
  vb: 'vb',
  vbs: 'vbs',
  text: 'text',
} as const;

/**
 * How records follow each other: all of one length (`fixed`, and `fb` in blocks), each behind a record descriptor word (`rdw`;
 * `vb` in blocks with a word of their own, `vbs` also in segments), or as lines of text.
 */
export type RecordFormat = (typeof RECORD_FORMATS)[keyof typeof RECORD_FORMATS];

/** The word before a record: by default IBM's, two bytes of length, big-endian, the word itself counted, then two zeros. */
export interface RecordWord {
  readonly size: number; // bytes of the word, 2 to 8
  readonly lengthOffset: number; // where in the word the length stands
  readonly lengthSize: number; // 2 or 4
  readonly littleEndian: boolean;
  readonly adjustment: number; // added to the length it holds to get the record's with its word: 4 where the word does not count itself
  readonly anyRest: boolean; // the word's other bytes may be other than zero
}

/** The word before a block of `vb` and `vbs`: big-endian, the word itself counted; with the high bit set it is 31 bits long. */
export interface BlockWord {
  readonly adjustment: number;
  readonly littleEndian: boolean;
}

/** A field that holds the length of its record. */
export interface LengthField {
  readonly field: string;
  readonly adjustment: number; // added to what it holds to get the record's whole length
}

export interface FramingOptions {
  readonly format?: RecordFormat; // fixed when left out
  readonly rdw?: Partial<RecordWord>;
  readonly bdw?: Partial<BlockWord>;
  /** Bytes of each record of `fixed` and `fb`; of the largest layout when left out. With tables that slide: one length for all. */
  readonly recordLength?: number;
  /** The largest block, of `fb`, `vb` and `vbs`. */
  readonly blockSize?: number;
  readonly lengthField?: Partial<LengthField> & Pick<LengthField, 'field'>;
}

/** The same with nothing left out but what has no default. */
export interface FramingRules {
  readonly format: RecordFormat;
  readonly rdw: RecordWord;
  readonly bdw: BlockWord;
  readonly recordLength?: number;
  readonly blockSize?: number;
  readonly lengthField?: LengthField;
}

const IBM_RDW: RecordWord = {
  size: 4,
  lengthOffset: 0,
  lengthSize: 2,
  littleEndian: false,
  adjustment: 0,
  anyRest: false,
};

/** Fills in what was left out. Throws ConfigError for rules that do not fit each other. */
export function framingRules(options: FramingOptions): FramingRules {
  const { format = 'fixed', recordLength, blockSize, lengthField } = options;
  const rdw = { ...IBM_RDW, ...options.rdw };
  if (rdw.lengthOffset + rdw.lengthSize > rdw.size)
    refuse(`a length of ${rdw.lengthSize} bytes at ${rdw.lengthOffset} lies outside an RDW of ${rdw.size} bytes`);
  if (format === 'vbs' && (rdw.size !== 4 || rdw.lengthSize !== 2))
    refuse('segments of vbs have an RDW of 4 bytes: a length of 2, the control byte, a zero');
  if (lengthField !== undefined && format !== 'fixed')
    refuse(`lengthField is for the format fixed: a record of ${format} has its length already`);
  if (format === 'fb' && blockSize !== undefined && recordLength !== undefined && blockSize % recordLength !== 0)
    refuse(`blocks of ${blockSize} bytes do not hold whole records of ${recordLength}`);
  return {
    format,
    rdw,
    bdw: { adjustment: 0, littleEndian: false, ...options.bdw },
    ...(recordLength === undefined ? {} : { recordLength }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(lengthField === undefined ? {} : { lengthField: { adjustment: 0, ...lengthField } }),
  };
}

function refuse(message: string): never {
  throw new ConfigError('HR_FRAMING', message);
}
