import { openLogReader } from '../journal/index.js';
import type { LogStart, SinkLog } from './sink-log.js';

/** Where a log of the journal lies; plain values, so that a worker can be given it. */
export interface JournalLogPlace {
  readonly name: string;
  readonly directory: string;
  /** From createTail; without it only the files are read. */
  readonly tail?: SharedArrayBuffer;
  /** How far sinks may read it; `committed` when left out. */
  readonly upTo?: 'committed' | 'synced';
  /** Indices (model TOPICS) of the topics its frames may carry. */
  readonly topics: readonly number[];
  readonly start?: LogStart | undefined;
}

/** A log of the journal for sinks: each reader has a position of its own, from shared memory or from disk. */
export function journalLog({ topics, start, ...place }: JournalLogPlace): SinkLog {
  return { name: place.name, topics, start, openReader: from => openLogReader({ ...place, from }) };
}
