import type { BadRow, EncodeRefusal, Refusal } from '../../codec/index.js';

/** Rows that a worker has made a row group of, by its number; none where all are bad. */
export interface RowGroup {
  readonly number: number | undefined;
  readonly rows: number;
  readonly bad: readonly BadRow[];
}

/** What became of some records of an input, wherever it was done. */
export interface Decoded {
  /** Which of the inputs, from 0. */
  readonly input: number;
  /** Text in the output's form, in order; the buffers are the taker's. */
  readonly text: readonly Uint8Array<ArrayBuffer>[];
  /** What is written behind the text. */
  readonly group?: RowGroup;
  /** Records and values that are bad, in order. */
  readonly refusals: readonly (Refusal | EncodeRefusal)[];
  /** The bad records, framed as they were. */
  readonly deadLetters: readonly Uint8Array<ArrayBuffer>[];
  /** Records and bytes of the input that are done with this. */
  readonly records: number;
  readonly bytes: number;
  /** A record is bad and ends the run. */
  readonly isStopped: boolean;
  /** Buffers of the task that can be used again, and those for text that it had no use for. */
  readonly spare: readonly ArrayBuffer[];
  readonly unused: readonly ArrayBuffer[];
}

export const NOTHING_DECODED = {
  text: [],
  refusals: [],
  deadLetters: [],
  records: 0,
  bytes: 0,
  isStopped: false,
  spare: [],
  unused: [],
} as const satisfies Omit<Decoded, 'input'>;
