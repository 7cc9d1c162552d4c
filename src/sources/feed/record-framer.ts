import type { RecordSpans } from '../../codec/index.js';
import { recordSizeOf, type FeedLayout } from './layout.js';

/** Records framed by one call: bounds every buffer behind it. */
export const BATCH_RECORDS_MAX = 256;

const LF = 0x0a;
const CR = 0x0d;

/** Bytes of an over-long line that are kept in its record, beyond the size of a good one; the rest of it is skipped. */
const LONG_LINE_EXTRA = 64;

/**
 * Finds the records in one connection's bytes. With a line end a record is a line, whatever its length, so the next one is
 * found again after a malformed one; without, records follow each other at their fixed size.
 */
export class RecordFramer {
  readonly #recordSize: number;
  readonly #lines: boolean;
  readonly #starts = new Int32Array(BATCH_RECORDS_MAX);
  readonly #lengths = new Int32Array(BATCH_RECORDS_MAX);
  #count = 0;
  /** Inside a line that was too long and is already framed as a record. */
  #skipping = false;

  constructor(layout: FeedLayout) {
    this.#recordSize = recordSizeOf(layout);
    this.#lines = layout.lineEnd !== 'none';
  }

  /** Bytes a connection must be able to keep: an unfinished record never grows beyond. */
  get unfinishedSizeMax(): number {
    return this.#recordSize + LONG_LINE_EXTRA;
  }

  /** Records found by the last `frame`, over the bytes given to it. */
  spans(bytes: Uint8Array): RecordSpans {
    return { bytes, starts: this.#starts, lengths: this.#lengths, count: this.#count };
  }

  /**
   * Frames up to BATCH_RECORDS_MAX records of `bytes[from, to)`. Returns the offset of the first byte it did not use: the
   * beginning of an unfinished record, or of the next call.
   */
  frame(bytes: Uint8Array, from: number, to: number): number {
    this.#count = 0;
    return this.#lines ? this.#frameLines(bytes, from, to) : this.#frameFixed(from, to);
  }

  /** Frames what a connection that ended left unfinished, as a record that is too short. */
  frameRest(from: number, to: number): void {
    this.#count = 0;
    if (to > from && !this.#skipping) this.#add(from, to - from);
  }

  #frameFixed(from: number, to: number): number {
    let at = from;
    for (; to - at >= this.#recordSize && this.#count < BATCH_RECORDS_MAX; at += this.#recordSize)
      this.#add(at, this.#recordSize);
    return at;
  }

  #frameLines(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && this.#count < BATCH_RECORDS_MAX) {
      const end = bytes.indexOf(LF, at);
      if (end < 0 || end >= to) return this.#unfinished(at, to);
      if (this.#skipping) this.#skipping = false;
      else this.#addLine(bytes, at, end);
      at = end + 1;
    }
    return at;
  }

  /** A line without end stays, until it is longer than any record: then it is a bad one, and its rest is skipped. */
  #unfinished(at: number, to: number): number {
    if (this.#skipping) return to;
    if (to - at < this.unfinishedSizeMax) return at;
    this.#add(at, to - at);
    this.#skipping = true;
    return to;
  }

  #addLine(bytes: Uint8Array, start: number, end: number): void {
    const length = end > start && bytes[end - 1] === CR ? end - 1 - start : end - start;
    if (length > 0) this.#add(start, length);
  }

  #add(start: number, length: number): void {
    this.#starts[this.#count] = start;
    this.#lengths[this.#count++] = Math.min(length, this.unfinishedSizeMax);
  }
}
