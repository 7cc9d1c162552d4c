import { closeSync, openSync } from 'node:fs';

import { nodeDisk } from './disk.js';
import { lookThrough, readSegmentHeader, segmentPath, type LogFolder } from './folder.js';
import type { SegmentHeader } from './format.js';

/** Reads a log's files by byte position; keeps the segment read last open. */
export class PositionReader {
  readonly #folder: LogFolder;
  readonly #segmentSizeBytes: number;
  #index = 0;
  #fd = -1;

  constructor(folder: LogFolder, segmentSizeBytes: number) {
    this.#folder = folder;
    this.#segmentSizeBytes = segmentSizeBytes;
  }

  startOf(index: number): number {
    return (index - 1) * this.#segmentSizeBytes;
  }

  indexOf(position: number): number {
    return Math.floor(position / this.#segmentSizeBytes) + 1;
  }

  /** Bytes read into `into`, fewer where the segment ends; 0 where the segment does not exist (any more). */
  read(position: number, into: Uint8Array): number {
    const offset = position % this.#segmentSizeBytes;
    if (!this.#select(this.indexOf(position))) return 0;
    const length = Math.min(into.length, this.#segmentSizeBytes - offset);
    return nodeDisk.read(this.#fd, length === into.length ? into : into.subarray(0, length), offset);
  }

  /** The header of a segment that holds frames, `undefined` where there is none. */
  header(index: number): SegmentHeader | undefined {
    const header = readSegmentHeader(this.#folder, index);
    return typeof header === 'object' ? header : undefined;
  }

  /** The segment that holds `sequence`: the last one whose first sequence is not behind it; the oldest when all are. */
  segmentOf(sequence: number): { index: number; header: SegmentHeader } | undefined {
    return lookThrough(this.#folder, indexes => this.#lookFor(sequence, indexes));
  }

  #lookFor(
    sequence: number,
    indexes: readonly number[],
  ): { index: number; header: SegmentHeader } | undefined | 'gone' {
    let found: { index: number; header: SegmentHeader } | undefined;
    let isGone = false;
    for (const index of indexes) {
      const header = readSegmentHeader(this.#folder, index);
      isGone ||= header === 'gone';
      if (typeof header !== 'object') continue;
      if (found !== undefined && header.firstSequence > sequence) break;
      found = { index, header };
    }
    return found ?? (isGone ? 'gone' : undefined);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    this.#index = 0;
  }

  #select(index: number): boolean {
    if (this.#index === index) return true;
    this.close();
    try {
      this.#fd = openSync(segmentPath(this.#folder, index), 'r');
    } catch {
      return false;
    }
    this.#index = index;
    return true;
  }
}
