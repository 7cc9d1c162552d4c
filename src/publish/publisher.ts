import { Worker } from 'node:worker_threads';

import { workerExecArgv } from '../model/index.js';
import { createCounters, type Counters, type Log } from '../observe/index.js';
import { rewindSinks } from './rewind.js';
import { SINK_COUNTERS, type SinkCounter } from './sink-counters.js';
import type { BrokerSinksConfig, PublishOrder, PublishWorkerOptions } from './worker/protocol.js';

export interface PublisherOptions extends Omit<PublishWorkerOptions, 'counters'> {
  readonly log: Log;
}

/** One reader's numbers: which sink, which log. */
export interface SinkReport {
  readonly sink: string;
  readonly log: string;
  /** Topics it sends; undefined sends all. */
  readonly only?: readonly string[] | undefined;
  readonly counters: Counters<SinkCounter>;
}

const RESTART_MS_FIRST = 100;
const RESTART_MS_MAX = 10_000;
/** A worker that lived so long begins its next restarts from the shortest wait. */
const STEADY_MS = 60_000;
/** The worker ends by itself after its drain; this long after, it is ended. */
const END_GRACE_MS = 5_000;

/** Keeps the publish worker running: when it dies it is started again, with backoff, and goes on at its readers' places. */
export class Publisher {
  readonly reports: readonly SinkReport[];
  restarts = 0;
  readonly #options: PublishWorkerOptions;
  readonly #log: Log;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #waitMs = RESTART_MS_FIRST;
  #isClosing = false;

  /** Throws InvariantError for an offset file that holds no position. */
  constructor({ log, ...options }: PublisherOptions) {
    const sinks = configuredSinks(options.sinks);
    this.reports = sinks.flatMap(sink =>
      options.logs.map(place => ({
        sink,
        log: place.name,
        only: options.sinks[sink]?.only,
        counters: createCounters(SINK_COUNTERS),
      })),
    );
    const memories = this.reports.map(report => [`${report.sink}.${report.log}`, report.counters.memory]);
    this.#options = { ...options, counters: Object.fromEntries(memories) as Record<string, SharedArrayBuffer> };
    this.#log = log;
    rewindSinks({ ...options, reports: this.reports, log });
    if (sinks.length > 0) this.#start();
  }

  /** Sends what is committed now, for at most `drainMs`, then ends the worker. */
  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise(resolve => worker.once('exit', resolve));
    worker.postMessage({ kind: 'close', drainMs } satisfies PublishOrder);
    const timer = setTimeout(() => void worker.terminate(), drainMs + END_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const path = new URL('worker/publish-worker.js', import.meta.url);
    const worker = new Worker(path, { workerData: this.#options, name: 'publish', execArgv: workerExecArgv() });
    const startedMs = Date.now();
    this.#worker = worker;
    worker.on('error', error => this.#log.error({ err: error }, 'the publish worker failed'));
    worker.on('exit', () => {
      this.#worker = undefined;
      if (!this.#isClosing) this.#startAgain(Date.now() - startedMs);
    });
  }

  #startAgain(livedMs: number): void {
    if (livedMs > STEADY_MS) this.#waitMs = RESTART_MS_FIRST;
    this.restarts++;
    this.#log.warn({ waitMs: this.#waitMs, restarts: this.restarts }, 'the publish worker is started again');
    this.#restart = setTimeout(() => this.#start(), this.#waitMs);
    this.#waitMs = Math.min(RESTART_MS_MAX, 2 * this.#waitMs);
  }
}

function configuredSinks(sinks: BrokerSinksConfig): (keyof BrokerSinksConfig)[] {
  const names = Object.keys(sinks) as (keyof BrokerSinksConfig)[];
  return names.filter(name => sinks[name] !== undefined);
}
