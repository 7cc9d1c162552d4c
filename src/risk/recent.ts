import { GATE_ENTRY, GATE_RECENT } from '../model/index.js';
import type { GateState } from './state.js';

const E = GATE_ENTRY.offset;
const R = GATE_RECENT.offset;
const KEY_SIZE = 48;

/**
 * The last `capacity` keys, found by hash. A ring of slots, and over it an open-addressing table with linear probing whose
 * entries hold the hash, so that a slot is looked at only when it is very likely the one. At most half of the entries are used.
 *
 *   at: GATE_ENTRY x entries | GATE_RECENT x capacity
 */
export interface RecentKeys {
  readonly at: number;
  readonly entries: number;
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

const entryAt = (keys: RecentKeys, entry: number): number => keys.at + entry * GATE_ENTRY.sizeBytes;
const slotAt = (keys: RecentKeys, slot: number): number => entryAt(keys, keys.entries) + slot * GATE_RECENT.sizeBytes;

function equalKey(state: GateState, slot: number, key: DataView): boolean {
  for (let at = 0; at < KEY_SIZE; at += 8)
    if (state.u64(slot + R.key + at) !== key.getBigUint64(at, true)) return false;
  return true;
}

/** The offset of the newest slot with this key, or 0. Of equal keys the newest is the last that probing meets. */
export function findRecent(state: GateState, keys: RecentKeys, key: DataView, hash: number): number {
  let found = 0;
  for (let entry = hash & (keys.entries - 1); ; entry = (entry + 1) & (keys.entries - 1)) {
    const link = state.u32(entryAt(keys, entry) + E.slot);
    if (link === 0) return found;
    if (state.u32(entryAt(keys, entry) + E.hash) !== hash) continue;
    const slot = slotAt(keys, link - 1);
    if (equalKey(state, slot, key)) found = slot;
  }
}

/** Takes a slot's entry out and moves those after it back, each no further than its home, which keeps their order. */
function forget(state: GateState, keys: RecentKeys, slot: number): void {
  const mask = keys.entries - 1;
  let hole = state.u32(slotAt(keys, slot) + R.hash) & mask;
  while (state.u32(entryAt(keys, hole) + E.slot) !== slot + 1) hole = (hole + 1) & mask;
  for (let next = (hole + 1) & mask; ; next = (next + 1) & mask) {
    const at = entryAt(keys, next);
    if (state.u32(at + E.slot) === 0) break;
    const home = state.u32(at + E.hash) & mask;
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    state.memory.copyWithin(entryAt(keys, hole), at, at + GATE_ENTRY.sizeBytes);
    hole = next;
  }
  state.setI64(entryAt(keys, hole), 0n);
}

function addEntry(state: GateState, keys: RecentKeys, hash: number, slot: number): void {
  const mask = keys.entries - 1;
  let entry = hash & mask;
  while (state.u32(entryAt(keys, entry) + E.slot) !== 0) entry = (entry + 1) & mask;
  state.setU32(entryAt(keys, entry) + E.hash, hash);
  state.setU32(entryAt(keys, entry) + E.slot, slot + 1);
}

/** Remembers a key, in the place of the oldest one when all slots are taken. Returns the slot's offset. */
export function remember(state: GateState, keys: RecentKeys, key: DataView, hash: number): number {
  const next = state.u32(keys.nextAt);
  const count = state.u32(keys.countAt);
  if (count === keys.capacity) forget(state, keys, next);
  else state.setU32(keys.countAt, count + 1);
  const slot = slotAt(keys, next);
  for (let at = 0; at < KEY_SIZE; at += 8) state.setI64(slot + R.key + at, key.getBigInt64(at, true));
  state.setI64(slot + R.timeNs, 0n);
  state.setU32(slot + R.hash, hash);
  addEntry(state, keys, hash, next);
  state.setU32(keys.nextAt, next + 1 === keys.capacity ? 0 : next + 1);
  return slot;
}
