import { HeadraceError, STATUS, invariant, statusName } from '../model/index.js';
import { loadCrate, type NativeMode } from '../native/index.js';
import { ringDoorbell } from '../ring/index.js';
import { lockLog } from './lock.js';
import { SEGMENT_SIZE_BYTES, currentBootId } from './format.js';
import { readSegmentHeader, segmentIndexes, segmentPath, type LogFolder } from './folder.js';
import { nodeDisk, type Disk } from './disk.js';
import { isDiskFull, journalFull } from './disk-full.js';
import { GROUP_COMMIT, waitsForSync, type LogWriterOptions, type Recovery } from './options.js';
import type { LogPart, LogPartOptions } from './part.js';
import { recoverLog, type Recovered } from './recovery.js';
import { writeSnapshotFile } from './snapshot.js';
import { Staging } from './staging.js';
import { LOG_STATE, Tail } from './tail.js';
import { NativeWriter } from './native-writer.js';
import { TwinWriter } from './twin-writer.js';

const SEGMENT_SIZE_MIN = 256 * 1024;
const STAGING_SIZE_MAX = 8 * 1024 * 1024;
const SEAL_MS = 10;

/** The one writer of a log; it belongs to the thread that opened it. */
export interface LogWriter {
  /** What opening found and repaired. */
  readonly recovery: Recovery;
  /** The sequence the next staged frame gets. */
  readonly nextSequence: number;
  /** Payloads are written here, at the offset `reserve` returns. */
  readonly staging: Uint8Array;
  /** Room for a frame with a payload of `length` bytes: its offset in `staging`, or -1 when there is no capacity: then `dropGroup()`. */
  reserve(type: number, topic: number, source: number, length: number): number;
  /** Stages a frame whose payload is copied. Returns its sequence, or 0 when there is no capacity. */
  stage(frame: { type: number; topic: number; source: number }, payload: Uint8Array): number;
  /** Closes the atomic group: the frames staged since the last call are committed together or not at all. */
  endGroup(): void;
  /** Forgets the frames staged since the last `endGroup`. */
  dropGroup(): void;
  /** Appends what is staged. Returns a status; on any but ok the batch was dropped. Once a batch; `nowNs` is UTC. */
  commit(nowNs: bigint): number;
  readonly committedSequence: number;
  readonly syncedSequence: number;
  /** Called on this thread's loop after `syncedSequence` moved, or the log failed. */
  onSynced(callback: () => void): void;
  /** `reserve`: no segment could be prepared, frames are taken only under `mayUseReserve`. `failed`: for ever. */
  state(): 'ok' | 'reserve' | 'failed';
  /** Syncs all that is committed and waits for it. Returns a status. */
  sync(): number;
  /**
   * Syncs all that is committed, so that no snapshot outlives its frames, and writes a snapshot at `committedSequence`; keeps the two newest.
   * Throws `HR_JOURNAL_FAILED` when the log could not be synced, and Node's error when the snapshot could not be written: the log goes on.
   */
  writeSnapshot(parts: readonly Uint8Array[]): void;
  /**
   * Deletes the oldest whole segments while the log is larger than `keepBytes`, never one that holds `fromSequence` or a later frame. Returns
   * how many, and the bytes still held.
   */
  retain(keepBytes: number, fromSequence: number): { readonly removed: number; readonly heldBytes: number };
  /** Syncs, closes the files, unlocks. Throws when what is committed could not be synced. */
  close(): void;
}

/**
 * Opens a log for writing: locks it, repairs its tail, and goes on where it ends. Throws a HeadraceError: `HR_JOURNAL_LOCKED`,
 * `HR_JOURNAL_DAMAGED` (names file:offset) or `HR_JOURNAL_FULL` (names the folder).
 */
export function openLogWriter(options: LogWriterOptions): LogWriter {
  return openLogWriterOn(nodeDisk, options);
}

/** The same with the twin's file calls going through `disk`: how the fault tests record and refuse them. */
export function openLogWriterOn(disk: Disk, options: LogWriterOptions): LogWriter {
  checkOptions(options);
  try {
    return openLocked(disk, options);
  } catch (error) {
    throw isDiskFull(error) ? journalFull(options, error) : error;
  }
}

function openLocked(disk: Disk, options: LogWriterOptions): LogWriter {
  nodeDisk.makeFolder(options.directory);
  const unlock = lockLog(options);
  try {
    return new FileLogWriter(disk, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function checkOptions({ name, segmentSizeBytes = SEGMENT_SIZE_BYTES, bootId }: LogWriterOptions): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new TypeError(`log name "${name}": lower-case letters, digits and hyphens`);
  if (segmentSizeBytes < SEGMENT_SIZE_MIN || segmentSizeBytes % 4096 !== 0 || segmentSizeBytes > 2 ** 30) {
    throw new RangeError(`segmentSizeBytes ${segmentSizeBytes}: a multiple of 4096 from ${SEGMENT_SIZE_MIN} to 2^30`);
  }
  if (bootId !== undefined && bootId.length !== 16) throw new RangeError('bootId: 16 bytes');
}

function openPart(native: NativeMode, disk: Disk, options: LogPartOptions): LogPart {
  const crate = loadCrate(native);
  return crate === undefined ? new TwinWriter(options, disk) : new NativeWriter(crate, options);
}

class FileLogWriter implements LogWriter {
  readonly recovery: Recovery;
  nextSequence: number;
  readonly #folder: LogFolder;
  readonly #o: LogWriterOptions;
  readonly #unlock: () => void;
  readonly #tail: Tail;
  readonly #staging: Staging;
  readonly #part: LogPart;
  readonly #segmentSizeBytes: number;
  #segmentIndex: number;
  #sealTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #onSynced = (): void => {};
  /** What was synced when the owner was last told so: the tail may be ahead of it. */
  #reportedSequence: number;

  constructor(disk: Disk, options: LogWriterOptions, unlock: () => void) {
    const bootId = options.bootId ?? currentBootId();
    const { recovery, end, segmentSizeBytes } = recoverLog({
      directory: options.directory,
      name: options.name,
      segmentSizeBytes: options.segmentSizeBytes ?? SEGMENT_SIZE_BYTES,
      bootId,
      acceptDamage: options.acceptDamage ?? false,
    });
    this.#o = options;
    this.#folder = { directory: options.directory, name: options.name };
    this.#unlock = unlock;
    this.recovery = recovery;
    this.nextSequence = end.sequence + 1;
    this.#segmentSizeBytes = segmentSizeBytes;
    this.#segmentIndex = end.currentIndex;
    this.#tail = new Tail(options.tail);
    this.#staging = new Staging(Math.min(this.#tail.sizeBytes / 4, segmentSizeBytes / 4, STAGING_SIZE_MAX));
    this.#reportedSequence = end.sequence;
    this.#part = this.#openPart(disk, end, bootId);
    this.#part.onSynced = () => this.#report();
  }

  get staging(): Uint8Array {
    return this.#staging.buffer.bytes;
  }

  get committedSequence(): number {
    return this.#tail.committedSequence;
  }

  get syncedSequence(): number {
    return this.#tail.syncedSequence;
  }

  reserve(type: number, topic: number, source: number, length: number): number {
    const state = this.#tail.state;
    if (this.#isClosed) return -1;
    if (state !== LOG_STATE.ok && (state === LOG_STATE.failed || this.#o.mayUseReserve !== true)) return -1;
    const offset = this.#staging.reserve(type | (topic << 16), source, length);
    if (offset >= 0) this.nextSequence++;
    return offset;
  }

  stage(frame: { type: number; topic: number; source: number }, payload: Uint8Array): number {
    const offset = this.reserve(frame.type, frame.topic, frame.source, payload.length);
    if (offset < 0) return 0;
    this.staging.set(payload, offset);
    return this.nextSequence - 1;
  }

  endGroup(): void {
    this.#staging.endGroup();
  }

  dropGroup(): void {
    this.nextSequence -= this.#staging.dropGroup();
  }

  commit(nowNs: bigint): number {
    const { sizeBytes, frameCount } = this.#staging;
    if (sizeBytes === 0) return STATUS.ok.code;
    invariant(!this.#isClosed, 'commit on a closed log');
    invariant(!this.#staging.isGroupOpen, 'commit with an open group: call endGroup or dropGroup first');
    const status = this.#part.commit(sizeBytes, nowNs);
    this.#staging.clear();
    if (status !== STATUS.ok.code) this.nextSequence -= frameCount;
    else this.#committed();
    return status;
  }

  #committed(): void {
    for (const doorbell of this.#o.doorbells ?? []) ringDoorbell(doorbell, this.#o.native);
    this.#armSeal();
  }

  onSynced(callback: () => void): void {
    this.#onSynced = callback;
  }

  #report(): void {
    this.#reportedSequence = this.syncedSequence;
    this.#onSynced();
  }

  state(): 'ok' | 'reserve' | 'failed' {
    const state = this.#tail.state;
    return state === LOG_STATE.ok ? 'ok' : state === LOG_STATE.reserve ? 'reserve' : 'failed';
  }

  sync(): number {
    return this.#part.sync();
  }

  writeSnapshot(parts: readonly Uint8Array[]): void {
    const status = this.sync();
    if (status !== STATUS.ok.code) {
      throw new HeadraceError('HR_JOURNAL_FAILED', `${this.#o.name} could not be synced: ${statusName(status)}`);
    }
    writeSnapshotFile(this.#folder, this.committedSequence, parts);
  }

  retain(keepBytes: number, fromSequence: number): { removed: number; heldBytes: number } {
    const position = this.#tail.committedPosition;
    const size = this.#segmentSizeBytes;
    const indexes = segmentIndexes(this.#folder).filter(index => (index - 1) * size <= position);
    let removed = 0;
    const heldBytes = (): number => position - ((indexes[removed] ?? 1) - 1) * size;
    while (heldBytes() > keepBytes && this.#isBefore(indexes[removed + 1], fromSequence)) {
      nodeDisk.remove(segmentPath(this.#folder, indexes[removed] as number));
      removed++;
    }
    return { removed, heldBytes: heldBytes() };
  }

  /** Whether all frames before a segment are older than `sequence`. */
  #isBefore(index: number | undefined, sequence: number): boolean {
    const header = index === undefined ? undefined : readSegmentHeader(this.#folder, index);
    return typeof header === 'object' && header.firstSequence <= sequence;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#sealTimer);
    const status = this.#part.close();
    this.#unlock();
    if (status !== STATUS.ok.code) {
      throw new HeadraceError('HR_JOURNAL_FAILED', `${this.#o.name} was closed unsynced: ${statusName(status)}`);
    }
  }

  #openPart(disk: Disk, end: Recovered['end'], bootId: Uint8Array): LogPart {
    this.#tail.beginLife(end.position, end.sequence, this.#segmentSizeBytes);
    const { durability, chained, group } = this.#o;
    const part = openPart(this.#o.native, disk, {
      folder: this.#folder,
      durability,
      chained,
      tail: this.#tail,
      staged: this.#staging.buffer,
      segmentSizeBytes: this.#segmentSizeBytes,
      group: { ...GROUP_COMMIT, ...group },
      bootId,
      end,
    });
    if (part.prepare()) return part;
    part.close();
    throw journalFull(this.#o);
  }

  /** A block that gets no further frames is closed all the same, so that the hash chain reaches what an auditor asks for. */
  #armSeal(): void {
    if (this.#sealTimer !== undefined) return;
    this.#sealTimer = setTimeout(() => {
      this.#sealTimer = undefined;
      this.#part.seal();
      if (this.#o.retainBytes !== undefined) this.#retainWhole(this.#o.retainBytes);
      if (this.#isSyncAwaited()) this.#armSeal();
    }, SEAL_MS);
    // Where replies wait for a sync, the loop is held until it is reported.
    if (!waitsForSync(this.#o.durability)) this.#sealTimer.unref();
  }

  #isSyncAwaited(): boolean {
    const isBehind = this.#reportedSequence < this.committedSequence;
    return waitsForSync(this.#o.durability) && isBehind && this.#tail.state !== LOG_STATE.failed;
  }

  /** Deletes the oldest segments, once a segment, so that with the one just begun filled the log is at most `retainBytes`. */
  #retainWhole(retainBytes: number): void {
    const size = this.#segmentSizeBytes;
    const index = Math.floor(this.#tail.committedPosition / size) + 1;
    if (index === this.#segmentIndex) return;
    this.#segmentIndex = index;
    this.retain(Math.floor(retainBytes / size) * size - 1, Number.MAX_SAFE_INTEGER);
  }
}
