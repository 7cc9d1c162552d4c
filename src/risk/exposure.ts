import { GATE_ACCOUNT, GATE_PAIR, STATUS } from '../model/index.js';
import { divideAway, fits128, fits64, magnitude } from './amounts.js';
import { claimPair, findPair } from './pairs.js';
import type { GateState } from './state.js';

const A = GATE_ACCOUNT.offset;
const P = GATE_PAIR.offset;

/** Whose exposure moves. `side` is the byte of FIX tag 54. */
export interface Holding {
  readonly account: number;
  readonly symbol: number;
  readonly side: number;
}

const BUY = 1;
const SELL = -1;

/** 1 for the sides that buy (1 Buy, 3 Buy minus), -1 for those that sell (2, 4 Sell plus, 5, 6 Sell short), 0 for others. */
export function directionOf(side: number): number {
  if (side === 0x31 || side === 0x33) return BUY;
  return side === 0x32 || (side >= 0x34 && side <= 0x36) ? SELL : 0;
}

/** Whether a change names an account, a symbol, a side, and numbers that its fields can hold. */
function isValid(state: GateState, { account, symbol, side }: Holding, quantity: bigint, price: bigint): boolean {
  if (account >= state.capacities.accounts || symbol >= state.capacities.symbols || directionOf(side) === 0)
    return false;
  return quantity > 0n && fits64(quantity) && fits64(price);
}

const openAt = (pair: number, side: number): number => pair + (directionOf(side) === BUY ? P.openBuy : P.openSell);

/** |position| at its average price, at 10^-16. */
export function positionNotional(state: GateState, pair: number): bigint {
  return magnitude(state.i64(pair + P.position)) * magnitude(state.i64(pair + P.averagePrice));
}

/** Opens exposure: an order was sent. Refuses (capacity, overflow, badCommand) and then changes nothing. */
export function reserve(state: GateState, holding: Holding, quantity: bigint, price: bigint): number {
  if (!isValid(state, holding, quantity, price)) return STATUS.badCommand.code;
  const account = state.account(holding.account);
  const existing = findPair(state, holding.account, holding.symbol);
  const open = quantity + (existing === 0 ? 0n : state.i64(openAt(existing, holding.side)));
  const gross = state.i128(account + A.gross) + quantity * magnitude(price);
  if (!fits64(open) || !fits128(gross)) return STATUS.overflow.code;
  const pair = claimPair(state, holding.account, holding.symbol);
  if (pair === 0) return STATUS.capacity.code;
  state.setI64(openAt(pair, holding.side), open);
  state.setI128(account + A.gross, gross);
  return STATUS.ok.code;
}

/** Closes exposure: an order, or the rest of it, is gone. Refuses to release more than is open. */
export function release(state: GateState, holding: Holding, quantity: bigint, price: bigint): number {
  if (!isValid(state, holding, quantity, price)) return STATUS.badCommand.code;
  const pair = findPair(state, holding.account, holding.symbol);
  if (pair === 0) return STATUS.overflow.code;
  const account = state.account(holding.account);
  const open = state.i64(openAt(pair, holding.side)) - quantity;
  const gross = state.i128(account + A.gross) - quantity * magnitude(price);
  if (open < 0n || gross < 0n) return STATUS.overflow.code;
  state.setI64(openAt(pair, holding.side), open);
  state.setI128(account + A.gross, gross);
  return STATUS.ok.code;
}

/** Average price of a position after a signed trade: an addition is weighted, a reduction keeps it, a crossing takes the trade's. */
function averageAfter(position: bigint, average: bigint, traded: bigint, price: bigint): bigint {
  const after = position + traded;
  if (after === 0n) return 0n;
  if (position === 0n || position < 0n !== after < 0n) return price;
  if (position < 0n !== traded < 0n) return average;
  return divideAway(magnitude(position) * average + magnitude(traded) * price, magnitude(after));
}

/** Moves a position that has no open order (a drop copy, a correction). Refuses on overflow and then changes nothing. */
export function trade(state: GateState, holding: Holding, quantity: bigint, price: bigint): number {
  const direction = directionOf(holding.side);
  if (!isValid(state, holding, quantity, price)) return STATUS.badCommand.code;
  const existing = findPair(state, holding.account, holding.symbol);
  const position = existing === 0 ? 0n : state.i64(existing + P.position);
  const average = existing === 0 ? 0n : state.i64(existing + P.averagePrice);
  const traded = direction === BUY ? quantity : -quantity;
  if (!fits64(position + traded)) return STATUS.overflow.code;
  return setPosition(state, holding, position + traded, averageAfter(position, average, traded, price));
}

/** Replaces a position; both the load's command and a trade end here, so `gross` always equals the sum of its parts. */
export function setPosition(state: GateState, holding: Holding, position: bigint, averagePrice: bigint): number {
  const account = state.account(holding.account);
  const existing = findPair(state, holding.account, holding.symbol);
  if (existing === 0 && position === 0n) return STATUS.ok.code;
  const before = existing === 0 ? 0n : positionNotional(state, existing);
  const gross = state.i128(account + A.gross) - before + magnitude(position) * magnitude(averagePrice);
  if (!fits128(gross)) return STATUS.overflow.code;
  const pair = claimPair(state, holding.account, holding.symbol);
  if (pair === 0) return STATUS.capacity.code;
  state.setI64(pair + P.position, position);
  state.setI64(pair + P.averagePrice, averagePrice);
  state.setI128(account + A.gross, gross);
  return STATUS.ok.code;
}

/** An execution of a reserved order: its quantity leaves the open orders and enters the position, or nothing changes. */
export function fill(
  state: GateState,
  holding: Holding,
  quantity: bigint,
  prices: { readonly reserved: bigint; readonly filled: bigint },
): number {
  const released = release(state, holding, quantity, prices.reserved);
  if (released !== STATUS.ok.code) return released;
  const traded = trade(state, holding, quantity, prices.filled);
  // What was just released fits again, so taking it back cannot fail.
  if (traded !== STATUS.ok.code) reserve(state, holding, quantity, prices.reserved);
  return traded;
}
