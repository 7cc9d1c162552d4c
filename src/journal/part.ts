import type { Durability, GroupCommit } from './options.js';
import type { LogFolder } from './folder.js';
import type { FrameBuffer } from './frame-buffer.js';
import type { Tail } from './tail.js';

/** Where a writer begins: the end of the log as recovery left it. Positions are byte positions in the log. */
export interface LogEnd {
  readonly position: number;
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly lastHash: Uint8Array;
  /** The segment the log ends in; 0 when the next frame begins segment `nextIndex`. */
  readonly currentIndex: number;
  readonly nextIndex: number;
}

export interface LogPartOptions {
  readonly folder: LogFolder;
  readonly durability: Durability;
  readonly chained: boolean;
  readonly tail: Tail;
  readonly staged: FrameBuffer;
  readonly segmentSizeBytes: number;
  readonly group: GroupCommit;
  readonly bootId: Uint8Array;
  readonly end: LogEnd;
}

/** What the crate and the twin both do. Positions, sequences and the state are in the tail's shared memory. */
export interface LogPart {
  /** Makes sure that there is a segment to begin with; false when the disk has no room. */
  prepare(): boolean;
  /** Appends the first `sizeBytes` staged bytes: whole groups. Returns a status; on any but ok nothing was appended. */
  commit(sizeBytes: number, nowNs: bigint): number;
  /** Closes the open block and, at durability `none`, writes what is only in the ring. */
  seal(): number;
  /** Syncs all that is committed and waits for it. Returns a status. */
  sync(): number;
  /** Seals, syncs, and closes the files. Returns a status. */
  close(): number;
  /** Called on the writer's own loop after the synced position moved or the log failed; calls may be merged. */
  onSynced: () => void;
}
