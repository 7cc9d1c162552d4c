import { defineRow } from './row.js';

/**
 * The gate's whole state is one flat little-endian buffer; its bytes are the snapshot. Every block is padded to whole cache
 * lines of 64 bytes, and each region starts on one:
 *
 *   header | accounts + 1 | symbols + 1 | sessions + 1 | pair slots | duplicate entries, slots | ClOrdID entries, slots of each session
 *
 * The one block too many of the first three regions is the absent account, symbol or session: it has no limits, and is
 * never written, so a rule needs no branch for an unknown index.
 */
export const GATE_HEADER = defineRow('GateHeader', {
  magic: 'u64',
  sizeBytes: 'u64',
  version: 'u32',
  accounts: 'u32',
  symbols: 'u32',
  sessions: 'u32',
  pairs: 'u32', // pairs allowed; the table has at least twice as many slots, a power of two
  pairSlots: 'u32',
  clOrdIds: 'u32', // remembered a session
  clOrdIdEntries: 'u32',
  duplicateOrders: 'u32', // remembered in all
  duplicateEntries: 'u32',
  duplicateWindowMs: 'u32',
  flags: 'u32', // GATE_FLAG.halted, replacing
  limitVersion: 'u32',
  businessDate: 'u32', // YYYYMMDD, 0 = none yet
  pairCount: 'u32',
  duplicateNext: 'u32',
  duplicateCount: 'u32',
  collarBps: 'u32',
  staleAfterMs: 'u32',
  reserved: 'u32',
  nowNs: 'u64',
  maxQuantity: 'i64',
  maxNotional: 'i64',
  collarAbsolute: 'i64',
  replacedLeaves: 'i64', // of the next OrderCancelReplaceRequest checked
  replacedCumulative: 'i64',
  replacedPrice: 'i64',
});

/** One account. `grossNotional` at 10^-16: open orders at their price and positions at their average price, exact. */
export const GATE_ACCOUNT = defineRow('GateAccount', {
  gross: 'i128',
  maxQuantity: 'i64',
  maxNotional: 'i64',
  maxPosition: 'i64',
  grossNotional: 'i64',
  flags: 'u64', // GATE_FLAG.halted, limited
});

/** One symbol: the collar's reference price, and limits of its own. */
export const GATE_SYMBOL = defineRow('GateSymbol', {
  referencePrice: 'i64',
  referenceTimeNs: 'u64',
  feedSequence: 'u64',
  maxQuantity: 'i64',
  maxNotional: 'i64',
  collarAbsolute: 'i64',
  collarBps: 'u32',
  staleAfterMs: 'u32',
  flags: 'u64', // GATE_FLAG.halted, restricted, hasReference
});

/** Account x symbol, in an open-addressing table with linear probing. `account` is the index + 1; 0 = an empty slot. */
export const GATE_PAIR = defineRow('GatePair', {
  account: 'u32',
  symbol: 'u32',
  position: 'i64', // signed
  openBuy: 'i64',
  openSell: 'i64',
  averagePrice: 'i64', // of the position, rounded away from zero
  maxQuantity: 'i64',
  maxNotional: 'i64',
  maxPosition: 'i64',
});

/** One session; a second cache line holds GATE_RATE_BUCKETS u32 counts, a ring whose sum is `rateCount`. */
export const GATE_SESSION = defineRow('GateSession', {
  rateOrders: 'i64',
  rateBucketEndNs: 'u64',
  rateWindowMs: 'u64',
  rateBucket: 'u32',
  rateCount: 'u32',
  clOrdIdNext: 'u32',
  clOrdIdCount: 'u32',
});

/** One remembered key: a ClOrdID, or what makes two orders the same. */
export const GATE_RECENT = defineRow('GateRecent', {
  key: 'text48',
  timeNs: 'u64',
  hash: 'u32',
  reserved: 'u32',
});

/** One entry of the hash table over remembered keys: `slot` is the slot's number + 1, 0 = an empty entry. */
export const GATE_ENTRY = defineRow('GateEntry', {
  hash: 'u32',
  slot: 'u32',
});

/** Bits of the `flags` of the header, an account or a symbol. */
export const GATE_FLAG = { halted: 1, limited: 2, restricted: 4, hasReference: 8, replacing: 16 } as const;

/** A cache line: what blocks are padded to, bytes. */
export const GATE_LINE_SIZE = 64;
/** Bytes of the header with its padding. */
export const GATE_HEADER_SIZE = 256;
/** Bytes of one session's block. */
export const GATE_SESSION_SIZE = 128;
/** Parts of a session's rate window; the window moves by one part. */
export const GATE_RATE_BUCKETS = 16;
/** The first eight bytes of a gate's memory. */
export const GATE_MAGIC = 0x31657461677268n; // the bytes "hrgate1"
/** Version of the memory; a snapshot of another one is refused. */
export const GATE_VERSION = 1;

/** A reference older than this is stale where neither its symbol nor the firm sets another time. */
export const GATE_STALE_AFTER_MS = 5000;
