import type { NativeMode } from '../../native/index.js';
import type { LogLevel } from '../../observe/index.js';
import type { FeedLayout } from './layout.js';

/** The log of which the worker is the only writer. */
export const FEED_LOG = 'feed';

/** Everything the feed worker is given; memories are made by main, which also loads the native parts before it starts. */
export interface FeedWorkerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly layout: FeedLayout;
  /** Connections at a time; further ones are refused and counted. */
  readonly connectionsMax: number;
  readonly native: NativeMode;
  readonly logLevel: LogLevel;
  /** The journal's log `feed`, of which the worker is the only writer. */
  readonly journal: {
    readonly directory: string;
    /** From createTail. */
    readonly tail: SharedArrayBuffer;
    readonly retainBytes: number;
    readonly segmentSizeBytes?: number;
    readonly acceptDamage?: boolean;
    /** Rung after each commit: the readers' of the log. */
    readonly doorbells: readonly SharedArrayBuffer[];
  };
  /** PRICE rows to the lane. */
  readonly prices: {
    /** From createRing; the worker is its producer. */
    readonly ring: SharedArrayBuffer;
    /** The lane's. */
    readonly doorbell: SharedArrayBuffer;
    /** The table's size; prices of further symbols do not reach the lane. */
    readonly symbols: number;
  };
  /** Of createCounters(FEED_COUNTERS). */
  readonly counters: SharedArrayBuffer;
}

/** What the worker says. After `failed` or `closed` it ends. */
export type FeedReport =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' };

/** What the worker is told: stop listening, end the connections, send the waiting prices for at most `drainMs`, close the log. */
export interface FeedOrder {
  readonly kind: 'close';
  readonly drainMs: number;
}
