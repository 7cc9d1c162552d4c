import { GATE_HEADER, GATE_RECENT, GATE_SESSION, ORDER, ORDER_MSG_TYPE } from '../model/index.js';
import type { Judgement } from './judgement.js';
import { countMessage } from './rate.js';
import { findRecent, remember, type RecentKeys } from './recent.js';
import type { GateState } from './state.js';
import { clOrdIdKey, sameOrderKey, type Key, type Subject } from './subject.js';

const H = GATE_HEADER.offset;
const O = ORDER.offset;
const R = GATE_RECENT.offset;
const S = GATE_SESSION.offset;
const NS_PER_MS = 1_000_000n;

function sessionIds(state: GateState, sessionIndex: number): RecentKeys {
  const session = state.session(sessionIndex);
  return {
    at: state.layout.clOrdIds + sessionIndex * state.layout.clOrdIdsSize,
    entries: state.layout.clOrdIdEntries,
    capacity: state.capacities.clOrdIds,
    nextAt: session + S.clOrdIdNext,
    countAt: session + S.clOrdIdCount,
  };
}

function acceptedOrders(state: GateState): RecentKeys {
  return {
    at: state.layout.duplicates,
    entries: state.layout.duplicateEntries,
    capacity: state.capacities.duplicateWindow.orders,
    nextAt: H.duplicateNext,
    countAt: H.duplicateCount,
  };
}

export function judgeClOrdId(state: GateState, subject: Subject, judgement: Judgement): void {
  if (subject.sessionIndex >= state.capacities.sessions) return;
  const known = findRecent(state, sessionIds(state, subject.sessionIndex), subject.clOrdId.bytes, subject.clOrdId.hash);
  judgement.compare('duplicateClOrdId', known === 0 ? 0n : 1n, 0n);
}

/** Measured is the age in ms of the newest same order, -1 for none; it fails within the window, which is the limit. */
export function judgeDuplicate(state: GateState, order: DataView, judgement: Judgement): void {
  const { orders, timeMs } = state.capacities.duplicateWindow;
  if (orders === 0 || timeMs === 0) return;
  const same = sameOrderKey(order);
  const slot = findRecent(state, acceptedOrders(state), same.bytes, same.hash);
  const ageNs = slot === 0 ? -1n : state.u64(H.nowNs) - state.u64(slot + R.timeNs);
  const failed = slot !== 0 && ageNs < BigInt(timeMs) * NS_PER_MS;
  judgement.record('duplicateOrder', slot === 0 ? -1n : ageNs / NS_PER_MS, BigInt(timeMs), failed);
}

/** Counts the message in its session's window and remembers its ClOrdID. Returns the count, 0 where no rate is set. */
export function countAndRemember(state: GateState, sessionIndex: number, id: Key): number {
  if (sessionIndex >= state.capacities.sessions) return 0;
  const ids = sessionIds(state, sessionIndex);
  if (findRecent(state, ids, id.bytes, id.hash) === 0) remember(state, ids, id.bytes, id.hash);
  const session = state.session(sessionIndex);
  return state.u64(session + S.rateWindowMs) === 0n ? 0 : countMessage(state, session, state.u64(H.nowNs));
}

/** Remembers what makes an accepted new order a duplicate. */
export function rememberAccepted(state: GateState, order: DataView): void {
  if (order.getUint8(O.msgType) !== ORDER_MSG_TYPE.newOrder) return;
  const keys = acceptedOrders(state);
  const same = sameOrderKey(order);
  if (keys.capacity === 0 || state.capacities.duplicateWindow.timeMs === 0) return;
  const slot = remember(state, keys, same.bytes, same.hash);
  state.setI64(slot + R.timeNs, state.u64(H.nowNs));
}

/**
 * What an order leaves behind in the gate, whatever it was judged: its place in the rate window, its ClOrdID and, when it was
 * an accepted new order, what makes it a duplicate. Recovery folds a journalled decision with this.
 */
export function consume(state: GateState, order: DataView, failedMask: number): void {
  countAndRemember(state, order.getUint32(O.sessionIndex, true), clOrdIdKey(order));
  if (failedMask === 0) rememberAccepted(state, order);
}
