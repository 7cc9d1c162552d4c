import type { Log } from '../observe/index.js';
import { startFeedWorker, type FeedWorker, type FeedWorkerOptions } from '../sources/index.js';

const RESTART_MS_FIRST = 100;
const RESTART_MS_MAX = 10_000;

/** Keeps the feed worker running: one that fails is started again with backoff, at its log's end. Orders go on meanwhile. */
export class FeedSupervisor {
  readonly #options: FeedWorkerOptions;
  readonly #log: Log;
  #worker: FeedWorker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = RESTART_MS_FIRST;
  #isClosing = false;
  port = 0;

  constructor(options: FeedWorkerOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /** Resolves with the port of the first worker; a later one takes the same. */
  async start(): Promise<number> {
    this.port = await this.#open();
    return this.port;
  }

  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    await this.#worker?.close(drainMs);
  }

  async #open(): Promise<number> {
    const worker = startFeedWorker({ ...this.#options, port: this.port === 0 ? this.#options.port : this.port });
    this.#worker = worker;
    void worker.ended.then(error => {
      if (error !== undefined && !this.#isClosing) this.#startAgain(error);
    });
    const port = await worker.ready;
    this.#waitMs = RESTART_MS_FIRST;
    return port;
  }

  #startAgain(error: Error): void {
    this.#log.warn({ err: error, waitMs: this.#waitMs }, 'the feed worker is started again');
    this.#timer = setTimeout(() => void this.#open().catch(() => {}), this.#waitMs);
    this.#waitMs = Math.min(RESTART_MS_MAX, 2 * this.#waitMs);
  }
}
