import { setTimeout as delay } from 'node:timers/promises';

import type { BrokerConnection } from '../broker/index.js';
import type { Counters, Log } from '../observe/index.js';
import { Batch, type BatchBounds } from './batch.js';
import { Bell } from './bell.js';
import { Delivery } from './delivery.js';
import type { OffsetFile } from './offset-file.js';
import type { EncodeRecord } from './proto-encoder.js';
import { RecordReader } from './record-reader.js';
import type { Render } from './rendering.js';
import { SavedPlace } from './saved-place.js';
import type { SinkCounter } from './sink-counters.js';
import type { SinkLog } from './sink-log.js';

export interface BrokerSinkOptions {
  readonly source: SinkLog;
  readonly render: Render;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  /** How records of some topics are encoded; of all others their JSON is sent. */
  readonly encodings?: ReadonlyMap<string, EncodeRecord>;
  readonly connection: BrokerConnection;
  readonly offset: OffsetFile;
  readonly bounds: BatchBounds;
  readonly counters: Counters<SinkCounter>;
  readonly log: Log;
}

// A turn renders at most so many frames before it lets timers and sockets run.
const FRAMES_A_TURN = 512;
/** A file write a commit would cost more than reading these frames once more. */
const SKIPPED_SAVE_MS = 1_000;
/** How long closing waits for a connection that does not close. */
const CLOSE_MS_MAX = 1_000;

/**
 * One log's way to a broker: reads by position, gathers by linger and size, sends one batch at a time and gathers the next
 * meanwhile. It alone retries, for ever: while the broker is away nothing is lost, only the lag of this reader grows.
 */
export class BrokerSink {
  readonly #options: BrokerSinkOptions;
  readonly #delivery: Delivery;
  readonly #place: SavedPlace;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #reader: RecordReader;
  #closed: Promise<void> | undefined;
  #sending = false;
  #draining = false;
  #savedMs = 0;
  #droppedBefore = 0;
  /** Of this reader's rewound frames those that are counted. */
  #rewound = 0;

  /** Begins where it stopped. Throws InvariantError for an offset file that holds no position. */
  constructor(options: BrokerSinkOptions) {
    this.#options = options;
    const { offset, counters, log } = options;
    this.#reader = new RecordReader(options, offset.load() ?? 'oldest');
    this.#place = new SavedPlace(offset, this.#reader.position, log);
    this.#delivery = new Delivery({ ...options, stop: this.#stop.signal });
    counters.set(counters.index.position, this.#place.position);
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
    this.#place.close();
    this.#reader.close();
    const waited = new AbortController();
    const late = delay(CLOSE_MS_MAX, undefined, { signal: waited.signal }).catch(() => {});
    await Promise.race([this.#options.connection.close(), late]).finally(() => waited.abort());
  }

  #abort(): void {
    this.#stop.abort();
    this.#bell.ring();
  }

  /** Sends until it is closed. A log that cannot be read now is opened again at the place reached, after a wait. */
  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        return await this.#sendAll();
      } catch (error) {
        const { counters, log, bounds } = this.#options;
        counters.set(counters.index.failing, 1);
        log.error({ err: error, position: this.#place.position }, 'the sink cannot read its log; it tries again');
        if (this.#draining) return;
        await delay(bounds.retryMsMax, undefined, { signal: this.#stop.signal }).catch(() => {});
        this.#openAgain();
      }
    }
  }

  #openAgain(): void {
    this.#droppedBefore += this.#reader.skippedFrames;
    this.#rewound = 0;
    this.#reader.close();
    // It is behind the place when it stepped back and nothing was acknowledged since.
    this.#reader = new RecordReader(this.#options, Math.min(this.#place.position, this.#reader.position));
  }

  async #sendAll(): Promise<void> {
    const { bounds } = this.#options;
    let [gathering, spare] = [new Batch(bounds), new Batch(bounds)];
    let sent: Promise<void> = Promise.resolve();
    try {
      while (!this.#stop.signal.aborted && (await this.#gather(gathering))) {
        await sent;
        sent = this.#send(gathering);
        [gathering, spare] = [spare, gathering];
        gathering.clear();
      }
    } catch (error) {
      // What was read before the frame that failed goes its way.
      await sent;
      if (gathering.records.length > 0) await this.#send(gathering);
      throw error;
    }
    await sent;
  }

  /** Fills the batch until it is due; false when there is nothing more and the sink is draining. */
  async #gather(batch: Batch): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
      const more = this.#fill(batch);
      if (batch.isFull) return true;
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

  /** Takes one turn's frames; false when there are no more. */
  #fill(batch: Batch): boolean {
    const { counters } = this.#options;
    const refused = this.#reader.refusedRecords;
    const more = this.#reader.fill(batch, FRAMES_A_TURN);
    if (this.#reader.refusedRecords > refused) this.#tellRefused(this.#reader.refusedRecords - refused);
    counters.set(counters.index.dropped, this.#droppedBefore + this.#reader.skippedFrames);
    if (this.#reader.rewoundFrames > this.#rewound) this.#stepBack();
    this.#tellLag(batch.records.length > 0);
    return more;
  }

  /** Records that do not fit the message they are sent as. */
  #tellRefused(records: number): void {
    const { counters, log } = this.#options;
    counters.add(counters.index.deadLettered, records);
    log.error(
      { records, reason: this.#reader.refusedReason },
      'records do not fit their protobuf message: dead letters',
    );
  }

  /** The log lost frames that were read, and gives their positions again: what is acknowledged next brings the place back. */
  #stepBack(): void {
    const { counters, log } = this.#options;
    const frames = this.#reader.rewoundFrames - this.#rewound;
    this.#rewound += frames;
    counters.add(counters.index.rewound, frames);
    log.warn({ frames }, 'the sink had read frames that the log lost: it stepped back');
  }

  /** Frames that are not published move the offset too, or a quiet log would be read again after every start. */
  #skipUnpublished(batch: Batch): void {
    const isDue = this.#draining || Date.now() - this.#savedMs > SKIPPED_SAVE_MS;
    if (this.#sending || batch.nextPosition === 0 || !isDue) return;
    this.#savedMs = Date.now();
    this.#acknowledge(batch.nextPosition);
    batch.nextPosition = 0;
  }

  async #send({ records, nextPosition }: Batch): Promise<void> {
    this.#sending = true;
    const isDelivered = await this.#delivery.deliver(records);
    if (isDelivered && nextPosition > 0) this.#acknowledge(nextPosition);
    this.#sending = false;
    this.#bell.ring();
  }

  #acknowledge(nextPosition: number): void {
    const { counters } = this.#options;
    this.#place.set(nextPosition);
    counters.set(counters.index.position, nextPosition);
    this.#tellLag(this.#reader.position > nextPosition);
  }

  #tellLag(isPending: boolean): void {
    const { counters } = this.#options;
    const unacknowledged = isPending || this.#sending ? this.#reader.position - this.#place.position : 0;
    counters.set(counters.index.lag, this.#reader.lag() + Math.max(0, unacknowledged));
  }
}
