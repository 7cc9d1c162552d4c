import type { EncodeRefusal, LineBatch } from '../../codec/index.js';

/** What became of some lines. */
export interface Shaped {
  /** In memory of the shaper's, until it shapes the next lines. */
  readonly pieces: readonly Uint8Array[];
  /** The lines that have no place in the form; `index` is the line's in the batch. */
  readonly refused: readonly { readonly index: number; readonly refusal: EncodeRefusal }[];
  /** A line was refused and ends the run. */
  readonly isStopped: boolean;
}

/** What is known of lines beside their text. */
export interface LineSource {
  /** The number of the first as a record. */
  readonly first: number;
  /** Which of the layouts they were decoded by, where they were. */
  readonly kind?: number;
}

/** Puts lines of JSON into another form, each by itself: no line depends on the one before it. */
export interface LineShaper {
  shape(batch: LineBatch, source: LineSource): Shaped;
}
