import type { Int64Cell } from './int64-cell.js';

/**
 * Hash of `bytes[start, end)` in 64 bits, the same in native/codec/fix-identifier.h: four little-endian bytes a step through two lanes,
 * which are mixed at the end. It goes on from what `cell` holds, 0 or a seed, and leaves the hash there.
 */
export function hashIdentifier(bytes: Uint8Array, start: number, end: number, cell: Int64Cell): void {
  const size = end - start;
  let low = cell.low ^ Math.imul(size, 0x9e3779b1);
  let high = cell.high ^ size;
  for (let at = start; at <= end; at += 4) {
    let word = 0;
    for (let shift = 0, byte = at; shift < 32 && byte < end; shift += 8, byte++) word |= bytes[byte]! << shift;
    low = Math.imul(low ^ word, 0x85ebca6b);
    low ^= low >>> 15;
    high = Math.imul(high ^ word, 0xc2b2ae35);
    high ^= high >>> 13;
  }
  low ^= Math.imul(high ^ (high >>> 16), 0x9e3779b1);
  high ^= Math.imul(low ^ (low >>> 13), 0x85ebca6b);
  cell.low = (low ^ (low >>> 16)) >>> 0;
  cell.high = high >>> 0;
}

/** Writes a u32 as eight hex digits at `offset`. */
export function writeHex(word: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < 8; at++) {
    const digit = (word >>> (28 - at * 4)) & 0xf;
    bytes[offset + at] = digit < 10 ? 0x30 + digit : 0x57 + digit;
  }
}
