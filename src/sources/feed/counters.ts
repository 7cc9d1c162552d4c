/**
 * Counters of the feed worker, written by its thread alone. For a run: received = quotes + deadLettered + dropped, and
 * quotes = pricesSent + pricesConflated + pricesUnknown + pricesLost + pricesWaiting.
 */
export const FEED_COUNTERS = [
  'connections', // open now
  'connectionsRefused', // beyond the bound
  'bytes',
  'batches',
  'received', // records framed
  'quotes', // in the log
  'deadLettered', // malformed: in the log with their bytes and reason
  'dropped', // the log took neither: no room on disk or in the batch
  'pricesSent', // to the lane
  'pricesConflated', // replaced by a newer one of the symbol before there was room
  'pricesUnknown', // beyond the table of symbols
  'pricesLost', // waiting when an earlier worker ended
  'pricesWaiting', // for room in the ring, now
  'clockBackSteps',
] as const;

export type FeedCounter = (typeof FEED_COUNTERS)[number];
