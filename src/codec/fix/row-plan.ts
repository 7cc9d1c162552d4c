import { EXECUTION, EXECUTION_FLAG, ORDER, type RowLayout } from '../../model/index.js';

import { msgTypeCode } from './batch-layout.js';

/** How a FIX field is put into its row. */
export const OPERATION = {
  character: 1, // one byte
  decimal: 2, // int64 at 10^-8
  price: 3, // the same, further decimals rounded away from zero and flagged
  timestamp: 4, // u64 UTC nanoseconds
  text: 5, // one length byte and up to 47 bytes
  account: 6, // interned u32
  symbol: 7,
  flag: 8, // seen only: Y or N
  identifier: 9, // text, a longer one shortened and flagged
} as const;

/**
 * A plan that projects a FIX message to a fixed row, flat for the native loop, which reads this same memory:
 *
 *   words 0 … 1023     by tag: operation | offset << 8 | bit << 24, 0 = not of the row
 *   words 1024 … 1055  by bit: its tag | the flag of a value that is rounded or shortened << 16
 *
 * A field's bit is set when it was seen; the first of several counts.
 */
export const PLAN_TAGS = 1024;
export const PLAN_WORDS = PLAN_TAGS + 32;

type Plan = Int32Array;
type PlanField = readonly [tag: number, operation: keyof typeof OPERATION, field: string, flag?: number];

function planOf<Name extends string>(row: RowLayout<Name>, fields: readonly PlanField[]): Plan {
  const plan = new Int32Array(PLAN_WORDS);
  fields.forEach(([tag, operation, field, flag = 0], bit) => {
    const offset = operation === 'flag' ? 0 : row.offset[field as Name];
    plan[tag] = OPERATION[operation] | (offset << 8) | (bit << 24);
    plan[PLAN_TAGS + bit] = tag | (flag << 16);
  });
  return plan;
}

function bitsOf(plan: Plan, tags: readonly number[]): number {
  return tags.reduce((bits, tag) => bits | (1 << (plan[tag]! >>> 24)), 0);
}

export const ORDER_PLAN = planOf(ORDER, [
  [11, 'text', 'clOrdId'],
  [41, 'text', 'origClOrdId'],
  [55, 'symbol', 'symbolIndex'],
  [54, 'character', 'side'],
  [38, 'decimal', 'quantity'],
  [40, 'character', 'ordType'],
  [44, 'decimal', 'price'],
  [1, 'account', 'accountIndex'],
  [59, 'character', 'timeInForce'],
  [60, 'timestamp', 'transactTimeNs'],
  [97, 'flag', 'flags'],
]);

export const EXECUTION_PLAN = planOf(EXECUTION, [
  [37, 'identifier', 'orderId', EXECUTION_FLAG.orderIdShortened],
  [17, 'identifier', 'execId', EXECUTION_FLAG.execIdShortened],
  [150, 'character', 'execType'],
  [39, 'character', 'ordStatus'],
  [54, 'character', 'side'],
  [14, 'decimal', 'cumQty'],
  [151, 'decimal', 'leavesQty'],
  [32, 'decimal', 'lastQty'],
  [31, 'price', 'lastPx', EXECUTION_FLAG.lastPxRounded],
  [6, 'price', 'avgPx', EXECUTION_FLAG.avgPxRounded],
  [20, 'character', 'execTransType'],
  [60, 'timestamp', 'transactTimeNs'],
  [11, 'text', 'clOrdId'],
  [41, 'identifier', 'origClOrdId'], // the client's takes its place
]);

/** Bits of ORDER_PLAN that decide about `flags` and about a price that must be there. */
export const ORDER_BIT = {
  ordType: bitsOf(ORDER_PLAN, [40]),
  price: bitsOf(ORDER_PLAN, [44]),
  account: bitsOf(ORDER_PLAN, [1]),
} as const;

/** By MsgType, the bits a message must have, or it is refused by `missingTag` and the tag. */
export const REQUIRED = {
  newOrderSingle: bitsOf(ORDER_PLAN, [11, 55, 54, 38, 40]),
  orderCancelRequest: bitsOf(ORDER_PLAN, [11, 41, 55, 54]),
  orderCancelReplaceRequest: bitsOf(ORDER_PLAN, [11, 41, 55, 54, 38, 40]),
  /** FIX.4.0 has neither ExecType (150) nor LeavesQty (151); of later versions the dictionary asks for them. */
  executionReport: bitsOf(EXECUTION_PLAN, [37, 17, 39, 54, 14]),
} as const;

/** MsgTypes (35) that have a row. */
export const ROW_TYPE = {
  newOrderSingle: msgTypeCode('D'),
  orderCancelRequest: msgTypeCode('F'),
  orderCancelReplaceRequest: msgTypeCode('G'),
  executionReport: msgTypeCode('8'),
} as const;

/** Bytes from one row of a batch to the next: room for either kind. */
export const ROW_STRIDE = 256;
