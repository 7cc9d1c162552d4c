import {
  GATE_ENTRY,
  GATE_HEADER,
  GATE_HEADER_SIZE,
  GATE_LINE_SIZE,
  GATE_MAGIC,
  GATE_PAIR,
  GATE_RECENT,
  GATE_SESSION_SIZE,
  GATE_VERSION,
  ConfigError,
} from '../model/index.js';

const H = GATE_HEADER.offset;

/** How much the gate holds. All of it is allocated at once; nothing grows. */
export interface GateCapacities {
  readonly accounts: number;
  readonly symbols: number;
  readonly sessions: number;
  /** Accounts x symbols that may have a position, open orders or limits of their own. */
  readonly pairs: number;
  /** ClOrdIDs remembered a session; the oldest is forgotten for the next. */
  readonly clOrdIds: number;
  /** Accepted orders remembered in all, and for how long the same order counts as a duplicate; 0 turns the rule off. */
  readonly duplicateWindow: { readonly orders: number; readonly timeMs: number };
}

/** Where the regions of model/gate-state.ts begin, for given capacities. The same sum is done in native/risk/layout.h. */
export interface GateLayout {
  readonly accounts: number;
  readonly symbols: number;
  readonly sessions: number;
  readonly pairs: number;
  readonly duplicates: number;
  readonly clOrdIds: number;
  /** Bytes of one session's ClOrdID entries and slots. */
  readonly clOrdIdsSize: number;
  readonly pairSlots: number;
  readonly clOrdIdEntries: number;
  readonly duplicateEntries: number;
  readonly sizeBytes: number;
}

const COUNT_MAX = 1 << 26;

function powerOfTwoFrom(count: number): number {
  let power = 16; // 16 entries of 8 bytes fill cache lines, so that the slots after them start on one.
  while (power < count) power *= 2;
  return power;
}

function checkCount(name: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least || count > COUNT_MAX)
    throw new ConfigError('HR_CONFIG', `risk: ${name} must be ${least} to ${COUNT_MAX}, not ${count}`);
}

/** Throws ConfigError when a capacity is not a whole number within its bounds. */
export function layoutGate(capacities: GateCapacities): GateLayout {
  const { accounts, symbols, sessions, pairs, clOrdIds, duplicateWindow } = capacities;
  for (const [name, count] of Object.entries({ accounts, symbols, sessions, pairs, clOrdIds }))
    checkCount(name, count, 1);
  checkCount('duplicateWindow.orders', duplicateWindow.orders, 0);
  checkCount('duplicateWindow.timeMs', duplicateWindow.timeMs, 0);
  const pairSlots = powerOfTwoFrom(2 * pairs);
  const clOrdIdEntries = powerOfTwoFrom(2 * clOrdIds);
  const duplicateEntries = powerOfTwoFrom(2 * duplicateWindow.orders);
  const atAccounts = GATE_HEADER_SIZE;
  const atSymbols = atAccounts + (accounts + 1) * GATE_LINE_SIZE;
  const atSessions = atSymbols + (symbols + 1) * GATE_LINE_SIZE;
  const atPairs = atSessions + (sessions + 1) * GATE_SESSION_SIZE;
  const atDuplicates = atPairs + pairSlots * GATE_PAIR.sizeBytes;
  const atClOrdIds =
    atDuplicates + duplicateEntries * GATE_ENTRY.sizeBytes + duplicateWindow.orders * GATE_RECENT.sizeBytes;
  const clOrdIdsSize = clOrdIdEntries * GATE_ENTRY.sizeBytes + clOrdIds * GATE_RECENT.sizeBytes;
  return {
    accounts: atAccounts,
    symbols: atSymbols,
    sessions: atSessions,
    pairs: atPairs,
    duplicates: atDuplicates,
    clOrdIds: atClOrdIds,
    clOrdIdsSize,
    pairSlots,
    clOrdIdEntries,
    duplicateEntries,
    sizeBytes: atClOrdIds + sessions * clOrdIdsSize,
  };
}

/** The gate's memory with its offsets and the integers both twins agree on. */
export class GateState {
  readonly view: DataView;
  constructor(
    readonly memory: Uint8Array,
    readonly capacities: GateCapacities,
    readonly layout: GateLayout,
  ) {
    this.view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  setU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  i64(offset: number): bigint {
    return this.view.getBigInt64(offset, true);
  }

  setI64(offset: number, value: bigint): void {
    this.view.setBigInt64(offset, value, true);
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  i128(offset: number): bigint {
    return (this.i64(offset + 8) << 64n) | this.u64(offset);
  }

  setI128(offset: number, value: bigint): void {
    this.setI64(offset, BigInt.asIntN(64, value));
    this.setI64(offset + 8, value >> 64n);
  }

  flag(offset: number, bit: number): boolean {
    return (this.u32(offset) & bit) !== 0;
  }

  setFlag(offset: number, bit: number, on: boolean): void {
    const flags = this.u32(offset);
    this.setU32(offset, on ? flags | bit : flags & ~bit);
  }

  /** The account's block; an unknown index gives the absent account. */
  account(index: number): number {
    return this.layout.accounts + Math.min(index, this.capacities.accounts) * GATE_LINE_SIZE;
  }

  symbol(index: number): number {
    return this.layout.symbols + Math.min(index, this.capacities.symbols) * GATE_LINE_SIZE;
  }

  session(index: number): number {
    return this.layout.sessions + Math.min(index, this.capacities.sessions) * GATE_SESSION_SIZE;
  }
}

/** Writes the head of a new gate's memory: capacities and counts of tables. */
export function writeHeader(state: GateState): void {
  const { accounts, symbols, sessions, pairs, clOrdIds, duplicateWindow } = state.capacities;
  const { pairSlots, clOrdIdEntries, duplicateEntries, sizeBytes } = state.layout;
  state.setI64(H.magic, GATE_MAGIC);
  state.setI64(H.sizeBytes, BigInt(sizeBytes));
  state.setU32(H.version, GATE_VERSION);
  const counts = { accounts, symbols, sessions, pairs, pairSlots, clOrdIds, clOrdIdEntries, duplicateEntries };
  for (const [name, count] of Object.entries(counts)) state.setU32(H[name as keyof typeof counts], count);
  state.setU32(H.duplicateOrders, duplicateWindow.orders);
  state.setU32(H.duplicateWindowMs, duplicateWindow.timeMs);
}

const FIXED_HEAD_SIZE = H.flags;

/** Throws ConfigError when a snapshot was taken by a gate of other capacities or another version. */
export function checkSnapshot(snapshot: Uint8Array, fresh: GateState): void {
  const head = Buffer.from(fresh.memory.buffer, fresh.memory.byteOffset, FIXED_HEAD_SIZE);
  if (snapshot.length === fresh.layout.sizeBytes && head.equals(snapshot.subarray(0, FIXED_HEAD_SIZE))) return;
  throw new ConfigError(
    'HR_GATE_SNAPSHOT',
    'risk: the snapshot was taken with other capacities; restore those, or recover without the snapshot',
  );
}
