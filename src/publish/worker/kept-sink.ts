import type { Counters, Log } from '../../observe/index.js';
import type { BrokerSink } from '../broker-sink.js';
import type { SinkCounter } from '../sink-counters.js';

const RETRY_MS_FIRST = 100;
const RETRY_MS_MAX = 10_000;

export interface KeptSinkOptions {
  readonly open: () => BrokerSink;
  readonly counters: Counters<SinkCounter>;
  readonly log: Log;
}

/** One sink of the worker. When it cannot be opened (a file of its options is gone) the others go on, and it is tried again, with backoff. */
export class KeptSink {
  readonly #options: KeptSinkOptions;
  #sink: BrokerSink | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeptSinkOptions) {
    this.#options = options;
    this.#open(RETRY_MS_FIRST);
  }

  wake(): void {
    this.#sink?.wake();
  }

  async close(drainMs: number): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sink?.close(drainMs);
  }

  #open(waitMs: number): void {
    const { open, counters, log } = this.#options;
    try {
      this.#sink = open();
      counters.set(counters.index.failing, 0);
      this.#sink.wake();
    } catch (error) {
      counters.set(counters.index.failing, 1);
      log.error({ err: error, waitMs }, 'the sink cannot be opened; it is tried again');
      this.#timer = setTimeout(() => this.#open(Math.min(RETRY_MS_MAX, 2 * waitMs)), waitMs);
    }
  }
}
