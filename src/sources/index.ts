export { startFeedWorker, type FeedWorker } from './feed.js';
export { QuoteWalk, startFeedGenerator, type FeedGenerator, type FeedGeneratorOptions } from './feed-generator.js';
export { FEED_COUNTERS, type FeedCounter } from './feed/counters.js';
export { compileFeedLayout } from './feed/layout.js';
export type { FeedColumn, FeedLayout } from './feed/layout.js';
export type { FeedWorkerOptions } from './feed/worker-protocol.js';
