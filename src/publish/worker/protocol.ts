import type { KafkaOptions } from '../../broker/index.js';
import type { NativeMode } from '../../native/index.js';
import type { LogLevel } from '../../observe/index.js';
import type { JournalLogPlace } from '../journal-log.js';

/** The options of the sinks that run in the publish worker. */
export interface BrokerSinksConfig {
  readonly kafka?: KafkaOptions | undefined;
}

/** Everything the publish worker is given; memories are made by main. */
export interface PublishWorkerOptions {
  readonly sinks: BrokerSinksConfig;
  readonly logs: readonly JournalLogPlace[];
  /** Rung after each commit to any of the logs. */
  readonly doorbell: SharedArrayBuffer;
  /** Folder of the readers' own places. */
  readonly offsetsFolder: string;
  /** Where the relative paths of the configuration begin. */
  readonly configFolder: string;
  readonly native: NativeMode;
  readonly logLevel: LogLevel;
  /** Of createCounters(SINK_COUNTERS), by `sink.log`. */
  readonly counters: Readonly<Record<string, SharedArrayBuffer>>;
}

/** What the worker is told: send what is committed for at most `drainMs`, then end. */
export interface PublishOrder {
  readonly kind: 'close';
  readonly drainMs: number;
}
