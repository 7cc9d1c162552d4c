import type { Log } from '../observe/index.js';

/** One record on its way to a broker. Records of one key keep their order. */
export interface BrokerRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** What the value is encoded as by the sink's options: it is sent in its place. */
  readonly bytes?: Buffer;
  /**
   * The log and the position in it that the record came from, sent as the headers `log` and `position`: each log counts by itself, and a
   * consumer drops a pair that it has already seen.
   */
  readonly log: string;
  readonly position: number;
  readonly timeMs: number;
}

/** The code of a PublishError that says: these records are too large together, and will be however often they come. */
export const TOO_LARGE = 'HR_PUBLISH_TOO_LARGE';

/** What a driver is given besides its options. */
export interface BrokerContext {
  readonly log: Log;
  /** Where the relative paths of secrets begin. */
  readonly folder: string;
}

/** An open connection to a broker. */
export interface BrokerConnection {
  /**
   * Sends one batch and resolves when the broker has acknowledged every record of it. Rejects with PublishError when it has
   * not: the same batch is then given again, by the journal reader, which alone retries; in halves when the error's code is TOO_LARGE. Never
   * called twice at a time.
   */
  publishBatch(records: readonly BrokerRecord[]): Promise<void>;
  /** Closes; a second call does nothing. */
  close(): Promise<void>;
}

/** The one contract of brokers. `open` does not wait for the broker: it may be away for hours. */
export interface BrokerDriver<Options> {
  readonly name: string;
  readonly summary: string;
  open(options: Options, context: BrokerContext): BrokerConnection;
}
