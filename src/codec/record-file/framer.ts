import type { Framing } from '../record/index.js';

/** Bytes from `from` up to `to`; `ended` when no byte of the file follows them. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly ended: boolean;
}

/**
 * Finds the records of a file, stretch by stretch, each beginning where the last was consumed. Of one file: blocks and spanned
 * records go on from one stretch to the next.
 */
export interface Framer {
  /** As many bytes it may have to see at once. */
  readonly reach: number;
  /**
   * Fills the framing with what it finds until it is full. Its status is incomplete when the record at `consumed` goes on behind
   * the stretch, and at the end of the file when it is cut off; badRecordLength when a word is not valid: see `fault`.
   */
  find(framing: Framing, stretch: Stretch): void;
  /** Why no record can be found at `consumed` after badRecordLength. */
  readonly fault: FramingFault;
}

/** A word that no record can be found by: its name, its bytes, and what is wrong with it. */
export interface FramingFault {
  readonly word: string;
  readonly size: number;
  readonly why: string;
}

export const NO_FAULT: FramingFault = { word: '', size: 0, why: '' };
