import type { BrokerRecord } from '../broker/index.js';

/** How records are gathered into one send. */
export interface BatchBounds {
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly batchRecords: number;
  /** Longest wait between two tries of a batch. */
  readonly retryMsMax: number;
}

/** Records of one send. It never passes its bounds, except that a record longer than `batchBytes` is a batch of its own. */
export class Batch {
  records: BrokerRecord[] = [];
  startedMs = 0;
  isFull = false;
  /** The position behind the last frame whose records are all here or in an earlier batch; 0 while there is none. */
  nextPosition = 0;
  #sizeBytes = 0;
  readonly #bounds: BatchBounds;

  constructor(bounds: BatchBounds) {
    this.#bounds = bounds;
  }

  /** False, and full from then on, when the record would pass a bound. */
  tryAdd(record: BrokerRecord): boolean {
    const { batchBytes, batchRecords } = this.#bounds;
    const sizeBytes = this.#sizeBytes + Buffer.byteLength(record.key) + Buffer.byteLength(record.bytes ?? record.value);
    const isFirst = this.records.length === 0;
    if (!isFirst && (this.isFull || sizeBytes > batchBytes)) {
      this.isFull = true;
      return false;
    }
    if (isFirst) this.startedMs = Date.now();
    this.records.push(record);
    this.#sizeBytes = sizeBytes;
    this.isFull = this.records.length >= batchRecords || sizeBytes >= batchBytes;
    return true;
  }

  clear(): void {
    this.records = [];
    this.#sizeBytes = 0;
    this.nextPosition = 0;
    this.isFull = false;
  }
}
