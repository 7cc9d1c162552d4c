import type { Addon } from '../native/index.js';
import { newGateMemory } from './memory.js';
import type { GateCapacities } from './state.js';
import { openNativeGate } from './native-gate.js';
import { TwinGate } from './twin-gate.js';

/** What the gate knows of one account in one symbol. Quantities at 10^-8; `position` is signed. */
export interface PairView {
  readonly position: bigint;
  readonly averagePrice: bigint;
  readonly openBuy: bigint;
  readonly openSell: bigint;
}

/** One account as the page shows it. `gross` and limits of notional at 10^-2; undefined = no such limit. */
export interface AccountView {
  readonly limited: boolean;
  readonly halted: boolean;
  readonly gross: bigint;
  readonly maxQuantity: bigint | undefined;
  readonly maxNotional: bigint | undefined;
  readonly maxPosition: bigint | undefined;
  readonly grossNotional: bigint | undefined;
}

/** One symbol as the page shows it. */
export interface SymbolView {
  readonly halted: boolean;
  readonly restricted: boolean;
  readonly referencePrice: bigint | undefined;
  readonly referenceTimeNs: bigint;
  readonly feedSequence: bigint;
  readonly maxQuantity: bigint | undefined;
  readonly maxNotional: bigint | undefined;
}

export interface FirmView {
  readonly halted: boolean;
  readonly limitVersion: number;
  /** YYYYMMDD, 0 before the first load. */
  readonly businessDate: number;
  readonly pairs: number;
  readonly pairsMax: number;
}

/**
 * The pre-trade risk gate. One thread owns it. Its state is `memory` and nothing else: the same commands, clock readings,
 * references and orders give the same bytes, in C++ and in TypeScript. Quantities and prices are integers at 10^-8; `side`
 * is the byte of FIX tag 54. Nothing here throws on bad data: results are statuses of model/status.ts.
 */
export interface Gate {
  /** The whole state; a snapshot is a copy of these bytes. */
  readonly memory: Uint8Array;
  /** Applies the journalled command (model/gate-command.ts) in bytes[start, end): ok, badCommand, capacity or overflow; a refused one changes nothing. */
  apply(command: Uint8Array, start: number, end: number): number;
  /** Sets the batch clock, UTC ns. It never goes back; windows and staleness are measured by it. */
  clock(nowNs: bigint): void;
  /** What the order replaced by the next OrderCancelReplaceRequest still has open, has had filled, and was reserved at. */
  replaced(leaves: bigint, cumulative: bigint, price: bigint): void;
  /**
   * Judges the ORDER row at `orderOffset` and writes DECISION_SIZE bytes at `decisionOffset`: ok or refused. Counts it in the rate
   * window and remembers its ClOrdID; an order that nothing else vetoes is told by accepted, its exposure opened by reserve.
   * Throws RangeError when a row does not lie within its array.
   */
  check(order: Uint8Array, orderOffset: number, decision: Uint8Array, decisionOffset: number): number;
  /** Checks the first `count` rows of `orders` into the first of `decisions`, and accepts what passes; returns how many. */
  checkBatch(orders: Uint8Array, count: number, decisions: Uint8Array): number;
  /** Remembers a new order that went to the venue: the same one again within the window is a duplicate. */
  accepted(order: Uint8Array, orderOffset: number): void;
  /** Recovery: repeats what a journalled order left in rate and duplicate windows, without judging it again. */
  consume(order: Uint8Array, orderOffset: number, failedMask: number): void;
  /** Opens exposure when an order is sent: ok, capacity, overflow or badCommand; refused, it changes nothing. So the next four. */
  reserve(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number;
  /** Closes exposure of a cancelled, expired or rejected rest, at the price it was reserved at. */
  release(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number;
  /** Moves executed quantity from open orders to the position. */
  fill(
    account: number,
    symbol: number,
    side: number,
    quantity: bigint,
    reservedPrice: bigint,
    fillPrice: bigint,
  ): number;
  /** Moves a position without an open order: more executed than was left, a drop copy, a correction. */
  trade(account: number, symbol: number, side: number, quantity: bigint, price: bigint): number;
  /** The latest price of a symbol, from market data; an unknown index is ignored. */
  reference(symbolIndex: number, price: bigint, feedSequence: number, timeNs: bigint): void;
  position(account: number, symbol: number): PairView;
  account(index: number): AccountView;
  symbol(index: number): SymbolView;
  firm(): FirmView;
}

export interface GateOptions extends GateCapacities {
  /** The C++ addon; without it the TypeScript twin judges. */
  readonly addon?: Addon | undefined;
  /** A snapshot to continue, copied; its capacities must be those given here. */
  readonly memory?: Uint8Array | undefined;
}

/** A gate with nothing in it, or one that continues a snapshot. Throws ConfigError for impossible capacities or a foreign snapshot. */
export function createGate(options: GateOptions): Gate {
  const { addon, memory } = options;
  if (addon === undefined) return new TwinGate(newGateMemory(options, memory));
  return openNativeGate(
    addon,
    newGateMemory(options, memory, bytes => addon.prepareGateMemory(bytes)),
  );
}
