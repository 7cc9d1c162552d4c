import { GATE_RECENT } from '../model/index.js';
import type { GateState } from './state.js';

const R = GATE_RECENT.offset;
const KEY_SIZE = 48;

/**
 * The last `capacity` keys, found by hash. A ring of slots, chained from `heads` (slot number + 1, 0 = none); the newest
 * of a chain is its first, so the one to forget is always the last of its chain.
 *
 *   at: heads u32 x headCount | GATE_RECENT x capacity
 */
export interface RecentKeys {
  readonly at: number;
  readonly heads: number;
  readonly capacity: number;
  /** Where the ring's next slot number and its fill count are kept. */
  readonly nextAt: number;
  readonly countAt: number;
}

/** Mixes the first `size` bytes of a 48-byte key, zero after them, in two lanes of 32-bit words that do not wait for one another. */
export function hashKey(key: DataView, size: number): number {
  let even = size;
  let odd = 0x7feb352d;
  for (let at = 0; at < size; at += 8) {
    even = Math.imul(even ^ key.getUint32(at, true), 0x9e3779b1);
    even ^= even >>> 15;
    odd = Math.imul(odd ^ key.getUint32(at + 4, true), 0x85ebca6b);
    odd ^= odd >>> 13;
  }
  const hash = Math.imul(even ^ ((odd << 16) | (odd >>> 16)), 0x2c1b3c6d);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const slotAt = (keys: RecentKeys, slot: number): number => keys.at + keys.heads * 4 + slot * GATE_RECENT.sizeBytes;
const headAt = (keys: RecentKeys, hash: number): number => keys.at + (hash & (keys.heads - 1)) * 4;

function equalKey(state: GateState, slot: number, key: DataView): boolean {
  for (let at = 0; at < KEY_SIZE; at += 8)
    if (state.u64(slot + R.key + at) !== key.getBigUint64(at, true)) return false;
  return true;
}

/** The offset of the newest slot with this key, or 0. */
export function findRecent(state: GateState, keys: RecentKeys, key: DataView, hash: number): number {
  let link = state.u32(headAt(keys, hash));
  while (link !== 0) {
    const slot = slotAt(keys, link - 1);
    if (state.u32(slot + R.hash) === hash && equalKey(state, slot, key)) return slot;
    link = state.u32(slot + R.next);
  }
  return 0;
}

function forget(state: GateState, keys: RecentKeys, slot: number): void {
  let at = headAt(keys, state.u32(slotAt(keys, slot) + R.hash));
  while (state.u32(at) !== slot + 1) at = slotAt(keys, state.u32(at) - 1) + R.next;
  state.setU32(at, 0);
}

/** Remembers a key, in the place of the oldest one when all slots are taken. Returns the slot's offset. */
export function remember(state: GateState, keys: RecentKeys, key: DataView, hash: number): number {
  const next = state.u32(keys.nextAt);
  const count = state.u32(keys.countAt);
  if (count === keys.capacity) forget(state, keys, next);
  else state.setU32(keys.countAt, count + 1);
  const slot = slotAt(keys, next);
  const head = headAt(keys, hash);
  for (let at = 0; at < KEY_SIZE; at += 8) state.setI64(slot + R.key + at, key.getBigInt64(at, true));
  state.setI64(slot + R.timeNs, 0n);
  state.setU32(slot + R.hash, hash);
  state.setU32(slot + R.next, state.u32(head));
  state.setU32(head, next + 1);
  state.setU32(keys.nextAt, next + 1 === keys.capacity ? 0 : next + 1);
  return slot;
}
