import { defineRow } from './row.js';

/** What follows each other in a quote row, before and after a decision has to name the frame it came from. */
const QUOTE_FIELDS = {
  symbol: 'text16',
  bid: 'i64',
  ask: 'i64',
  last: 'i64', // the reference price of a collar
  bidSize: 'i64',
  askSize: 'i64',
  feedTimeNs: 'u64', // UTC, when the feed worker read it
} as const;

/**
 * One symbol's quote. Prices and sizes are int64 at 10^-8; a column that the feed does not have is 0. A frame of type
 * `quotes` holds one or more, nothing else: their number is the payload's length divided by the row's.
 */
export const QUOTE = defineRow('Quote', QUOTE_FIELDS);

/** A symbol's newest quote on its way to the order lane, with the sequence of its frame in the `feed` log. */
export const PRICE = defineRow('Price', { ...QUOTE_FIELDS, feedSequence: 'u64' });
