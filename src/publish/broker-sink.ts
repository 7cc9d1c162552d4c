import { setTimeout as delay } from 'node:timers/promises';

import type { BrokerConnection, BrokerRecord } from '../broker/index.js';
import type { Counters, Log } from '../observe/index.js';
import { Bell } from './bell.js';
import type { OffsetFile } from './offset-file.js';
import type { Render } from './rendering.js';
import type { SinkCounter } from './sink-counters.js';
import type { SinkFrame, SinkReader } from './sink-log.js';

/** How records are gathered into one send. */
export interface BatchBounds {
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly batchRecords: number;
  /** Longest wait between two tries of a batch. */
  readonly retryMsMax: number;
}

export interface BrokerSinkOptions {
  readonly reader: SinkReader;
  readonly render: Render;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly connection: BrokerConnection;
  readonly offset: OffsetFile;
  readonly bounds: BatchBounds;
  readonly counters: Counters<SinkCounter>;
  readonly log: Log;
}

class Batch {
  records: BrokerRecord[] = [];
  sizeBytes = 0;
  startedMs = 0;
  /** Where the reader stands behind the last frame of this batch, published or not. */
  nextPosition = 0;

  clear(): void {
    this.records = [];
    this.sizeBytes = 0;
  }
}

// A turn renders at most so many frames before it lets timers and sockets run.
const FRAMES_A_TURN = 512;
const RETRY_MS_FIRST = 50;
/** A file write a commit would cost more than reading these frames once more. */
const SKIPPED_SAVE_MS = 1_000;

/**
 * One log's way to a broker: reads by position, gathers by linger and size, sends one batch at a time and gathers the next
 * meanwhile. It alone retries, for ever: while the broker is away nothing is lost, only the lag of this reader grows.
 */
export class BrokerSink {
  readonly #options: BrokerSinkOptions;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #closed: Promise<void> | undefined;
  #sending = false;
  #draining = false;
  #savedMs = 0;
  #acknowledged: number;

  constructor(options: BrokerSinkOptions) {
    this.#options = options;
    this.#acknowledged = options.reader.position;
    options.counters.set(options.counters.index.position, this.#acknowledged);
    this.#ended = this.#run();
  }

  /** Frames may have been committed. */
  wake(): void {
    this.#bell.ring();
  }

  /** Sends what is committed now, for at most `drainMs`, then stops. What was not acknowledged is sent after the next start. */
  close(drainMs: number): Promise<void> {
    return (this.#closed ??= this.#close(drainMs));
  }

  async #close(drainMs: number): Promise<void> {
    this.#draining = true;
    this.#bell.ring();
    const timer = setTimeout(() => this.#abort(), drainMs);
    await this.#ended;
    clearTimeout(timer);
    this.#options.reader.close();
    await this.#options.connection.close();
  }

  #abort(): void {
    this.#stop.abort();
    this.#bell.ring();
  }

  async #run(): Promise<void> {
    let [gathering, spare] = [new Batch(), new Batch()];
    let sent: Promise<void> = Promise.resolve();
    while (!this.#stop.signal.aborted && (await this.#gather(gathering))) {
      await sent;
      sent = this.#send(gathering);
      [gathering, spare] = [spare, gathering];
      gathering.clear();
    }
    await sent;
  }

  /** Fills the batch until it is due; false when there is nothing more and the sink is draining. */
  async #gather(batch: Batch): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
      const more = this.#fill(batch);
      if (this.#isFull(batch)) return true;
      if (more) {
        await delay(0);
        continue;
      }
      const isEmpty = batch.records.length === 0;
      if (isEmpty) this.#skipUnpublished(batch);
      if (this.#draining && !this.#sending) return !isEmpty;
      const leftMs =
        isEmpty || this.#sending ? undefined : batch.startedMs + this.#options.bounds.lingerMs - Date.now();
      if (leftMs !== undefined && leftMs <= 0) return true;
      await this.#bell.wait(leftMs);
    }
    return false;
  }

  #isFull({ records, sizeBytes }: Batch): boolean {
    const { batchBytes, batchRecords } = this.#options.bounds;
    return records.length >= batchRecords || sizeBytes >= batchBytes;
  }

  /** Takes one turn's frames; false when the log gave fewer than asked for: there are no more. */
  #fill(batch: Batch): boolean {
    const { reader, counters } = this.#options;
    const room = Math.min(FRAMES_A_TURN, this.#options.bounds.batchRecords - batch.records.length);
    const taken = reader.poll(frame => this.#take(batch, frame), room);
    counters.set(counters.index.dropped, reader.skippedFrames);
    if (taken > 0) batch.nextPosition = reader.position;
    this.#tellLag(batch.records.length > 0);
    return taken === room;
  }

  #take(batch: Batch, frame: SinkFrame): void {
    const rendered = this.#options.render(frame);
    if (rendered === undefined || this.#options.only?.has(rendered.topic) === false) return;
    if (batch.records.length === 0) batch.startedMs = Date.now();
    for (const { key, data } of rendered.items) {
      const { topic, position, timeMs } = rendered;
      batch.records.push({ topic, key, value: data, position, timeMs });
      batch.sizeBytes += key.length + data.length;
    }
  }

  /** Frames that are not published move the offset too, or a quiet log would be read again after every start. */
  #skipUnpublished(batch: Batch): void {
    const isDue = this.#draining || Date.now() - this.#savedMs > SKIPPED_SAVE_MS;
    if (this.#sending || batch.nextPosition === 0 || !isDue) return;
    this.#savedMs = Date.now();
    this.#acknowledge(batch.nextPosition);
    batch.nextPosition = 0;
  }

  async #send(batch: Batch): Promise<void> {
    const { counters, connection } = this.#options;
    const { records, nextPosition } = batch;
    batch.nextPosition = 0;
    this.#sending = true;
    for (let tries = 1; !this.#stop.signal.aborted; tries++) {
      try {
        await connection.publishBatch(records);
        if (tries > 1) this.#options.log.info({ tries, position: nextPosition }, 'the broker takes batches again');
        counters.add(counters.index.published, records.length);
        counters.add(counters.index.batches, 1);
        counters.set(counters.index.failing, 0);
        this.#acknowledge(nextPosition);
        break;
      } catch (error) {
        await this.#waitBeforeRetry(tries, error);
      }
    }
    this.#sending = false;
    this.#bell.ring();
  }

  #acknowledge(nextPosition: number): void {
    const { counters, offset, reader } = this.#options;
    offset.save(nextPosition);
    counters.set(counters.index.position, nextPosition);
    this.#acknowledged = nextPosition;
    this.#tellLag(reader.position > nextPosition);
  }

  #tellLag(isPending: boolean): void {
    const { counters, reader } = this.#options;
    const unacknowledged = isPending || this.#sending ? reader.position - this.#acknowledged : 0;
    counters.set(counters.index.lag, reader.lag() + unacknowledged);
  }

  async #waitBeforeRetry(tries: number, error: unknown): Promise<void> {
    const { counters, log, bounds } = this.#options;
    counters.add(counters.index.retries, 1);
    counters.set(counters.index.failing, 1);
    if (tries === 1) log.warn({ err: error }, 'the broker does not take batches; the reader waits and lags');
    const waitMs = Math.min(bounds.retryMsMax, RETRY_MS_FIRST * 2 ** Math.min(tries - 1, 16));
    await delay(waitMs, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}
