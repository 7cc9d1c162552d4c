import type { Log } from '../observe/index.js';
import { OffsetFile } from './offset-file.js';
import type { SinkReport } from './publisher.js';
import type { LogStart } from './sink-log.js';

export interface RewindOptions {
  readonly reports: readonly SinkReport[];
  readonly logs: readonly { readonly name: string; readonly start?: LogStart | undefined }[];
  readonly offsetsFolder: string;
  readonly log: Log;
}

/**
 * Before the first reader of a run: where the log's durability is less than `group` a sink reads what is not synced yet, so after a power cut it may have
 * sent frames that the log no longer has. Their positions are given again, and a place beyond the log's end would pass the new frames over: it steps back to there.
 * The place is told from then on, so that a sink that cannot be opened has one. Throws InvariantError for an offset file that holds no position.
 */
export function rewindSinks({ reports, logs, offsetsFolder, log }: RewindOptions): void {
  for (const { sink, log: name, counters } of reports) {
    const next = logs.find(one => one.name === name)?.start?.nextSequence;
    const file = new OffsetFile(offsetsFolder, sink, name);
    const frames = next === undefined ? 0 : file.rewindTo(next);
    counters.set(counters.index.position, file.load() ?? 1);
    if (frames === 0) continue;
    counters.add(counters.index.rewound, frames);
    log.warn({ sink, log: name, position: next, frames }, 'the sink had sent frames that the log lost: it steps back');
  }
}
