import { Worker } from 'node:worker_threads';

import { releaseLog } from '../journal/index.js';
import { ClosedError, HeadraceError, workerExecArgv } from '../model/index.js';
import { FEED_LOG, type FeedOrder, type FeedReport, type FeedWorkerOptions } from './feed/worker-protocol.js';

/** The feed worker's program. */
const feedWorkerPath = new URL('feed/feed-worker.js', import.meta.url);

/** A running feed worker. Its owner starts another, with backoff, when `ended` gives an error. */
export interface FeedWorker {
  /** Resolves with the port once it listens; rejects when the worker ends before. */
  readonly ready: Promise<number>;
  /** Resolves when the thread is gone: with the error it failed with, or undefined after `close`. */
  readonly ended: Promise<HeadraceError | undefined>;
  /** Stops listening, ends connections, sends waiting prices for at most `drainMs`, closes the log. Resolves with `ended`. */
  close(drainMs?: number): Promise<HeadraceError | undefined>;
}

const DRAIN_MS = 1000;

/**
 * Starts the market-data worker: it listens for fixed-width quotes, writes them to the `feed` log and each symbol's newest
 * price into the lane's ring. Main must have loaded the native parts before.
 */
export function startFeedWorker(options: FeedWorkerOptions): FeedWorker {
  const worker = new Worker(feedWorkerPath, { workerData: options, name: 'feed', execArgv: workerExecArgv() });
  const { threadId } = worker;
  let failure: HeadraceError | undefined;
  let isClosed = false;
  const ended = new Promise<HeadraceError | undefined>(resolve => {
    worker.on(
      'error',
      cause => (failure ??= new HeadraceError('HR_FEED', `the feed broke: ${cause.message}`, { cause })),
    );
    worker.on('exit', code => {
      releaseLog({ directory: options.journal.directory, name: FEED_LOG }, threadId);
      resolve(failure ?? (isClosed ? undefined : endedEarly(code)));
    });
  });
  const ready = new Promise<number>((resolve, reject) => {
    worker.on('message', (report: FeedReport) => {
      if (report.kind === 'ready') resolve(report.port);
      else if (report.kind === 'failed') failure = new HeadraceError(report.code as `HR_${string}`, report.message);
      else isClosed = true;
    });
    void ended.then(error => reject(error ?? new ClosedError('HR_CLOSED', 'the feed was closed before it listened')));
  });
  // Whoever waits for `ended` alone must not see an unhandled rejection.
  ready.catch(() => {});
  const close = (drainMs = DRAIN_MS): typeof ended => {
    worker.postMessage({ kind: 'close', drainMs } satisfies FeedOrder);
    return ended;
  };
  return { ready, ended, close };
}

function endedEarly(code: number): HeadraceError {
  return new HeadraceError('HR_FEED', `the feed ended by itself with exit code ${code}`);
}
