import { DECISION_SIZE, ORDER, STATUS, invariant } from '../model/index.js';
import type { Addon, NativeGateCalls } from '../native/index.js';
import { fits64 } from './amounts.js';
import type { AccountView, FirmView, Gate, PairView, SymbolView } from './gate.js';
import type { GateState } from './state.js';
import { TwinGate } from './twin-gate.js';

const BAD = STATUS.badCommand.code;

/** A gate whose orders are judged in C++. What is read or set once a batch goes through the twin, over the same memory. */
export class NativeGate implements Gate {
  readonly #calls: NativeGateCalls;
  readonly #twin: TwinGate;
  readonly #numbers: BigInt64Array;
  #orders: Uint8Array = new Uint8Array(0);
  #decisions: Uint8Array = new Uint8Array(0);

  constructor(calls: NativeGateCalls, twin: TwinGate, numbers: BigInt64Array) {
    this.#calls = calls;
    this.#twin = twin;
    this.#numbers = numbers;
  }

  get memory(): Uint8Array {
    return this.#twin.memory;
  }

  /** Rows are looked for in the arrays bound last; a detached array has length 0, so its offsets are refused here. */
  #bind(orders: Uint8Array, orderOffset: number, decisions: Uint8Array, decisionOffset: number): void {
    const orderFits = orderOffset >= 0 && orderOffset + ORDER.sizeBytes <= orders.length;
    if (!orderFits || decisionOffset < 0 || decisionOffset + DECISION_SIZE > decisions.length)
      throw new RangeError(`no order row at ${orderOffset}, or no decision row at ${decisionOffset}`);
    if (orders === this.#orders && decisions === this.#decisions) return;
    this.#calls.bind(orders, decisions);
    this.#orders = orders;
    this.#decisions = decisions;
  }

  /** Binds orders where no decision is written; the decisions bound last stay. */
  #bindOrders(orders: Uint8Array, orderOffset: number): void {
    if (orderOffset < 0 || orderOffset + ORDER.sizeBytes > orders.length)
      throw new RangeError(`no order row at ${orderOffset}`);
    if (orders === this.#orders) return;
    this.#calls.bind(orders, this.#decisions);
    this.#orders = orders;
  }

  apply(command: Uint8Array, start: number, end: number): number {
    return start < 0 ? BAD : this.#calls.apply(command, start, end);
  }

  clock(nowNs: bigint): void {
    this.#twin.clock(nowNs);
  }

  replaced(leaves: bigint, cumulative: bigint, price: bigint): void {
    this.#twin.replaced(leaves, cumulative, price);
  }

  check(order: Uint8Array, orderOffset: number, decision: Uint8Array, decisionOffset: number): number {
    this.#bind(order, orderOffset, decision, decisionOffset);
    return this.#calls.check(orderOffset, decisionOffset);
  }

  checkBatch(orders: Uint8Array, count: number, decisions: Uint8Array): number {
    if (count === 0) return 0;
    this.#bind(orders, (count - 1) * ORDER.sizeBytes, decisions, (count - 1) * DECISION_SIZE);
    return this.#calls.checkBatch(count);
  }

  accepted(order: Uint8Array, orderOffset: number): void {
    this.#bindOrders(order, orderOffset);
    this.#calls.accepted(orderOffset);
  }

  consume(order: Uint8Array, orderOffset: number, failedMask: number): void {
    this.#bindOrders(order, orderOffset);
    this.#calls.consume(orderOffset, failedMask);
  }

  /** Puts int64 arguments where C++ reads them; false when one does not fit. */
  #pass(quantity: bigint, price: bigint, fillPrice = 0n): boolean {
    if (!fits64(quantity) || !fits64(price) || !fits64(fillPrice)) return false;
    this.#numbers[0] = quantity;
    this.#numbers[1] = price;
    this.#numbers[2] = fillPrice;
    return true;
  }

  // tidy: parameters: the five numbers of a holding's change, once an order and without an object for them
  reserve(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return this.#pass(quantity, price) ? this.#calls.reserve(account, symbol, side) : BAD;
  }

  // tidy: parameters: as reserve
  release(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return this.#pass(quantity, price) ? this.#calls.release(account, symbol, side) : BAD;
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
    return this.#pass(quantity, reservedPrice, fillPrice) ? this.#calls.fill(account, symbol, side) : BAD;
  }

  // tidy: parameters: as reserve
  trade(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number {
    return this.#pass(quantity, price) ? this.#calls.trade(account, symbol, side) : BAD;
  }

  reference(symbolIndex: number, price: bigint, feedSequence: number, timeNs: bigint): void {
    this.#twin.reference(symbolIndex, price, feedSequence, timeNs);
  }

  position(account: number, symbol: number): PairView {
    return this.#twin.position(account, symbol);
  }

  account(index: number): AccountView {
    return this.#twin.account(index);
  }

  symbol(index: number): SymbolView {
    return this.#twin.symbol(index);
  }

  firm(): FirmView {
    return this.#twin.firm();
  }
}

export function openNativeGate(addon: Addon, state: GateState): Gate {
  const numbers = new BigInt64Array(3);
  const calls = addon.openGate(state.memory, numbers);
  invariant(calls !== undefined, 'the addon does not know the gate memory that this version wrote');
  return new NativeGate(calls, new TwinGate(state), numbers);
}
