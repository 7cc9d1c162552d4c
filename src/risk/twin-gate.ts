import { DECISION_SIZE, GATE_FLAG, GATE_HEADER, GATE_SYMBOL, ORDER, STATUS } from '../model/index.js';
import { notBelowZero, saturate64 } from './amounts.js';
import { check } from './check.js';
import { applyCommand } from './command.js';
import { fill, release, reserve, trade } from './exposure.js';
import type { AccountView, FirmView, Gate, PairView, SymbolView } from './gate.js';
import { consume, rememberAccepted } from './remembered.js';
import type { GateState } from './state.js';
import { viewAccount, viewFirm, viewPair, viewSymbol } from './views.js';

const H = GATE_HEADER.offset;
const Y = GATE_SYMBOL.offset;
/** A time beyond this (the year 2116) is ignored, so that sums of times stay within 64 bits. */
const TIME_NS_MAX = 1n << 62n;

const isTime = (timeNs: bigint): boolean => timeNs >= 0n && timeNs < TIME_NS_MAX;

/** The bytes of one row; DataView throws RangeError when they do not lie within the array. */
function rowView(bytes: Uint8Array, offset: number, sizeBytes: number): DataView {
  if (offset < 0 || offset + sizeBytes > bytes.length)
    throw new RangeError(`no row of ${sizeBytes} bytes at ${offset}`);
  return new DataView(bytes.buffer, bytes.byteOffset + offset, sizeBytes);
}

/** The gate in TypeScript: correct, not fast. What it does defines what the C++ gate does. */
export class TwinGate implements Gate {
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  get memory(): Uint8Array {
    return this.#state.memory;
  }

  apply(command: Uint8Array, start: number, end: number): number {
    return applyCommand(this.#state, command, start, end);
  }

  clock(nowNs: bigint): void {
    if (isTime(nowNs) && nowNs > this.#state.u64(H.nowNs)) this.#state.setI64(H.nowNs, nowNs);
  }

  replaced(leaves: bigint, cumulative: bigint, price: bigint): void {
    this.#state.setI64(H.replacedLeaves, saturate64(notBelowZero(leaves)));
    this.#state.setI64(H.replacedCumulative, saturate64(notBelowZero(cumulative)));
    this.#state.setI64(H.replacedPrice, saturate64(price));
    this.#state.setFlag(H.flags, GATE_FLAG.replacing, true);
  }

  check(order: Uint8Array, orderOffset: number, decision: Uint8Array, decisionOffset: number): number {
    const orderRow = rowView(order, orderOffset, ORDER.sizeBytes);
    return check(this.#state, orderRow, rowView(decision, decisionOffset, DECISION_SIZE));
  }

  checkBatch(orders: Uint8Array, count: number, decisions: Uint8Array): number {
    let accepted = 0;
    for (let row = 0; row < count; row++) {
      if (this.check(orders, row * ORDER.sizeBytes, decisions, row * DECISION_SIZE) !== STATUS.ok.code) continue;
      this.accepted(orders, row * ORDER.sizeBytes);
      accepted++;
    }
    return accepted;
  }

  accepted(order: Uint8Array, orderOffset: number): void {
    rememberAccepted(this.#state, rowView(order, orderOffset, ORDER.sizeBytes));
  }

  consume(order: Uint8Array, orderOffset: number, failedMask: number): void {
    consume(this.#state, rowView(order, orderOffset, ORDER.sizeBytes), failedMask);
  }

  // tidy: parameters: the five numbers of a holding's change, once an order and without an object for them
  reserve(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return reserve(this.#state, { account, symbol, side }, quantity, price);
  }

  // tidy: parameters: as reserve
  release(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return release(this.#state, { account, symbol, side }, quantity, price);
  }

  // tidy: parameters: as reserve, and the price of the fill
  fill(
    account: number,
    symbol: number,
    side: number,
    quantity: bigint,
    reservedPrice: bigint,
    fillPrice: bigint,
  ): number {
    return fill(this.#state, { account, symbol, side }, quantity, { reserved: reservedPrice, filled: fillPrice });
  }

  // tidy: parameters: as reserve
  trade(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return trade(this.#state, { account, symbol, side }, quantity, price);
  }

  reference(symbolIndex: number, price: bigint, feedSequence: number, timeNs: bigint): void {
    if (symbolIndex >= this.#state.capacities.symbols || !isTime(timeNs)) return;
    const at = this.#state.symbol(symbolIndex);
    this.#state.setI64(at + Y.referencePrice, price);
    this.#state.setI64(at + Y.feedSequence, BigInt(feedSequence));
    this.#state.setI64(at + Y.referenceTimeNs, timeNs);
    this.#state.setFlag(at + Y.flags, GATE_FLAG.hasReference, true);
  }

  position(account: number, symbol: number): PairView {
    return viewPair(this.#state, account, symbol);
  }

  account(index: number): AccountView {
    return viewAccount(this.#state, index);
  }

  symbol(index: number): SymbolView {
    return viewSymbol(this.#state, index);
  }

  firm(): FirmView {
    return viewFirm(this.#state);
  }
}
