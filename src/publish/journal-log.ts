import { openLogReader } from '../journal/index.js';
import type { LogStart, SinkLog } from './sink-log.js';

/** Where a log of the journal lies; plain values, so that a worker can be given it. */
export interface JournalLogPlace {
  readonly name: string;
  readonly directory: string;
  /** From createTail; without it only the files are read. */
  readonly tail?: SharedArrayBuffer;
  /** Indices (model TOPICS) of the topics its frames may carry. */
  readonly topics: readonly number[];
  readonly start?: LogStart | undefined;
}

/** A log of the journal for sinks: each reader has a position of its own, from shared memory or from disk. */
export function journalLog({ name, directory, tail, topics, start }: JournalLogPlace): SinkLog {
  return {
    name,
    topics,
    start,
    openReader: from => openLogReader({ directory, name, from, ...(tail === undefined ? {} : { tail }) }),
  };
}
