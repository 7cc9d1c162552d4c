import { GATE_ACCOUNT, GATE_FLAG, GATE_HEADER, GATE_PAIR, GATE_SYMBOL } from '../model/index.js';
import { notionalCents } from './amounts.js';
import type { AccountView, FirmView, PairView, SymbolView } from './gate.js';
import { findPair } from './pairs.js';
import type { GateState } from './state.js';

const A = GATE_ACCOUNT.offset;
const H = GATE_HEADER.offset;
const P = GATE_PAIR.offset;
const Y = GATE_SYMBOL.offset;

const limitOf = (value: bigint): bigint | undefined => (value < 0n ? undefined : value);

const NO_PAIR: PairView = { position: 0n, averagePrice: 0n, openBuy: 0n, openSell: 0n };

export function viewPair(state: GateState, account: number, symbol: number): PairView {
  const pair = findPair(state, account, symbol);
  if (pair === 0) return NO_PAIR;
  return {
    position: state.i64(pair + P.position),
    averagePrice: state.i64(pair + P.averagePrice),
    openBuy: state.i64(pair + P.openBuy),
    openSell: state.i64(pair + P.openSell),
  };
}

export function viewAccount(state: GateState, index: number): AccountView {
  const at = state.account(index);
  return {
    limited: state.flag(at + A.flags, GATE_FLAG.limited),
    halted: state.flag(at + A.flags, GATE_FLAG.halted),
    gross: notionalCents(state.i128(at + A.gross)),
    maxQuantity: limitOf(state.i64(at + A.maxQuantity)),
    maxNotional: limitOf(state.i64(at + A.maxNotional)),
    maxPosition: limitOf(state.i64(at + A.maxPosition)),
    grossNotional: limitOf(state.i64(at + A.grossNotional)),
  };
}

export function viewSymbol(state: GateState, index: number): SymbolView {
  const at = state.symbol(index);
  const hasReference = state.flag(at + Y.flags, GATE_FLAG.hasReference);
  return {
    halted: state.flag(at + Y.flags, GATE_FLAG.halted),
    restricted: state.flag(at + Y.flags, GATE_FLAG.restricted),
    referencePrice: hasReference ? state.i64(at + Y.referencePrice) : undefined,
    referenceTimeNs: state.u64(at + Y.referenceTimeNs),
    feedSequence: state.u64(at + Y.feedSequence),
    maxQuantity: limitOf(state.i64(at + Y.maxQuantity)),
    maxNotional: limitOf(state.i64(at + Y.maxNotional)),
  };
}

export function viewFirm(state: GateState): FirmView {
  return {
    halted: state.flag(H.flags, GATE_FLAG.halted),
    limitVersion: state.u32(H.limitVersion),
    businessDate: state.u32(H.businessDate),
    pairs: state.u32(H.pairCount),
    pairsMax: state.capacities.pairs,
  };
}
