import { GATE_HEADER, GATE_PAIR, NO_LIMIT } from '../model/index.js';
import type { GateState } from './state.js';

const H = GATE_HEADER.offset;
const P = GATE_PAIR.offset;

const slotOffset = (state: GateState, slot: number): number => state.layout.pairs + slot * GATE_PAIR.sizeBytes;

function homeSlot(state: GateState, account: number, symbol: number): number {
  let hash = Math.imul(account, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 12)) & (state.layout.pairSlots - 1)) >>> 0;
}

/** The offset of the pair's slot, or of the empty slot where it would lie. The table is at most half full, so one is found. */
function probe(state: GateState, account: number, symbol: number): number {
  let slot = homeSlot(state, account, symbol);
  for (;;) {
    const at = slotOffset(state, slot);
    const owner = state.u32(at + P.account);
    if (owner === 0 || (owner === account + 1 && state.u32(at + P.symbol) === symbol)) return at;
    slot = (slot + 1) & (state.layout.pairSlots - 1);
  }
}

/** The offset of the pair's slot, or 0 when it has none. */
export function findPair(state: GateState, account: number, symbol: number): number {
  const at = probe(state, account, symbol);
  return state.u32(at + P.account) === 0 ? 0 : at;
}

export function pairsFull(state: GateState): boolean {
  return state.u32(H.pairCount) >= state.capacities.pairs;
}

/** The pair's slot, made when it has none; 0 when no more pairs are allowed. */
export function claimPair(state: GateState, account: number, symbol: number): number {
  const at = probe(state, account, symbol);
  if (state.u32(at + P.account) !== 0) return at;
  if (pairsFull(state)) return 0;
  state.setU32(at + P.account, account + 1);
  state.setU32(at + P.symbol, symbol);
  clearPairLimits(state, at);
  state.setU32(H.pairCount, state.u32(H.pairCount) + 1);
  return at;
}

export function clearPairLimits(state: GateState, at: number): void {
  for (const name of ['maxQuantity', 'maxNotional', 'maxPosition'] as const) state.setI64(at + P[name], NO_LIMIT);
}

function isEmpty(state: GateState, at: number): boolean {
  const amounts = [P.position, P.openBuy, P.openSell].every(offset => state.i64(at + offset) === 0n);
  return amounts && [P.maxQuantity, P.maxNotional, P.maxPosition].every(offset => state.i64(at + offset) === NO_LIMIT);
}

/** Empties a slot and moves back those after it that may come nearer to their home, so that no probe ends early. */
function removeSlot(state: GateState, slot: number): void {
  const mask = state.layout.pairSlots - 1;
  let hole = slot;
  for (let next = (hole + 1) & mask; ; next = (next + 1) & mask) {
    const at = slotOffset(state, next);
    const owner = state.u32(at + P.account);
    if (owner === 0) break;
    const home = homeSlot(state, owner - 1, state.u32(at + P.symbol));
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    state.memory.copyWithin(slotOffset(state, hole), at, at + GATE_PAIR.sizeBytes);
    hole = next;
  }
  state.memory.fill(0, slotOffset(state, hole), slotOffset(state, hole) + GATE_PAIR.sizeBytes);
  state.setU32(H.pairCount, state.u32(H.pairCount) - 1);
}

/** Visits every pair, then frees those that hold nothing any more. */
export function sweepPairs(state: GateState, visit: (at: number) => void): void {
  for (let slot = 0; slot < state.layout.pairSlots; slot++) {
    const at = slotOffset(state, slot);
    if (state.u32(at + P.account) !== 0) visit(at);
  }
  for (let slot = 0; slot < state.layout.pairSlots; slot++) {
    const at = slotOffset(state, slot);
    while (state.u32(at + P.account) !== 0 && isEmpty(state, at)) removeSlot(state, slot);
  }
}
