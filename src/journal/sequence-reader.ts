import { FRAME_HEADER_SIZE } from '../model/index.js';
import type { LogFolder } from './folder.js';
import { OWN_TYPE, SEGMENT_HEADER_SIZE, frameAfter, isOwnType } from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import { MovingFrameView, type FrameView } from './frame-view.js';
import { PositionReader } from './position-reader.js';
import { segmentSizeOf } from './recovery.js';
import { findFrame, lastByte } from './segment-walk.js';

/** Every so many frames a segment's index holds an offset; a read walks at most so many heads. */
const STRIDE = 8;
const SEGMENTS_MAX = 16;
const READ_BYTES = 4096;
const GROW_BYTES = 256 * 1024;

interface SegmentIndex {
  readonly firstSequence: number;
  /** Offset of frame firstSequence + i × STRIDE. */
  readonly offsets: number[];
  /** Where the index goes on when the segment has grown, and the sequence there. */
  end: number;
  next: number;
  isEnded: boolean;
  /** Where frames are damaged and good ones follow. */
  readonly gaps: Gap[];
  /** The end behind which no good frame was found when it was last searched; -1 before. */
  searchedEnd: number;
}

/** Frames that cannot be read: `fromSequence` to the one before `nextSequence`, which lies at `offset`. */
interface Gap {
  readonly fromSequence: number;
  readonly nextSequence: number;
  readonly offset: number;
}

export interface SequenceReader {
  /** The frame of a sequence, valid until the next call; `undefined` when it is not in the files or its CRC is wrong. */
  read(sequence: number): FrameView | undefined;
  close(): void;
}

/**
 * Random reads by sequence from a log's files. The first read in a segment indexes it (some 50 ms for 64 MiB), later ones cost one
 * system call; the indexes of the 16 segments used last are kept.
 */
export function openSequenceReader(directory: string, name: string): SequenceReader {
  return new IndexedReader({ directory, name });
}

/** Where a walk to a frame begins: at its stride, or at the first good frame behind a gap in it. */
function offsetFor({ firstSequence, offsets, gaps }: SegmentIndex, sequence: number): number | undefined {
  const offset = offsets[Math.floor((sequence - firstSequence) / STRIDE)];
  const gap = gaps.findLast(({ fromSequence }) => fromSequence <= sequence);
  if (offset === undefined || gap === undefined) return offset;
  return sequence < gap.nextSequence ? undefined : Math.max(offset, gap.offset);
}

class IndexedReader implements SequenceReader {
  readonly #folder: LogFolder;
  readonly #indexes = new Map<number, SegmentIndex>();
  #files: PositionReader | undefined;
  #segmentSizeBytes = 0;
  #buffer = FrameBuffer.ofSize(READ_BYTES);
  readonly #view = new MovingFrameView(this.#buffer);

  constructor(folder: LogFolder) {
    this.#folder = folder;
  }

  read(sequence: number): FrameView | undefined {
    const found = this.#indexed(sequence) ?? this.#extended(sequence);
    if (found === undefined) return undefined;
    const offset = offsetFor(found.index, sequence);
    return offset === undefined ? undefined : this.#walk(this.#startOf(found.segment) + offset, sequence);
  }

  close(): void {
    this.#files?.close();
    this.#indexes.clear();
  }

  #startOf(segment: number): number {
    return (segment - 1) * this.#segmentSizeBytes;
  }

  #indexed(sequence: number): { segment: number; index: SegmentIndex } | undefined {
    for (const [segment, index] of this.#indexes) {
      if (sequence >= index.firstSequence && sequence < index.next) return { segment, index };
    }
    return undefined;
  }

  /** Indexes the segment that holds the sequence, or what it has grown by. */
  #extended(sequence: number): { segment: number; index: SegmentIndex } | undefined {
    const size = segmentSizeOf(this.#folder);
    if (size === undefined) return undefined;
    this.#segmentSizeBytes = size;
    this.#files ??= new PositionReader(this.#folder, size);
    const found = this.#files.segmentOf(sequence);
    if (found === undefined || sequence < found.header.firstSequence) return undefined;
    const { firstSequence } = found.header;
    const index = this.#indexes.get(found.index) ?? {
      firstSequence,
      offsets: [],
      end: SEGMENT_HEADER_SIZE,
      next: firstSequence,
      isEnded: false,
      gaps: [],
      searchedEnd: -1,
    };
    this.#grow(found.index, index);
    this.#keep(found.index, index);
    return sequence < index.next ? { segment: found.index, index } : undefined;
  }

  #keep(segment: number, index: SegmentIndex): void {
    this.#indexes.delete(segment);
    this.#indexes.set(segment, index);
    const oldest = this.#indexes.keys().next().value;
    if (this.#indexes.size > SEGMENTS_MAX && oldest !== undefined) this.#indexes.delete(oldest);
  }

  /** Indexes what the segment has grown by, a piece at a time: the zeros behind it are not read. */
  #grow(segment: number, index: SegmentIndex): void {
    let size = GROW_BYTES;
    while (!index.isEnded && size > 0) {
      size = this.#growBy(segment, index, size);
      if (size === 0 && this.#passDamage(segment, index)) size = GROW_BYTES;
    }
  }

  /** Goes on at the next good frame of the segment behind bytes that are none; false when there is none, as at a log's end. */
  #passDamage(segment: number, index: SegmentIndex): boolean {
    if (index.searchedEnd === index.end) return false;
    const rest = FrameBuffer.ofSize((this.#segmentSizeBytes - index.end) & ~7);
    this.#files?.read(this.#startOf(segment) + index.end, rest.bytes);
    const found = findFrame(rest, 8, lastByte(rest, 0), index.next);
    index.searchedEnd = index.end;
    if (found === rest.bytes.length) return false;
    // The later pages of a write under way may be seen before the earlier ones: what was bad then may be good now.
    this.#growBy(segment, index, rest.bytes.length);
    if (index.end > index.searchedEnd) return true;
    const gap = { fromSequence: index.next, nextSequence: rest.sequenceAt(found), offset: index.end + found };
    index.gaps.push(gap);
    index.end = gap.offset;
    index.next = gap.nextSequence;
    while (index.firstSequence + index.offsets.length * STRIDE < index.next) index.offsets.push(gap.offset);
    return true;
  }

  /** Returns how much to read next: more when a frame is longer than that, 0 at the end. */
  #growBy(segment: number, index: SegmentIndex, size: number): number {
    const rest = this.#segmentSizeBytes - index.end;
    const bytes = FrameBuffer.ofSize(Math.min(size, rest));
    const count = this.#files?.read(this.#startOf(segment) + index.end, bytes.bytes) ?? 0;
    const end = this.#indexFrames(index, bytes, count);
    index.end += end;
    if (end > 0) return GROW_BYTES;
    const length = count < FRAME_HEADER_SIZE ? 0 : bytes.lengthAt(0);
    return length > bytes.bytes.length && length <= rest ? (length + 7) & ~7 : 0;
  }

  /** Indexes the whole frames at the start of `bytes`; returns where they end. */
  #indexFrames(index: SegmentIndex, bytes: FrameBuffer, count: number): number {
    let at = 0;
    while (!index.isEnded && bytes.isFrame(at, count)) {
      const type = bytes.typeAt(at);
      const sequence = bytes.sequenceAt(at);
      if (type === OWN_TYPE.segmentEnd) index.isEnded = true;
      else if (!isOwnType(type)) {
        if (sequence !== index.next) break;
        if ((sequence - index.firstSequence) % STRIDE === 0) index.offsets.push(index.end + at);
        index.next++;
      }
      at = frameAfter(bytes, at);
    }
    return at;
  }

  /** Walks from an indexed frame to the one asked for, reading more where it does not lie in the bytes at hand. */
  #walk(position: number, sequence: number): FrameView | undefined {
    let base = position;
    let count = this.#load(base);
    for (let at = 0; ;) {
      const length = at + 32 <= count ? this.#buffer.lengthAt(at) : 0;
      const isWanted = length > 0 && this.#isShown(at) && this.#buffer.sequenceAt(at) === sequence;
      if (isWanted && this.#buffer.isFrame(at, count)) return this.#view.select(this.#buffer, at);
      if (length === 0 || isWanted) {
        if (at === 0 && !this.#widen(isWanted ? length : 0)) return undefined;
        base += at;
        at = 0;
        count = this.#load(base);
        continue;
      }
      at = frameAfter(this.#buffer, at);
    }
  }

  #isShown(at: number): boolean {
    return !isOwnType(this.#buffer.typeAt(at));
  }

  #load(position: number): number {
    return this.#files?.read(position, this.#buffer.bytes) ?? 0;
  }

  /** A longer buffer for a frame that does not fit; false when that is not what is wrong with it. */
  #widen(length: number): boolean {
    if (length + 8 <= this.#buffer.bytes.length || length > this.#segmentSizeBytes) return false;
    this.#buffer = FrameBuffer.ofSize((length + READ_BYTES) & ~7);
    return true;
  }
}
