import {
  GATE_ACCOUNT,
  GATE_FLAG,
  GATE_HEADER,
  GATE_PAIR,
  GATE_STALE_AFTER_MS,
  GATE_SYMBOL,
  NO_LIMIT,
  NO_LIMIT_U32,
  NO_REFERENCE,
  OVERFLOW,
  UNKNOWN_ACCOUNT,
} from '../model/index.js';
import { fits128, fits64, magnitude, notBelowZero, notionalCents, saturate64, tightest } from './amounts.js';
import { directionOf } from './exposure.js';
import type { Judgement } from './judgement.js';
import type { GateState } from './state.js';
import type { Subject } from './subject.js';

const A = GATE_ACCOUNT.offset;
const H = GATE_HEADER.offset;
const P = GATE_PAIR.offset;
const Y = GATE_SYMBOL.offset;
const NS_PER_MS = 1_000_000n;

const flag = (on: boolean): bigint => (on ? 1n : 0n);

function judgeNames(state: GateState, subject: Subject, judgement: Judgement): void {
  const known = subject.accountIndex < state.capacities.accounts;
  const limited = state.flag(subject.account + A.flags, GATE_FLAG.limited);
  const unknown = !known ? UNKNOWN_ACCOUNT.name : !limited ? UNKNOWN_ACCOUNT.limits : 0;
  judgement.compare('unknownAccount', BigInt(unknown), 0n);
  judgement.compare('unknownSymbol', flag(subject.symbolIndex >= state.capacities.symbols), 0n);
  judgement.compare('invalidOrder', BigInt(subject.invalid), 0n);
}

function judgeSwitches(state: GateState, subject: Subject, judgement: Judgement): void {
  judgement.compare('haltFirm', flag(state.flag(H.flags, GATE_FLAG.halted)), 0n);
  judgement.compare('haltAccount', flag(state.flag(subject.account + A.flags, GATE_FLAG.halted)), 0n);
  judgement.compare('haltSymbol', flag(state.flag(subject.symbol + Y.flags, GATE_FLAG.halted)), 0n);
  judgement.compare('restricted', flag(state.flag(subject.symbol + Y.flags, GATE_FLAG.restricted)), 0n);
}

const pairLimit = (state: GateState, subject: Subject, offset: number): bigint =>
  subject.pair === 0 ? NO_LIMIT : state.i64(subject.pair + offset);

function judgeSize(state: GateState, subject: Subject, judgement: Judgement): void {
  const limitOf = (name: 'maxQuantity' | 'maxNotional'): bigint =>
    tightest(
      state.i64(H[name]),
      state.i64(subject.account + A[name]),
      state.i64(subject.symbol + Y[name]),
      pairLimit(state, subject, P[name]),
    );
  judgement.compare('maxQuantity', subject.quantity, limitOf('maxQuantity'));
  const notional = notionalCents(subject.quantity * magnitude(subject.price));
  if (!fits64(notional)) judgement.overflow |= OVERFLOW.notional;
  judgement.compare('maxNotional', saturate64(notional), limitOf('maxNotional'));
}

function judgePosition(state: GateState, subject: Subject, judgement: Judgement): void {
  const sells = directionOf(subject.side) < 0;
  const position = subject.pair === 0 ? 0n : state.i64(subject.pair + P.position);
  const open = subject.pair === 0 ? 0n : state.i64(subject.pair + (sells ? P.openSell : P.openBuy));
  const measured = (sells ? -position : position) + open - subject.replaced.leaves + subject.opened;
  if (!fits64(measured)) judgement.overflow |= OVERFLOW.position;
  const limit = tightest(state.i64(subject.account + A.maxPosition), pairLimit(state, subject, P.maxPosition));
  judgement.compare('maxPosition', saturate64(measured), limit);
}

function judgeGross(state: GateState, subject: Subject, judgement: Judgement): void {
  const { opened, price, replaced } = subject;
  const added = state.i128(subject.account + A.gross) + opened * magnitude(price);
  const cents = notionalCents(notBelowZero(added - replaced.leaves * magnitude(replaced.price)));
  if (!fits128(added) || !fits64(cents)) judgement.overflow |= OVERFLOW.grossNotional;
  judgement.compare('grossNotional', saturate64(cents), state.i64(subject.account + A.grossNotional));
}

function collarBand(state: GateState, subject: Subject, reference: bigint): bigint {
  const bandOf = (bps: number): bigint =>
    bps === NO_LIMIT_U32 ? NO_LIMIT : (magnitude(reference) * BigInt(bps)) / 10_000n;
  return tightest(
    state.i64(H.collarAbsolute),
    state.i64(subject.symbol + Y.collarAbsolute),
    bandOf(state.u32(H.collarBps)),
    bandOf(state.u32(subject.symbol + Y.collarBps)),
  );
}

/** Why the symbol's reference cannot be used, or 0. */
function referenceFault(state: GateState, symbol: number): bigint {
  if (!state.flag(symbol + Y.flags, GATE_FLAG.hasReference)) return NO_REFERENCE.missing;
  const own = state.u32(symbol + Y.staleAfterMs);
  const firm = state.u32(H.staleAfterMs);
  const staleAfterMs = own !== NO_LIMIT_U32 ? own : firm !== NO_LIMIT_U32 ? firm : GATE_STALE_AFTER_MS;
  // A feed clock ahead of ours makes the age negative: fresh.
  const ageNs = state.u64(H.nowNs) - state.u64(symbol + Y.referenceTimeNs);
  return ageNs > BigInt(staleAfterMs) * NS_PER_MS ? NO_REFERENCE.stale : 0n;
}

/** An order without a price of its own needs the reference even where no collar is set. */
function judgeCollar(state: GateState, subject: Subject, judgement: Judgement): void {
  const reference = state.i64(subject.symbol + Y.referencePrice);
  const band = collarBand(state, subject, reference);
  if (band === NO_LIMIT && subject.hasPrice) return;
  const limit = saturate64(notBelowZero(band));
  const fault = referenceFault(state, subject.symbol);
  const distance = magnitude(subject.price - reference);
  if (!fits64(distance) || !fits64(band)) judgement.overflow |= OVERFLOW.collar;
  if (fault !== 0n) judgement.record('priceCollar', fault, limit, true);
  else judgement.record('priceCollar', saturate64(distance), limit, distance > notBelowZero(band));
}

function judgeCapacity(state: GateState, subject: Subject, judgement: Judgement): void {
  const needed = state.u32(H.pairCount) + (subject.pair === 0 ? 1 : 0);
  judgement.compare('capacity', BigInt(needed), BigInt(state.capacities.pairs));
}

/** Judges an order by every rule that reads limits, positions and references; docs/risk.md has the formulas. */
export function judgeLimits(state: GateState, subject: Subject, judgement: Judgement): void {
  judgeSize(state, subject, judgement);
  judgeCollar(state, subject, judgement);
  judgePosition(state, subject, judgement);
  judgeGross(state, subject, judgement);
  judgeSwitches(state, subject, judgement);
  judgeNames(state, subject, judgement);
  judgeCapacity(state, subject, judgement);
  judgement.compare('overflow', BigInt(judgement.overflow), 0n);
}
