import { defineRow } from './row.js';

/**
 * One ExecutionReport (8) as order state reads it. Quantities and prices are int64 at 10^-8, an absent one is 0. A fill counts
 * whatever its text is: a price with further decimals is rounded away from zero, an id longer than 47 bytes is its first 30, `~`
 * and 16 hex digits of its hash, and `flags` says so; the message's own text is in its inbound frame and goes to the client.
 * Single-character FIX fields keep their ASCII byte, 0 when absent. A row of an older ledger may end before `flags`.
 */
export const EXECUTION = defineRow('Execution', {
  sessionIndex: 'u32',
  execType: 'u8', // 150
  ordStatus: 'u8', // 39
  side: 'u8', // 54
  execTransType: 'u8', // 20, FIX 4.2 and before
  lastQty: 'i64', // 32
  lastPx: 'i64', // 31
  cumQty: 'i64', // 14
  leavesQty: 'i64', // 151
  avgPx: 'i64', // 6
  transactTimeNs: 'u64', // 60
  clOrdId: 'text48', // 11
  origClOrdId: 'text48', // 41
  orderId: 'text48', // 37
  execId: 'text48', // 17
  flags: 'u32',
  reserved: 'u32',
});

/** `flags` bits of an EXECUTION row: which of its fields are not quite what the venue sent. */
export const EXECUTION_FLAG = { orderIdShortened: 1, execIdShortened: 2, lastPxRounded: 4, avgPxRounded: 8 } as const;
