import { GATE_HEADER, GATE_SESSION, GATE_SYMBOL, ORDER_MSG_TYPE, STATUS } from '../model/index.js';
import { Judgement } from './judgement.js';
import { countAndRemember, judgeClOrdId, judgeDuplicate } from './remembered.js';
import { judgeLimits } from './rules.js';
import type { GateState } from './state.js';
import { readSubject, type Subject } from './subject.js';

const H = GATE_HEADER.offset;
const S = GATE_SESSION.offset;
const Y = GATE_SYMBOL.offset;

function finish(state: GateState, subject: Subject, judgement: Judgement): number {
  return judgement.finish({
    limitVersion: state.u32(H.limitVersion),
    symbolIndex: subject.symbolIndex,
    referencePrice: state.i64(subject.symbol + Y.referencePrice),
    feedSequence: state.u64(subject.symbol + Y.feedSequence),
  });
}

/** Every limit is a veto, and all are evaluated even when one has failed. A cancel is counted and let through. */
export function check(state: GateState, order: DataView, decision: DataView): number {
  const subject = readSubject(state, order);
  const judgement = new Judgement(decision);
  const cancels = subject.msgType === ORDER_MSG_TYPE.cancel;
  if (!cancels) {
    judgeLimits(state, subject, judgement);
    judgeClOrdId(state, subject, judgement);
    if (subject.msgType === ORDER_MSG_TYPE.newOrder) judgeDuplicate(state, order, judgement);
  }
  const count = BigInt(countAndRemember(state, subject.sessionIndex, subject.clOrdId));
  const limit = state.i64(subject.session + S.rateOrders);
  if (limit >= 0n) judgement.record('messageRate', count, limit, !cancels && count > limit);
  return finish(state, subject, judgement) === 0 ? STATUS.ok.code : STATUS.refused.code;
}
