import { STATUS } from '../../model/index.js';

/** The records found in a stretch of bytes: `starts` and `lengths` of their contents, without descriptor words. */
export class Framing {
  /** What the records lie in: the bytes that were searched, or where records were put together. */
  bytes: Uint8Array = new Uint8Array(0);
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Where each begins in the stretch that was searched: the same as `starts` but where records were put together. */
  readonly origins: Int32Array;
  /** Which of the file's layouts each has, or one of the negative RECORD_KIND. */
  readonly kinds: Int32Array;
  count = 0;
  /** The first byte after the records found. */
  consumed = 0;
  /** ok, incomplete (the last record goes on), or why no record can be found at `consumed`. */
  status: number = STATUS.ok.code;

  constructor(readonly countMax: number) {
    this.starts = new Int32Array(countMax);
    this.lengths = new Int32Array(countMax);
    this.origins = new Int32Array(countMax);
    this.kinds = new Int32Array(countMax);
  }

  /** Whether no further record can be framed before these are taken. */
  get isFull(): boolean {
    return this.count === this.countMax;
  }

  /** Begins a search of `bytes` at `from`. */
  clear(bytes: Uint8Array, from: number): void {
    this.bytes = bytes;
    this.count = 0;
    this.consumed = from;
    this.status = STATUS.ok.code;
  }

  /** Adds a record of the first layout; `origin` where it was found, when it lies elsewhere. */
  add(start: number, length: number, origin: number = start): void {
    this.starts[this.count] = start;
    this.lengths[this.count] = length;
    this.origins[this.count] = origin;
    this.kinds[this.count++] = 0;
  }
}

/** Records without a layout: no rule picks one, or a segment of a spanned record is missing. */
export const RECORD_KIND = { unmatched: -1, broken: -2 } as const;

export const RDW_SIZE = 4;

/** Finds the records of one length between `from` and `to`, as many as the framing holds. */
export function frameFixed(framing: Framing, recordSize: number, from: number, to: number): void {
  const count = Math.min(Math.floor((to - from) / recordSize), framing.countMax);
  framing.clear(framing.bytes, from);
  for (let index = 0; index < count; index++) framing.add(from + index * recordSize, recordSize);
  framing.consumed = from + count * recordSize;
  framing.status = !framing.isFull && framing.consumed < to ? STATUS.incomplete.code : STATUS.ok.code;
}

/**
 * Finds the records behind IBM's RDWs: two bytes of length, big-endian, the word itself included, then two zeros. A word that
 * says less than its own length, or whose second half is not zero (a spanned record), ends the search.
 */
export function frameRdw(framing: Framing, bytes: Uint8Array, from: number, to: number): void {
  framing.clear(bytes, from);
  let at = from;
  while (at < to && !framing.isFull) {
    framing.status = rdwStatus(bytes, at, to);
    if (framing.status !== STATUS.ok.code) break;
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    framing.add(at + RDW_SIZE, length - RDW_SIZE);
    at += length;
  }
  framing.consumed = at;
}

function rdwStatus(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < RDW_SIZE) return STATUS.incomplete.code;
  const length = (bytes[at]! << 8) | bytes[at + 1]!;
  if (length < RDW_SIZE || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return STATUS.badRecordLength.code;
  return to - at < length ? STATUS.incomplete.code : STATUS.ok.code;
}
