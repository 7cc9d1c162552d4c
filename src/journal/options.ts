import type { NativeMode } from '../native/index.js';
import type { LogFolder } from './folder.js';

/**
 * What `committed` is worth: `none` nothing, `os` (written) survives the process, `group` and `each` survive the power once
 * `syncedSequence` has passed: one sync for a group of records, or as soon as possible after each commit.
 */
export type Durability = 'none' | 'os' | 'group' | 'each';

/** Whether what is acknowledged, or leaves for a sink, waits for the sync of its frame: only then does it survive the power. */
export function waitsForSync(durability: Durability): boolean {
  return durability === 'group' || durability === 'each';
}

/** A sync begins when one of these is reached since the last began. */
export interface GroupCommit {
  readonly records: number;
  readonly sizeBytes: number;
  readonly timeMs: number;
}

export const GROUP_COMMIT: GroupCommit = { records: 1000, sizeBytes: 1024 * 1024, timeMs: 2 };

export interface LogWriterOptions extends LogFolder {
  readonly durability: Durability;
  /** Whether blocks get trailers with a SHA-256 chain. */
  readonly chained: boolean;
  readonly native: NativeMode;
  /** From `createTail`: readers in other threads share it. */
  readonly tail: SharedArrayBuffer;
  /** 64 MiB; a multiple of 4096, at least 256 KiB. Fixed when the log is created. */
  readonly segmentSizeBytes?: number;
  readonly group?: Partial<GroupCommit>;
  /** The oldest segments are deleted while the log is larger; without it everything is kept. */
  readonly retainBytes?: number;
  /** Frames are taken while only the reserve is left: for a log whose owner itself refuses what can wait. */
  readonly mayUseReserve?: boolean;
  /** Starts in spite of damage: damaged frames are skipped and listed in `recovery.damage`. */
  readonly acceptDamage?: boolean;
  /** Rung after each commit: doorbells of the readers' loops (ring/). */
  readonly doorbells?: readonly SharedArrayBuffer[];
  /** Overrides the machine's boot id (16 bytes), where a container or a test has its own. */
  readonly bootId?: Uint8Array;
}

/** A place in a log's files where bytes are not what was written. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
  /** The first sequence that may be lost, and the first good one after it. */
  readonly fromSequence: number;
  readonly nextSequence: number;
  readonly reason: string;
}

/** What opening found and repaired. */
export interface Recovery {
  readonly lastSequence: number;
  /** Bytes of a torn tail, kept aside in `<name>.torn.<position>` and cut. */
  readonly tornBytes: number;
  /** Good frames of an unfinished group at the end, dropped. */
  readonly droppedFrames: number;
  readonly damage: readonly Damage[];
}
