import {
  CL_ORD_ID_SIZE_MAX,
  GATE_FLAG,
  GATE_HEADER,
  GATE_SYMBOL,
  INVALID_ORDER,
  ORDER,
  ORDER_MSG_TYPE,
} from '../model/index.js';
import { notBelowZero } from './amounts.js';
import { directionOf } from './exposure.js';
import { hasLimitPrice } from './limit-price.js';
import { findPair } from './pairs.js';
import { hashKey } from './recent.js';
import type { GateState } from './state.js';

const H = GATE_HEADER.offset;
const O = ORDER.offset;
const Y = GATE_SYMBOL.offset;
const KEY_SIZE = 48;

const ORD_TYPE_WITH_PRICE = [0x32, 0x34]; // 40: Limit, Stop limit

/** A key of the remembered orders, with its hash. */
export interface Key {
  readonly bytes: DataView;
  readonly hash: number;
}

/** Everything of one order that the rules read, found once. Offsets lead to the absent block where an index is unknown. */
export interface Subject {
  readonly msgType: number;
  readonly side: number;
  readonly accountIndex: number;
  readonly symbolIndex: number;
  readonly sessionIndex: number;
  readonly account: number;
  readonly symbol: number;
  readonly session: number;
  readonly pair: number; // 0 = the pair has no slot
  readonly quantity: bigint; // not below 0
  readonly opened: bigint; // what would be open: without what a replaced order has had filled
  readonly hasPrice: boolean; // a limit price of its own
  readonly price: bigint; // the order's, else the reference
  readonly invalid: number; // INVALID_ORDER bits
  readonly clOrdId: Key;
  /** The exposure that a replaced order gives back. */
  readonly replaced: { readonly leaves: bigint; readonly price: bigint };
}

function invalidBits(order: DataView, state: GateState): number {
  const msgType = order.getUint8(O.msgType);
  const known =
    msgType === ORDER_MSG_TYPE.newOrder || msgType === ORDER_MSG_TYPE.cancel || msgType === ORDER_MSG_TYPE.replace;
  const length = order.getUint8(O.clOrdId);
  const needsPrice = ORD_TYPE_WITH_PRICE.includes(order.getUint8(O.ordType));
  const hasPrice = hasLimitPrice(order);
  let bits = known ? 0 : INVALID_ORDER.msgType;
  if (directionOf(order.getUint8(O.side)) === 0) bits |= INVALID_ORDER.side;
  if (order.getBigInt64(O.quantity, true) <= 0n) bits |= INVALID_ORDER.quantity;
  if (needsPrice && !hasPrice) bits |= INVALID_ORDER.price;
  if (length === 0 || length > CL_ORD_ID_SIZE_MAX) bits |= INVALID_ORDER.clOrdId;
  if (order.getUint32(O.sessionIndex, true) >= state.capacities.sessions) bits |= INVALID_ORDER.session;
  return bits;
}

/** The ClOrdID's length byte and bytes; what lies after them in the row is not part of it. */
export function clOrdIdKey(order: DataView): Key {
  const bytes = new DataView(new ArrayBuffer(KEY_SIZE));
  const size = Math.min(order.getUint8(O.clOrdId), CL_ORD_ID_SIZE_MAX) + 1;
  for (let at = 0; at < size; at++) bytes.setUint8(at, order.getUint8(O.clOrdId + at));
  return { bytes, hash: hashKey(bytes, size) };
}

const SAME_ORDER_SIZE = 32;

/** What makes two orders the same: account, symbol, side, quantity and price (a market order has none, whatever its Price: flag and 0). */
export function sameOrderKey(order: DataView): Key {
  const bytes = new DataView(new ArrayBuffer(KEY_SIZE));
  const hasPrice = hasLimitPrice(order);
  bytes.setUint32(0, order.getUint32(O.accountIndex, true), true);
  bytes.setUint32(4, order.getUint32(O.symbolIndex, true), true);
  bytes.setUint32(8, order.getUint8(O.side), true);
  bytes.setUint32(12, hasPrice ? 1 : 0, true);
  bytes.setBigInt64(16, order.getBigInt64(O.quantity, true), true);
  bytes.setBigInt64(24, hasPrice ? order.getBigInt64(O.price, true) : 0n, true);
  return { bytes, hash: hashKey(bytes, SAME_ORDER_SIZE) };
}

function replacedOf(state: GateState, msgType: number): { leaves: bigint; cumulative: bigint; price: bigint } {
  if (msgType !== ORDER_MSG_TYPE.replace || !state.flag(H.flags, GATE_FLAG.replacing))
    return { leaves: 0n, cumulative: 0n, price: 0n };
  state.setFlag(H.flags, GATE_FLAG.replacing, false);
  return {
    leaves: state.i64(H.replacedLeaves),
    cumulative: state.i64(H.replacedCumulative),
    price: state.i64(H.replacedPrice),
  };
}

export function readSubject(state: GateState, order: DataView): Subject {
  const accountIndex = order.getUint32(O.accountIndex, true);
  const symbolIndex = order.getUint32(O.symbolIndex, true);
  const sessionIndex = order.getUint32(O.sessionIndex, true);
  const msgType = order.getUint8(O.msgType);
  const symbol = state.symbol(symbolIndex);
  const hasPrice = hasLimitPrice(order);
  const quantity = notBelowZero(order.getBigInt64(O.quantity, true));
  const replaced = replacedOf(state, msgType);
  return {
    msgType,
    side: order.getUint8(O.side),
    accountIndex,
    symbolIndex,
    sessionIndex,
    account: state.account(accountIndex),
    symbol,
    session: state.session(sessionIndex),
    pair: findPair(state, accountIndex, symbolIndex),
    quantity,
    opened: notBelowZero(quantity - replaced.cumulative),
    hasPrice,
    price: hasPrice ? order.getBigInt64(O.price, true) : state.i64(symbol + Y.referencePrice),
    invalid: invalidBits(order, state),
    clOrdId: clOrdIdKey(order),
    replaced,
  };
}
