import { STATUS } from '../../model/index.js';

export const RDW_SIZE = 4;

/** The records found in a stretch of bytes: `starts` and `lengths` of their contents, without descriptor words. */
export class Framing {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  count = 0;
  /** The first byte after the records found. */
  consumed = 0;
  /** ok, incomplete (the last record goes on), or why no record can be found at `consumed`. */
  status: number = STATUS.ok.code;

  constructor(readonly countMax: number) {
    this.starts = new Int32Array(countMax);
    this.lengths = new Int32Array(countMax);
  }
}

/** Finds the records of one length between `from` and `to`, as many as the framing holds. */
export function frameFixed(framing: Framing, recordSize: number, from: number, to: number): void {
  const count = Math.min(Math.floor((to - from) / recordSize), framing.countMax);
  for (let index = 0; index < count; index++) {
    framing.starts[index] = from + index * recordSize;
    framing.lengths[index] = recordSize;
  }
  framing.count = count;
  framing.consumed = from + count * recordSize;
  framing.status = count < framing.countMax && framing.consumed < to ? STATUS.incomplete.code : STATUS.ok.code;
}

/**
 * Finds the records behind RDWs: two bytes of length, big-endian, the word itself included, then two zeros. A word that says
 * less than its own length, or whose second half is not zero (a spanned record), ends the search: what follows is unknown.
 */
export function frameRdw(framing: Framing, bytes: Uint8Array, from: number, to: number): void {
  framing.count = 0;
  framing.status = STATUS.ok.code;
  let at = from;
  while (at < to && framing.count < framing.countMax) {
    framing.status = rdwStatus(bytes, at, to);
    if (framing.status !== STATUS.ok.code) break;
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    framing.starts[framing.count] = at + RDW_SIZE;
    framing.lengths[framing.count++] = length - RDW_SIZE;
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
