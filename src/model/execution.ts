import { defineRow } from './row.js';

/**
 * One ExecutionReport (8) as order state reads it. Quantities and prices are int64 at 10^-8, an absent one is 0; AvgPx is a
 * quotient and is cut to eight decimals. Single-character FIX fields keep their ASCII byte, 0 when absent.
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
});
