import { loadCrate, type NativeMode } from '../../src/native/index.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createTail,
  openLogReader,
  openLogWriter,
  type LogWriter,
  type LogWriterOptions,
} from '../../src/journal/index.js';

/** The native modes that can be tested here: the twin always, the crate where it is built. */
export const nativeModes: readonly NativeMode[] = loadCrate('prefer') === undefined ? ['off'] : ['off', 'require'];

/** A new folder for one test, and what removes it. */
export function temporaryFolder(): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-journal-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export const SMALL_SEGMENT = 256 * 1024;

/** Opens a chained log of small segments; `tail` is a ring of its own. */
export function openLog(
  directory: string,
  options: Partial<LogWriterOptions> = {},
): { writer: LogWriter; tail: SharedArrayBuffer } {
  const tail = options.tail ?? createTail(1024 * 1024);
  const writer = openLogWriter({
    directory,
    name: 'ledger',
    durability: 'os',
    chained: true,
    native: 'off',
    segmentSizeBytes: SMALL_SEGMENT,
    ...options,
    tail,
  });
  return { writer, tail };
}

/** The payload frame `sequence` of a test log has: its length and bytes follow from the sequence. */
export function payloadOf(sequence: number, sizeMax = 200): Uint8Array {
  const length = (sequence * 7919) % (sizeMax + 1);
  return Uint8Array.from({ length }, (_, index) => (sequence * 31 + index * 7 + 1) & 255);
}

/** Appends `count` frames in groups of `groupSize`, `groups` groups a commit. Returns the last status. */
export function appendFrames(writer: LogWriter, count: number, batch = { groupSize: 1, groups: 10 }): number {
  let status = 0;
  let inGroup = 0;
  let groups = 0;
  for (let index = 0; index < count; index++) {
    const sequence = writer.nextSequence;
    if (writer.stage({ type: 18, topic: sequence % 5, source: sequence }, payloadOf(sequence)) === 0) return 5;
    if (++inGroup < batch.groupSize && index < count - 1) continue;
    writer.endGroup();
    inGroup = 0;
    if (++groups < batch.groups && index < count - 1) continue;
    groups = 0;
    status = writer.commit(BigInt(sequence) * 1_000_000n);
    if (status !== 0) return status;
  }
  return status;
}

export interface ReadFrame {
  readonly sequence: number;
  readonly payload: Buffer;
  readonly timeNs: bigint;
  readonly groupEnd: boolean;
}

/** Every frame of a log from its files, or through its tail ring. */
export function readFrames(directory: string, tail?: SharedArrayBuffer): ReadFrame[] {
  const reader = openLogReader({ directory, name: 'ledger', from: 'oldest', ...(tail === undefined ? {} : { tail }) });
  const frames: ReadFrame[] = [];
  while (
    reader.poll(frame => {
      const { sequence, timeNs, groupEnd } = frame;
      frames.push({ sequence, payload: Buffer.from(frame.payload), timeNs, groupEnd });
    }, 1000) > 0
  );
  reader.close();
  return frames;
}

/** The first sequence whose frame is not that of `payloadOf`, or 0 when all frames are right and without a gap from `first`. */
export function firstWrong(frames: readonly ReadFrame[], first = 1): number {
  const index = frames.findIndex(
    ({ sequence, payload }, at) => sequence !== first + at || !payload.equals(payloadOf(sequence)),
  );
  return index < 0 ? 0 : (frames[index]?.sequence ?? 0);
}
