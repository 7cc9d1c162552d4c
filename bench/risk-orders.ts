/** The desk that the gate's bench judges orders of: limits, positions, references, and order rows that all pass. */
import { DECISION_SIZE, GATE_COMMAND_KIND as KIND, ORDER, ORDER_FLAG } from '../src/model/index.js';
import type { Addon } from '../src/native/index.js';
import { createGate, encodeGateCommand, type Gate } from '../src/risk/index.js';

export const ACCOUNTS = 10_000;
export const SYMBOLS = 5_000;
/** Accounts x symbols that hold a position: 64 MiB of pairs, far more than the caches hold. */
export const PAIRS = 400_000;
export const ORDERS = 65_536;
export const BATCH = 256;
export const UNIT = 'checks/s';

const SESSIONS = 4;
const UNIT_SIZE = 100_000_000n; // 1 at 10^-8
const NOW_NS = 1_700_000_000_000_000_000n;
const O = ORDER.offset;

/** Repeatable numbers, so that every contender judges the same orders. */
export class Sequence {
  #state = 20260101;
  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}

/** `random`: every pair as likely as another. `hot`: 64 accounts in 16 symbols, as most of a day's orders are. */
export type Spread = 'random' | 'hot';

export interface Pairs {
  readonly accounts: Uint32Array;
  readonly symbols: Uint32Array;
}

/** Pairs with a position: of the hot set every one, of the others at random. */
export function heldPairs(): Pairs {
  const sequence = new Sequence();
  const accounts = new Uint32Array(PAIRS);
  const symbols = new Uint32Array(PAIRS);
  for (let pair = 0; pair < PAIRS; pair++) {
    accounts[pair] = pair < 1024 ? pair % 64 : sequence.below(ACCOUNTS);
    symbols[pair] = pair < 1024 ? pair >> 6 : sequence.below(SYMBOLS);
  }
  return { accounts, symbols };
}

/** Order rows over held pairs; ClOrdIDs and contents repeat only after ORDERS others, when they have been forgotten. */
export function orderRows(pairs: Pairs, spread: Spread): Uint8Array {
  const sequence = new Sequence();
  const rows = Buffer.alloc(ORDERS * ORDER.sizeBytes);
  for (let order = 0; order < ORDERS; order++) {
    const pair = sequence.below(spread === 'hot' ? 1024 : PAIRS);
    const at = order * ORDER.sizeBytes;
    rows.writeUInt32LE(pairs.accounts[pair]!, at + O.accountIndex);
    rows.writeUInt32LE(pairs.symbols[pair]!, at + O.symbolIndex);
    rows.writeUInt32LE(order % SESSIONS, at + O.sessionIndex);
    rows.write('D', at + O.msgType, 'latin1');
    rows.write(order % 2 === 0 ? '1' : '2', at + O.side, 'latin1');
    rows.write('2', at + O.ordType, 'latin1');
    rows.writeBigInt64LE(BigInt(100 + (order % 900)) * UNIT_SIZE, at + O.quantity);
    rows.writeBigInt64LE(50n * UNIT_SIZE + BigInt(order) * 1000n, at + O.price);
    rows.writeUInt32LE(ORDER_FLAG.hasPrice, at + O.flags);
    const id = `ORD${String(order).padStart(10, '0')}`;
    rows.writeUInt8(id.length, at + O.clOrdId);
    rows.write(id, at + O.clOrdId + 1, 'latin1');
  }
  return rows;
}

function applyLimits(gate: Gate): void {
  const apply = (fields: Parameters<typeof encodeGateCommand>[0]): void => {
    const command = encodeGateCommand(fields);
    gate.apply(command, 0, command.length);
  };
  const large = 1n << 60n;
  apply({ kind: KIND.firmLimits, maxQuantity: large, maxNotional: large, collarBps: 2000, staleAfterMs: 10_000 });
  for (let accountIndex = 0; accountIndex < ACCOUNTS; accountIndex++) {
    const limits = { maxQuantity: large, maxNotional: large, maxPosition: large, grossNotional: large };
    apply({ kind: KIND.accountLimits, accountIndex, ...limits });
  }
  for (let symbolIndex = 0; symbolIndex < SYMBOLS; symbolIndex++) {
    apply({ kind: KIND.symbolLimits, symbolIndex, maxQuantity: large, collarBps: 1000 });
    gate.reference(symbolIndex, 50n * UNIT_SIZE, symbolIndex, NOW_NS);
  }
  for (let sessionIndex = 0; sessionIndex < SESSIONS; sessionIndex++)
    apply({ kind: KIND.sessionLimits, sessionIndex, rateOrders: 1n << 40n, rateWindowMs: 1000 });
}

/** A gate with every rule on, its positions loaded. */
export function loadedGate(addon: Addon | undefined, pairs: Pairs): Gate {
  const gate = createGate({
    accounts: ACCOUNTS,
    symbols: SYMBOLS,
    sessions: SESSIONS,
    pairs: PAIRS + 1,
    clOrdIds: 8192,
    duplicateWindow: { orders: 8192, timeMs: 1000 },
    addon,
  });
  gate.clock(NOW_NS);
  applyLimits(gate);
  for (let pair = 0; pair < PAIRS; pair++) {
    const payload = encodeGateCommand({
      kind: KIND.position,
      accountIndex: pairs.accounts[pair]!,
      symbolIndex: pairs.symbols[pair]!,
      quantity: 1000n * UNIT_SIZE,
      averagePrice: 49n * UNIT_SIZE,
    });
    gate.apply(payload, 0, payload.length);
  }
  return gate;
}

export const decisionRows = (): Uint8Array => new Uint8Array(BATCH * DECISION_SIZE);
