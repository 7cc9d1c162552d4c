import { createHash } from 'node:crypto';

import type { Durability, GroupCommit } from './options.js';
import { encodeTrailer, type SealedBlock } from './block-writer.js';
import type { Disk } from './disk.js';
import type { SegmentFiles } from './segment-files.js';
import { LOG_STATE, type Tail } from './tail.js';

const OS_SYNC_MS = 1000;
/** Sealed blocks are hashed by the next sync, or by the commit that finds so many waiting. */
const SEALED_MAX = 64;

export interface TwinFlusherOptions {
  readonly disk: Disk;
  readonly files: SegmentFiles;
  readonly tail: Tail;
  readonly durability: Durability;
  readonly group: GroupCommit;
  readonly segmentSizeBytes: number;
  readonly lastHash: Uint8Array;
}

/**
 * When and how the twin syncs: hashes the sealed blocks, writes their trailers, then fdatasync on a thread of Node's pool. At most
 * one sync is under way. After an error it never syncs again: a page the kernel failed to write may be dropped and marked clean.
 */
export class TwinFlusher {
  readonly #o: TwinFlusherOptions;
  readonly #onSynced: () => void;
  #sealed: SealedBlock[] = [];
  #lastHash: Uint8Array;
  #written = { position: 0, sequence: 0 };
  #records = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSyncing = false;
  #isClosed = false;

  constructor(options: TwinFlusherOptions, onSynced: () => void) {
    this.#o = options;
    this.#onSynced = onSynced;
    this.#lastHash = options.lastHash;
    this.#written = { position: options.tail.committedPosition, sequence: options.tail.committedSequence };
  }

  addSealed(block: SealedBlock): void {
    this.#sealed.push(block);
  }

  /** Bytes up to here lie in the files. Starts a sync, or the timer of one, as the durability says. */
  written(position: number, sequence: number): void {
    this.#records += sequence - this.#written.sequence;
    this.#bytes += position - this.#written.position;
    this.#written = { position, sequence };
    if (this.#sealed.length > SEALED_MAX) this.finishBlocks();
    this.#decide();
  }

  /** Hashes the sealed blocks and writes their trailers. */
  finishBlocks(): void {
    for (const block of this.#sealed) {
      const bytes = new Uint8Array(block.trailer - block.start);
      if (!this.#o.tail.copy(block.start, bytes.length, bytes)) this.#o.files.read(block.start, bytes);
      const previous = this.#lastHash;
      this.#lastHash = createHash('sha256').update(previous).update(bytes).digest();
      this.#o.files.write(block.trailer, encodeTrailer(block, { previous, hash: this.#lastHash }));
    }
    this.#sealed = [];
  }

  /** Syncs everything written, and waits for it. Throws Node's error, and then the log has failed. */
  syncNow(): void {
    const target = this.#written;
    this.#isolate(() => {
      this.finishBlocks();
      for (const { fd } of this.#o.files.open) this.#o.disk.syncNow(fd);
    });
    this.#synced(target);
  }

  /** No sync is started any more; false while one still runs: its end is reported by `onSynced`. */
  close(): boolean {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    return !this.#isSyncing;
  }

  #decide(): void {
    const { durability, group } = this.#o;
    if (this.#isClosed || this.#isSyncing || this.#records + this.#bytes === 0) return;
    if (durability === 'each') this.#sync();
    else if (durability === 'os') this.#arm(OS_SYNC_MS);
    else if (durability === 'group') {
      if (this.#records >= group.records || this.#bytes >= group.sizeBytes) this.#sync();
      else this.#arm(group.timeMs);
    }
  }

  #arm(delayMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#sync(), delayMs);
    if (this.#o.durability === 'os') this.#timer.unref();
  }

  #sync(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isSyncing || this.#o.tail.state === LOG_STATE.failed) return;
    const target = this.#written;
    this.#records = this.#bytes = 0;
    try {
      this.#isolate(() => this.finishBlocks());
    } catch {
      return this.#onSynced();
    }
    this.#isSyncing = true;
    this.#syncFiles([...this.#o.files.open], target);
  }

  #syncFiles(open: { readonly fd: number }[], target: { position: number; sequence: number }): void {
    const segment = open.shift();
    if (segment === undefined) {
      this.#isSyncing = false;
      this.#synced(target);
      this.#onSynced();
      return this.#decide();
    }
    this.#o.disk.sync(segment.fd, error => {
      if (error === null) return this.#syncFiles(open, target);
      this.#isSyncing = false;
      this.#o.tail.state = LOG_STATE.failed;
      this.#onSynced();
    });
  }

  #synced(target: { position: number; sequence: number }): void {
    if (target.position <= this.#o.tail.syncedPosition) return;
    this.#o.tail.publishSynced(target.position, target.sequence);
    if (!this.#isSyncing && !this.#isClosed) {
      this.#o.files.closeBefore(Math.floor(target.position / this.#o.segmentSizeBytes) + 1);
    }
  }

  #isolate(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#o.tail.state = LOG_STATE.failed;
      throw error;
    }
  }
}
