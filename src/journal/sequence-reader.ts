import type { LogFolder } from './folder.js';
import { OWN_TYPE, SEGMENT_HEADER_SIZE, frameAfter, isOwnType } from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import { MovingFrameView, type FrameView } from './frame-view.js';
import { PositionReader } from './position-reader.js';
import { segmentSizeOf } from './recovery.js';

/** Every so many frames a segment's index holds an offset; a read walks at most so many heads. */
const STRIDE = 8;
const SEGMENTS_MAX = 16;
const READ_BYTES = 4096;

interface SegmentIndex {
  readonly firstSequence: number;
  /** Offset of frame firstSequence + i × STRIDE. */
  readonly offsets: number[];
  /** Where the index goes on when the segment has grown, and the sequence there. */
  end: number;
  next: number;
  isEnded: boolean;
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

/** One frame by its sequence; opens and closes the log. */
export function readFrame(directory: string, name: string, sequence: number): FrameView | undefined {
  const reader = openSequenceReader(directory, name);
  try {
    return reader.read(sequence);
  } finally {
    reader.close();
  }
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
    const slot = Math.floor((sequence - found.index.firstSequence) / STRIDE);
    const offset = found.index.offsets[slot];
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

  #grow(segment: number, index: SegmentIndex): void {
    if (index.isEnded) return;
    const bytes = FrameBuffer.ofSize(this.#segmentSizeBytes - index.end);
    const count = this.#files?.read(this.#startOf(segment) + index.end, bytes.bytes) ?? 0;
    let at = 0;
    while (bytes.isFrame(at, count)) {
      const type = bytes.typeAt(at);
      const sequence = bytes.sequenceAt(at);
      if (type === OWN_TYPE.segmentEnd) index.isEnded = true;
      else if (!isOwnType(type)) {
        if (sequence !== index.next) break;
        if ((sequence - index.firstSequence) % STRIDE === 0) index.offsets.push(index.end + at);
        index.next++;
      }
      at = frameAfter(bytes, at);
      if (index.isEnded) break;
    }
    index.end += at;
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
