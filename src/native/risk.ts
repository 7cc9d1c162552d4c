/** The calls of one gate opened by the addon. Statuses as of model/status.ts; -1 for a row outside its bound array. */
export interface NativeGateCalls {
  /** Keeps the arrays that the offsets of the following calls mean. */
  bind(orders: Uint8Array, decisions: Uint8Array): void;
  check(orderOffset: number, decisionOffset: number): number;
  /** Checks the first `count` rows of the bound orders, one after another; returns how many were accepted. */
  checkBatch(count: number): number;
  accepted(orderOffset: number): number;
  consume(orderOffset: number, failedMask: number): number;
  apply(command: Uint8Array, start: number, end: number): number;
  /** Quantity and price are numbers[0] and [1] of openGate; of a fill [1] and [2] are reserved and fill price. */
  reserve(account: number, symbol: number, side: number): number;
  release(account: number, symbol: number, side: number): number;
  trade(account: number, symbol: number, side: number): number;
  fill(account: number, symbol: number, side: number): number;
}

/** The addon's part for the risk folder. */
export interface RiskExports {
  /** Asks for large pages under an array not yet written to; returns how many bytes past a cache line's start it begins. */
  prepareGateMemory(bytes: Uint8Array): number;
  /** The gate over `memory` (kept alive, 8-byte aligned), undefined when those bytes are not a gate's. `numbers` carries int64 arguments. */
  openGate(memory: Uint8Array, numbers: BigInt64Array): NativeGateCalls | undefined;
}
