import { setTimeout as delay } from 'node:timers/promises';

import { TOO_LARGE, type BrokerConnection, type BrokerRecord } from '../broker/index.js';
import { ClosedError, HeadraceError } from '../model/index.js';
import type { Counters, Log } from '../observe/index.js';
import type { BatchBounds } from './batch.js';
import { refusedRecord } from './refused-record.js';
import type { SinkCounter } from './sink-counters.js';

export interface DeliveryOptions {
  readonly connection: BrokerConnection;
  readonly bounds: BatchBounds;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly counters: Counters<SinkCounter>;
  readonly log: Log;
  /** Ends every wait: of retries, and for a broker that does not answer. */
  readonly stop: AbortSignal;
}

const RETRY_MS_FIRST = 50;

/**
 * Sends records until the broker has them. A failure is tried again for ever, with backoff; records that the broker will never take, because
 * they are too large together, are sent in halves, and one that is too large alone goes to the dead letters.
 */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** True when each record was acknowledged or is a dead letter, false when the sink was stopped before. */
  async deliver(records: readonly BrokerRecord[]): Promise<boolean> {
    const { stop, log } = this.#options;
    for (let tries = 1; !stop.aborted; tries++) {
      try {
        await this.#publish(records);
        if (tries > 1) log.info({ tries, position: records.at(-1)?.position }, 'the broker takes batches again');
        return true;
      } catch (error) {
        if (stop.aborted) return false;
        if (isTooLarge(error)) return this.#divide(records, error);
        await this.#waitBeforeRetry(tries, error);
      }
    }
    return false;
  }

  async #publish(records: readonly BrokerRecord[]): Promise<void> {
    const { connection, counters, stop } = this.#options;
    await unlessStopped(connection.publishBatch(records), stop);
    counters.add(counters.index.published, records.length);
    counters.add(counters.index.batches, 1);
    counters.set(counters.index.failing, 0);
  }

  async #divide(records: readonly BrokerRecord[], error: HeadraceError): Promise<boolean> {
    if (records.length === 1) return this.#giveUp(records[0] as BrokerRecord, error);
    const half = records.length >> 1;
    return (await this.deliver(records.slice(0, half))) && this.deliver(records.slice(half));
  }

  async #giveUp(record: BrokerRecord, error: HeadraceError): Promise<boolean> {
    const { counters, log, only } = this.#options;
    const letter = refusedRecord(record, error.message);
    const { topic, log: logName, position } = record;
    log.error({ err: error, topic, log: logName, position }, 'the broker refuses a record for its size: a dead letter');
    counters.add(counters.index.deadLettered, 1);
    const isSent = topic !== letter.topic && only?.has(letter.topic) !== false;
    return isSent ? this.deliver([letter]) : true;
  }

  async #waitBeforeRetry(tries: number, error: unknown): Promise<void> {
    const { counters, log, bounds, stop } = this.#options;
    counters.add(counters.index.retries, 1);
    counters.set(counters.index.failing, 1);
    if (tries === 1) log.warn({ err: error }, 'the broker does not take batches; the reader waits and lags');
    const waitMs = Math.min(bounds.retryMsMax, RETRY_MS_FIRST * 2 ** Math.min(tries - 1, 16));
    await delay(waitMs, undefined, { signal: stop }).catch(() => {});
  }
}

function isTooLarge(error: unknown): error is HeadraceError {
  return error instanceof HeadraceError && error.code === TOO_LARGE;
}

/** The work, or a rejection once the sink is stopped: a sink of an embedder may never answer, and closing must not wait for it. */
function unlessStopped(work: Promise<void>, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new ClosedError('HR_CLOSED', 'the sink is closed'));
    stop.addEventListener('abort', end, { once: true });
    void work.then(resolve, reject).finally(() => stop.removeEventListener('abort', end));
  });
}
