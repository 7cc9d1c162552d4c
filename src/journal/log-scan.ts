import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';

import { FRAME, FRAME_HEADER_SIZE, GROUP_END } from '../model/index.js';
import { encodeTrailer, type SealedBlock } from './block-writer.js';
import { nodeDisk } from './disk.js';
import { readSegmentHeader, segmentPath, type LogFolder } from './folder.js';
import {
  BLOCK_TRAILER_SIZE,
  HASH_SIZE,
  OWN_TYPE,
  SEGMENT_HEADER_SIZE,
  TRAILER,
  decodeSegmentHeader,
  frameAfter,
} from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import { lastByte, walkSegment, type BadRegion } from './segment-walk.js';

/** A bad region with its place in the log. */
export interface Suspect extends BadRegion {
  readonly segmentIndex: number;
  readonly position: number;
  readonly reason: string;
  /** The bytes may be a frame whose write was cut off: a length, and zeros before the frame's end. */
  readonly looksTorn: boolean;
  /** The bytes may be a trailer whose overwrite was cut off. */
  readonly isTrailer: boolean;
}

/** A trailer that waits for its hash, as it should be. */
export interface TrailerRepair {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads segments one after the other and keeps what recovery must know: where the last whole group ends, the synced position the
 * block headers name, the boot that wrote last, the hash chain's head, trailers without hash, and everything suspect.
 */
export class LogScan {
  nextSequence = 1;
  timeNs = 0n;
  syncedPosition = 0;
  syncedSequence = 0;
  bootId: Uint8Array = new Uint8Array(16);
  lastHash: Uint8Array = new Uint8Array(HASH_SIZE);
  isChained = false;
  /** Behind the last good frame, and behind the last whole group. */
  endPosition = 0;
  groupEndPosition = 0;
  groupEndSequence = 0;
  isEnded = false;
  blockStart = -1;
  blockFrames = 0;
  /** Where a torn tail begins: the scan ends there. */
  stopAt = -1;
  readonly suspects: Suspect[] = [];
  readonly repairs: TrailerRepair[] = [];
  buffer: FrameBuffer;
  readonly #folder: LogFolder;
  readonly #segmentSizeBytes: number;

  constructor(folder: LogFolder, segmentSizeBytes: number) {
    this.#folder = folder;
    this.#segmentSizeBytes = segmentSizeBytes;
    this.buffer = FrameBuffer.ofSize(segmentSizeBytes);
  }

  startOf(index: number): number {
    return (index - 1) * this.#segmentSizeBytes;
  }

  /** Sets where the scan begins, from the first segment's header. */
  begin(index: number): void {
    const header = readSegmentHeader(this.#folder, index);
    if (typeof header === 'object') this.nextSequence = header.firstSequence;
    this.groupEndSequence = this.nextSequence - 1;
    this.endPosition = this.groupEndPosition = this.startOf(index) + SEGMENT_HEADER_SIZE;
  }

  segment(index: number): void {
    this.#load(index);
    this.#header(index);
    const start = this.startOf(index);
    this.blockStart = -1;
    this.endPosition = this.groupEndPosition = start + SEGMENT_HEADER_SIZE;
    this.groupEndSequence = this.nextSequence - 1;
    const walk = walkSegment(this.buffer, SEGMENT_HEADER_SIZE, this.nextSequence, {
      frame: (offset, sequence) => this.#frame(start, offset, sequence),
      own: (offset, type) => this.#own(start, offset, type),
      bad: region => this.#bad(index, region),
    });
    this.nextSequence = walk.nextSequence;
    this.isEnded = walk.isEnded;
    this.endPosition = start + walk.end;
  }

  /** Whether a segment holds nothing but zeros: it was preallocated. Uses the buffer. */
  isZero(index: number): boolean {
    this.#load(index);
    return lastByte(this.buffer, 0) === 0;
  }

  suspectHeadless(index: number): void {
    const { nextSequence: fromSequence } = this;
    this.#suspect(index, 'the segment has bytes but no header', {
      offset: 0,
      endOffset: SEGMENT_HEADER_SIZE,
      fromSequence,
      nextSequence: undefined,
    });
  }

  /** The open block's trailer, for a block that ends at `position` after `frameCount` frames. */
  trailerAt(position: number, sequence: number): TrailerRepair {
    const start = this.blockStart % this.#segmentSizeBytes;
    const block: SealedBlock = {
      start: this.blockStart,
      trailer: position,
      frameCount: this.blockFrames,
      sequence,
      timeNs: this.timeNs,
    };
    const bytes = this.buffer.bytes.subarray(start, start + position - this.blockStart);
    const hash = createHash('sha256').update(this.lastHash).update(bytes).digest();
    const repair = { position, bytes: encodeTrailer(block, { previous: this.lastHash, hash }) };
    this.lastHash = hash;
    return repair;
  }

  #load(index: number): void {
    const fd = openSync(segmentPath(this.#folder, index), 'r');
    try {
      const count = nodeDisk.read(fd, this.buffer.bytes, 0);
      this.buffer.bytes.fill(0, count);
    } finally {
      closeSync(fd);
    }
  }

  #header(index: number): void {
    const header = decodeSegmentHeader(this.buffer);
    if (header !== undefined && header.index === index && header.firstSequence === this.nextSequence) {
      this.isChained = header.chained;
      return;
    }
    const next = header?.index === index ? header.firstSequence : undefined;
    const reason =
      next === undefined ? 'the segment header is not valid' : `sequence ${this.nextSequence} was expected`;
    this.#suspect(index, reason, {
      offset: 0,
      endOffset: SEGMENT_HEADER_SIZE,
      fromSequence: this.nextSequence,
      nextSequence: next ?? this.nextSequence,
    });
    if (next !== undefined && next > this.nextSequence) this.nextSequence = next;
  }

  #frame(start: number, offset: number, sequence: number): void {
    this.blockFrames++;
    if (this.buffer.typeAt(offset) < GROUP_END) return;
    this.groupEndSequence = sequence;
    this.groupEndPosition = start + frameAfter(this.buffer, offset);
    this.timeNs = this.buffer.view.getBigUint64(offset + FRAME.timeNs, true);
  }

  #own(start: number, offset: number, type: number): void {
    if (type === OWN_TYPE.blockHeader) this.#blockHeader(start + offset, offset);
    if (type === OWN_TYPE.blockTrailer) this.#blockTrailer(start + offset, offset);
    this.groupEndSequence = this.buffer.sequenceAt(offset) - 1;
    this.groupEndPosition = start + frameAfter(this.buffer, offset);
  }

  #blockHeader(position: number, offset: number): void {
    this.blockStart = position;
    this.blockFrames = 0;
    this.syncedPosition = Math.max(this.syncedPosition, this.buffer.numberAt(offset + FRAME_HEADER_SIZE));
    this.syncedSequence = Math.max(this.syncedSequence, this.buffer.numberAt(offset + FRAME_HEADER_SIZE + 8));
    this.bootId = this.buffer.bytes.slice(offset + FRAME_HEADER_SIZE + 16, offset + FRAME_HEADER_SIZE + 32);
    this.timeNs = this.buffer.view.getBigUint64(offset + FRAME.timeNs, true);
  }

  #blockTrailer(position: number, offset: number): void {
    if (this.buffer.sourceAt(offset) === 1) {
      this.lastHash = this.buffer.bytes.slice(offset + TRAILER.hash, offset + TRAILER.hash + HASH_SIZE);
    } else if (this.blockStart >= 0) {
      this.repairs.push(this.trailerAt(position, this.buffer.sequenceAt(offset)));
    }
    this.blockStart = -1;
  }

  #bad(index: number, region: BadRegion): boolean {
    if (this.startOf(index) + region.offset === this.stopAt) return false;
    const { offset, endOffset, fromSequence, nextSequence } = region;
    const isTrailer =
      this.blockStart >= 0 &&
      this.buffer.typeAt(offset) === OWN_TYPE.blockTrailer &&
      endOffset === offset + BLOCK_TRAILER_SIZE &&
      nextSequence === fromSequence;
    if (isTrailer) this.repairs.push(this.trailerAt(this.startOf(index) + offset, fromSequence));
    this.#suspect(index, 'no valid frame', region, isTrailer);
    this.blockStart = -1;
    return true;
  }

  #suspect(segmentIndex: number, reason: string, region: BadRegion, isTrailer = false): void {
    const length = region.offset === 0 ? 0 : this.buffer.lengthAt(region.offset);
    const looksTorn = length >= FRAME_HEADER_SIZE && region.endOffset < region.offset + length;
    const position = this.startOf(segmentIndex) + region.offset;
    this.suspects.push({ ...region, segmentIndex, position, reason, looksTorn, isTrailer });
  }
}
