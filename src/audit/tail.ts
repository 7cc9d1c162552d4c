import { openLogReader } from '../journal/index.js';
import { checkHeld } from './held-log.js';
import { foundFrame, type FoundFrame } from './found-frame.js';

const POLL_MS = 100;
const BATCH = 1000;

export interface TailOptions {
  readonly directory: string;
  readonly name: string;
  /** How many of the newest frames are shown first. */
  readonly count: number;
  /** Goes on with frames as they are committed, until the signal. */
  readonly follow?: AbortSignal;
}

/**
 * Shows the newest frames of a log, and with `follow` those that come, from the files of a log that may be written meanwhile. Throws ConfigError
 * when the folder holds no such log.
 */
export async function tail(options: TailOptions, show: (frame: FoundFrame) => void): Promise<void> {
  checkHeld(options.directory, options.name);
  const end = openLogReader({ ...options, from: 'tail' });
  const next = Math.max(1, end.position);
  end.close();
  const reader = openLogReader({ ...options, from: Math.max(1, next - options.count) });
  while (reader.poll(frame => show(foundFrame(frame)), BATCH) > 0);
  while (options.follow !== undefined && !options.follow.aborted) {
    if (reader.poll(frame => show(foundFrame(frame)), BATCH) === 0) await pause(options.follow);
  }
  reader.close();
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, POLL_MS);
    signal.addEventListener('abort', done);
  });
}
