import { existsSync } from 'node:fs';

import type { Disk } from './disk.js';
import { filePath, segmentPath, type LogFolder } from './folder.js';
import { encodeSegmentHeader } from './format.js';
import { Preparation, prepareNow } from './preparation.js';

const RETRY_MS = 1000;

interface OpenSegment {
  readonly index: number;
  readonly fd: number;
}

export interface SegmentFilesOptions {
  readonly disk: Disk;
  readonly folder: LogFolder;
  readonly segmentSizeBytes: number;
  readonly chained: boolean;
  readonly bootId: Uint8Array;
  /** The segment the log ends in; 0 when the next frame begins segment `nextIndex`. */
  readonly currentIndex: number;
  readonly nextIndex: number;
}

/**
 * The twin's open files: the segment written, older ones not yet synced, the next one (prepared ahead) and the reserve.
 * `onState(true)` says that the next segment or the reserve could not be prepared, `onState(false)` that both are there again.
 */
export class SegmentFiles {
  readonly #o: SegmentFilesOptions;
  readonly #onState: (lacking: boolean) => void;
  #open: OpenSegment[] = [];
  #nextIndex: number;
  #next: OpenSegment | undefined;
  #hasReserve: boolean;
  #preparation: Preparation | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SegmentFilesOptions, onState: (lacking: boolean) => void) {
    this.#o = options;
    this.#onState = onState;
    this.#nextIndex = options.nextIndex;
    const { disk, folder, currentIndex } = options;
    if (currentIndex > 0) this.#open.push({ index: currentIndex, fd: disk.open(segmentPath(folder, currentIndex)) });
    const nextPath = segmentPath(folder, options.nextIndex);
    if (existsSync(nextPath)) this.#next = { index: options.nextIndex, fd: disk.open(nextPath) };
    this.#hasReserve = existsSync(filePath(folder, 'reserve'));
    this.#schedule(0);
  }

  /** The segments with bytes not yet known to be durable, oldest first; the last one is written to. */
  get open(): readonly { readonly index: number; readonly fd: number }[] {
    return this.#open;
  }

  write(position: number, bytes: Uint8Array): void {
    const { fd, offset } = this.#locate(position);
    this.#o.disk.write(fd, bytes, offset);
  }

  read(position: number, bytes: Uint8Array): void {
    const { fd, offset } = this.#locate(position);
    if (this.#o.disk.read(fd, bytes, offset) !== bytes.length)
      throw new Error(`log position ${position} cannot be read`);
  }

  /** Makes sure that the next segment is there, by the reserve if there is nothing else. False: no room at all. */
  ensureNext(): boolean {
    if (this.#next !== undefined) return true;
    const path = segmentPath(this.#o.folder, this.#nextIndex);
    this.#dropPreparation();
    const prepared = prepareNow(this.#o.disk, this.#o.folder, { path, sizeBytes: this.#o.segmentSizeBytes });
    if (typeof prepared === 'number') this.#next = { index: this.#nextIndex, fd: prepared };
    else this.#takeReserve(path);
    return this.#next !== undefined;
  }

  /** Begins the next segment: writes its header. */
  rotate(firstSequence: number, createdNs: bigint): void {
    const next = this.#next as OpenSegment;
    const { chained, bootId, segmentSizeBytes, disk } = this.#o;
    disk.write(
      next.fd,
      encodeSegmentHeader({ index: next.index, chained, firstSequence, createdNs, bootId, segmentSizeBytes }),
      0,
    );
    this.#open.push(next);
    this.#next = undefined;
    this.#nextIndex = next.index + 1;
    this.#schedule(0);
  }

  /** Closes the files of segments before `index`: they are durable. */
  closeBefore(index: number): void {
    for (const segment of this.#open.filter(open => open.index < index)) this.#o.disk.close(segment.fd);
    this.#open = this.#open.filter(open => open.index >= index);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#dropPreparation();
    for (const segment of this.#open) this.#o.disk.close(segment.fd);
    if (this.#next !== undefined) this.#o.disk.close(this.#next.fd);
    this.#open = [];
  }

  #locate(position: number): { fd: number; offset: number } {
    const index = Math.floor(position / this.#o.segmentSizeBytes) + 1;
    const segment = this.#open.find(open => open.index === index);
    if (segment === undefined) throw new Error(`segment ${index} of ${this.#o.folder.name} is not open`);
    return { fd: segment.fd, offset: position % this.#o.segmentSizeBytes };
  }

  #takeReserve(path: string): void {
    this.#onState(true);
    this.#schedule(RETRY_MS);
    if (!this.#hasReserve) return;
    this.#o.disk.rename(filePath(this.#o.folder, 'reserve'), path);
    this.#o.disk.syncFolder(this.#o.folder.directory);
    this.#hasReserve = false;
    this.#next = { index: this.#nextIndex, fd: this.#o.disk.open(path) };
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#prepareSlice(), delayMs);
    this.#timer.unref();
  }

  /** One slice a turn of the loop, so that the lane is never held for a whole segment. The reserve comes first. */
  #prepareSlice(): void {
    if (this.#isClosed) return;
    const path = this.#missingPath();
    if (path === undefined) return this.#onState(false);
    try {
      this.#preparation ??= new Preparation(this.#o.disk, this.#o.folder, this.#o.segmentSizeBytes);
      if (this.#preparation.advance()) this.#finish(path);
      this.#schedule(0);
    } catch {
      this.#dropPreparation();
      this.#onState(true);
      this.#schedule(RETRY_MS);
    }
  }

  #missingPath(): string | undefined {
    if (!this.#hasReserve) return filePath(this.#o.folder, 'reserve');
    return this.#next === undefined ? segmentPath(this.#o.folder, this.#nextIndex) : undefined;
  }

  #finish(path: string): void {
    const preparation = this.#preparation as Preparation;
    preparation.finish(path);
    this.#preparation = undefined;
    if (this.#hasReserve) this.#next = { index: this.#nextIndex, fd: preparation.fd };
    else this.#o.disk.close(preparation.fd);
    this.#hasReserve = true;
  }

  #dropPreparation(): void {
    this.#preparation?.abandon();
    this.#preparation = undefined;
  }
}
