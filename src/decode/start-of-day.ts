import { Worker } from 'node:worker_threads';

import { HeadraceError, workerExecArgv } from '../model/index.js';
import type { StartOfDayOptions, StartOfDayReport, StartOfDaySummary } from './start-of-day/worker-protocol.js';
import { errorOf } from './worker-failure.js';

/** A running start-of-day load. */
export interface StartOfDayWorker {
  /**
   * Resolves when every frame is in the ring. Rejects, with nothing sent, with ConfigError for a copybook or mapping that
   * cannot be used and DecodeError (details: the refusal) for a bad record or total.
   */
  readonly done: Promise<StartOfDaySummary>;
  /** Stops the worker; `done` rejects when it was not through. */
  close(): Promise<void>;
}

const workerPath = new URL('start-of-day/start-of-day-worker.js', import.meta.url);

/**
 * Starts a worker that decodes a start-of-day file by its copybook, checks header and trailer, and pushes the rows of
 * model/load.ts through the ring. The main thread must have loaded the addon before.
 */
export function startStartOfDayWorker(options: StartOfDayOptions): StartOfDayWorker {
  const worker = new Worker(workerPath, { workerData: options, name: 'start-of-day', execArgv: workerExecArgv() });
  const done = new Promise<StartOfDaySummary>((resolve, reject) => {
    worker.on('message', (report: StartOfDayReport) => {
      if (report.kind === 'loaded') resolve(report.summary);
      else reject(errorOf(report));
    });
    worker.on('error', cause =>
      reject(new HeadraceError('HR_LOAD', `the start-of-day load broke: ${cause.message}`, { cause })),
    );
    worker.on('exit', () => reject(new HeadraceError('HR_LOAD', 'the start-of-day load ended before it was through')));
  });
  // Whoever only closes must not see an unhandled rejection.
  done.catch(() => {});
  return { done, close: async () => void (await worker.terminate()) };
}
