import { defineRow } from './row.js';

/*
 * What a start-of-day file becomes on its way into the lane, in this order: one LOAD_BEGIN, any number of POSITION and LIMIT
 * rows (one a frame of types `position` and `limit`), one LOAD_END. The rows are sent only when the whole file decoded and
 * its totals agree, so a lane that has seen LOAD_BEGIN will see LOAD_END, unless the worker dies: it applies at LOAD_END.
 */

/** First row of a load (frame type loadBegin). */
export const LOAD_BEGIN = defineRow('LoadBegin', {
  fileHash: 'bytes32', // SHA-256 of the file as read
  businessDate: 'u32', // 20261123, from the header record
  planId: 'u32', // of the record layout the file was decoded by
  fileSequence: 'u64', // the header's own number of the file
});

/** One overnight position; it replaces what the gate held (frame type position). Quantity and price are int64 at 10^-8. */
export const POSITION = defineRow('Position', {
  account: 'text16',
  symbol: 'text16',
  quantity: 'i64',
  averagePrice: 'i64',
});

/**
 * One account's limits (frame type limit); int64 at 10^-8, except messageRate: messages a second as a whole number. A limit the
 * file does not give is -1: that of the config holds.
 */
export const LIMIT = defineRow('Limit', {
  account: 'text16',
  maxQuantity: 'i64',
  maxNotional: 'i64',
  maxPosition: 'i64',
  grossNotional: 'i64',
  messageRate: 'i64',
});

/** Last row of a load (frame type loadEnd): what was sent, and the trailer's totals, which agreed with it. */
export const LOAD_END = defineRow('LoadEnd', {
  positionCount: 'u64',
  limitCount: 'u64',
  quantityTotal: 'i128', // sum of POSITION.quantity at 10^-8
  grossNotionalTotal: 'i128', // sum of LIMIT.grossNotional at 10^-8
});
