import type { BrokerRecord } from '../broker/index.js';
import { PublishError } from '../model/index.js';
import type { Batch } from './batch.js';
import type { EncodeRecord } from './proto-encoder.js';
import { refusedRecord } from './refused-record.js';
import type { Render } from './rendering.js';
import type { SinkFrame, SinkLog, SinkReader } from './sink-log.js';

export interface RecordReaderOptions {
  readonly source: SinkLog;
  readonly render: Render;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly encodings?: ReadonlyMap<string, EncodeRecord>;
}

/** A log as the records of a sink. A frame may hold more records than a batch: the rest of it begins the next one. */
export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #reader: SinkReader;
  readonly #visit = (frame: SinkFrame): void => this.#take(frame);
  /** The records of the frame read last, and the first of them that no batch has. */
  #records: readonly BrokerRecord[] = [];
  #next = 0;
  /** The position behind that frame; 0 once all of it was moved. */
  #position = 0;

  /** Records that did not fit the message they are sent as, and why the last of them did not. */
  refusedRecords = 0;
  refusedReason = '';

  constructor(options: RecordReaderOptions, from: number | 'oldest') {
    this.#options = options;
    this.#reader = options.source.openReader(from);
  }

  /** The next sequence it will read. */
  get position(): number {
    return this.#reader.position;
  }

  get skippedFrames(): number {
    return this.#reader.skippedFrames;
  }

  get rewoundFrames(): number {
    return this.#reader.rewoundFrames;
  }

  lag(): number {
    return this.#reader.lag();
  }

  close(): void {
    this.#reader.close();
  }

  /** Fills the batch from at most `framesMax` frames; false when the log has no more. */
  fill(batch: Batch, framesMax: number): boolean {
    for (let count = 0; this.#moveTo(batch) && !batch.isFull && count < framesMax; count++) {
      if (this.#reader.poll(this.#visit, 1) === 0) return false;
    }
    return true;
  }

  /** Moves what is left of a frame; false when the batch has no room for all of it. */
  #moveTo(batch: Batch): boolean {
    for (; this.#next < this.#records.length; this.#next++) {
      if (!batch.tryAdd(this.#records[this.#next] as BrokerRecord)) return false;
    }
    if (this.#position > 0) batch.nextPosition = this.#position;
    this.#position = 0;
    return true;
  }

  #take(frame: SinkFrame): void {
    const { source, render, only } = this.#options;
    const rendered = render(frame);
    this.#position = frame.sequence + 1;
    this.#next = 0;
    this.#records = [];
    if (rendered === undefined || only?.has(rendered.topic) === false) return;
    const { topic, position, timeMs } = rendered;
    const shared = { topic, log: source.name, position, timeMs };
    const encode = this.#options.encodings?.get(topic);
    this.#records = rendered.items.flatMap(({ key, data }) => {
      const record = { ...shared, key, value: data };
      return encode === undefined ? [record] : this.#encoded(record, encode);
    });
  }

  /** The record as its message; one that does not fit is a dead letter that says why, and where in the log it lies. */
  #encoded(record: BrokerRecord, encode: EncodeRecord): readonly BrokerRecord[] {
    try {
      return [{ ...record, bytes: encode(record.value) }];
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      this.refusedRecords++;
      this.refusedReason = error.message;
      const letter = refusedRecord(record, error.message);
      return this.#options.only?.has(letter.topic) === false ? [] : [letter];
    }
  }
}
