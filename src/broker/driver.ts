import type { Log } from '../observe/index.js';

/** One record on its way to a broker. Records of one key keep their order. */
export interface BrokerRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** The journal position it came from, sent as the header `position`: a consumer drops what it has already seen. */
  readonly position: number;
  readonly timeMs: number;
}

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
   * not: the same batch is then given again, by the journal reader, which alone retries. Never called twice at a time.
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
