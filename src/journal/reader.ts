import { GROUP_END, alignFrame } from '../model/index.js';
import type { LogFolder } from './folder.js';
import { OWN_TYPE, SEGMENT_HEADER_SIZE, frameAfter, isOwnType } from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import { MovingFrameView, type FrameView } from './frame-view.js';
import { PositionReader } from './position-reader.js';
import { segmentSizeOf } from './recovery.js';
import { findFrame } from './segment-walk.js';
import { Tail } from './tail.js';

const CHUNK_BYTES = 256 * 1024;

export interface LogReaderOptions extends LogFolder {
  /** The writer's tail ring; without it only the files are read, as another process does. */
  readonly tail?: SharedArrayBuffer;
  /** The first sequence to show, the oldest kept (0 says the same), or what is committed from now on. */
  readonly from: number | 'oldest' | 'tail';
  /** How far it shows the log through the tail ring: what is committed (the default), or only what a power cut leaves. */
  readonly upTo?: 'committed' | 'synced';
}

export interface LogReader {
  /** The next sequence to be shown; 0 until the log exists. */
  readonly position: number;
  /** Frames that could not be shown: deleted by retention, or damaged. */
  readonly skippedFrames: number;
  /** Frames it had come past, and that the log's next writer in this process did not find any more: their sequences are given again. */
  readonly rewoundFrames: number;
  /** Shows up to `framesMax` committed (or synced) frames, in order; returns how many. Never waits. */
  poll(visit: (frame: FrameView) => void, framesMax: number): number;
  /** Committed (or synced) frames not yet shown; 0 without a tail ring. */
  lag(): number;
  close(): void;
}

/** A reader by position: from the tail ring where the bytes still are, else from the files, without a seam. */
export function openLogReader(options: LogReaderOptions): LogReader {
  return new FileLogReader(options);
}

class FileLogReader implements LogReader {
  skippedFrames = 0;
  rewoundFrames = 0;
  readonly #o: LogReaderOptions;
  readonly #tail: Tail | undefined;
  #files: PositionReader | undefined;
  #segmentSizeBytes = 0;
  /** The life of the tail ring that what is here belongs to. */
  #life = 0;
  #next = 0;
  /** The byte position of `#buffer`'s first byte, the offset of the next frame in it, and the end of what may be shown. */
  #base = 0;
  #at = 0;
  #end = 0;
  #buffer = FrameBuffer.ofSize(CHUNK_BYTES);
  readonly #view = new MovingFrameView(this.#buffer);

  constructor(options: LogReaderOptions) {
    this.#o = options.from === 0 ? { ...options, from: 'oldest' } : options;
    this.#tail = options.tail === undefined ? undefined : new Tail(options.tail);
    if (typeof this.#o.from === 'number') this.#next = this.#o.from;
    this.#locate();
  }

  get position(): number {
    return this.#next;
  }

  poll(visit: (frame: FrameView) => void, framesMax: number): number {
    if (this.#files === undefined && !this.#locate()) return 0;
    let count = 0;
    while (count < framesMax) {
      if (this.#at >= this.#end && !this.#fill()) break;
      const offset = this.#at;
      const type = this.#buffer.typeAt(offset);
      if (type === OWN_TYPE.segmentEnd) {
        this.#goTo(this.#startAfter(this.#base + offset));
        continue;
      }
      this.#at = frameAfter(this.#buffer, offset);
      if (isOwnType(type) || this.#buffer.sequenceAt(offset) < this.#next) continue;
      this.#next = this.#buffer.sequenceAt(offset) + 1;
      count++;
      visit(this.#view.select(this.#buffer, offset));
    }
    return count;
  }

  lag(): number {
    return this.#tail === undefined ? 0 : Math.max(0, this.#lastSequence(this.#tail) + 1 - this.#next);
  }

  close(): void {
    this.#files?.close();
    this.#at = this.#end = 0;
  }

  /** Finds the byte position to begin at; false while there is no log. */
  #locate(): boolean {
    const size = this.#tail === undefined ? segmentSizeOf(this.#o) : this.#tail.segmentSizeBytes;
    if (size === undefined || size === 0) return false;
    this.#segmentSizeBytes = size;
    this.#life = this.#tail?.life ?? 0;
    this.#files = new PositionReader(this.#o, size);
    if (!this.#locateInTail()) this.#locateInFiles();
    return true;
  }

  #endPosition(tail: Tail): number {
    return this.#o.upTo === 'synced' ? tail.syncedPosition : tail.committedPosition;
  }

  #lastSequence(tail: Tail): number {
    return this.#o.upTo === 'synced' ? tail.syncedSequence : tail.committedSequence;
  }

  /**
   * The position is loaded before the sequence, so it is never past it; frames before `#next` are passed over. It is the committed one for every
   * reader: where a segment was full a sync may end, and there no frame follows.
   */
  #locateInTail(): boolean {
    if (this.#tail === undefined) return false;
    const position = this.#tail.committedPosition;
    const committed = this.#tail.committedSequence;
    if (this.#o.from === 'tail') this.#next = Math.min(committed, this.#lastSequence(this.#tail)) + 1;
    if (this.#o.from === 'oldest' || this.#next <= committed) return false;
    this.#goTo(position);
    return true;
  }

  #locateInFiles(): void {
    const files = this.#files as PositionReader;
    const found = files.segmentOf(this.#o.from === 'oldest' ? 0 : this.#next || Infinity);
    this.#goTo(found === undefined ? 0 : files.startOf(found.index) + SEGMENT_HEADER_SIZE);
    const first = found?.header.firstSequence ?? 1;
    if (this.#o.from === 'oldest') this.#next = first;
    else if (this.#next === 0) this.#passToEnd();
    else if (first > this.#next) this.#skipTo(first);
  }

  /** Without a tail ring the end is found by reading up to it. */
  #passToEnd(): void {
    while (this.poll(() => {}, Infinity) > 0);
  }

  #skipTo(sequence: number): void {
    this.skippedFrames += Math.max(0, sequence - this.#next);
    this.#next = Math.max(this.#next, sequence);
  }

  #goTo(position: number): void {
    this.#base = position;
    this.#at = this.#end = 0;
  }

  #startAfter(position: number): number {
    return (Math.floor(position / this.#segmentSizeBytes) + 1) * this.#segmentSizeBytes + SEGMENT_HEADER_SIZE;
  }

  /** Loads the bytes from the next frame on; false when there is nothing to show yet. */
  #fill(): boolean {
    for (;;) {
      this.#goTo(this.#base + this.#at);
      if (this.#base % this.#segmentSizeBytes === 0) this.#base += SEGMENT_HEADER_SIZE;
      const loaded = this.#tail === undefined ? this.#loadFile(this.#buffer.bytes.length) : this.#loadShown(this.#tail);
      if (this.#tail !== undefined && this.#tail.life !== this.#life) {
        if (!this.#followLife(this.#tail)) return false;
        continue;
      }
      if (loaded < 0) return false;
      if (this.#end > 0) return true;
      if (!this.#advance(loaded)) return false;
    }
  }

  /**
   * Another writer has taken the log over, so what was loaded may be of neither. A reader beyond the end that it found steps back to there: at
   * durability `none` frames that were shown can be lost. False while the writer begins.
   */
  #followLife(tail: Tail): boolean {
    const { life, begin } = tail;
    this.#goTo(this.#base);
    if (life % 2 === 1 || tail.life !== life) return false;
    this.#goTo(Math.min(this.#base, begin.position));
    this.#life = life;
    this.#files?.close();
    this.#files = new PositionReader(this.#o, this.#segmentSizeBytes);
    const from = typeof this.#o.from === 'number' ? this.#o.from : 0;
    const next = Math.max(begin.sequence + 1, from);
    this.rewoundFrames += Math.max(0, this.#next - next);
    this.#next = Math.min(this.#next, next);
    return true;
  }

  /** Loads bytes that may be shown from the ring, else from the file. Returns how many, or -1 when there are none. */
  #loadShown(tail: Tail): number {
    const shown = this.#endPosition(tail) - this.#base;
    if (shown <= 0) return -1;
    const length = Math.min(shown, this.#buffer.bytes.length, tail.sizeBytes);
    if (!tail.copy(this.#base, length, this.#buffer.bytes)) return this.#loadFile(length);
    this.#end = this.#wholeFrames(length);
    return length;
  }

  #loadFile(length: number): number {
    const { bytes } = this.#buffer;
    const count = this.#files?.read(this.#base, length === bytes.length ? bytes : bytes.subarray(0, length)) ?? 0;
    this.#end = this.#goodFrames(count);
    return count;
  }

  /** Where the whole frames among `length` bytes of the ring end: nothing behind a segment's end belongs to it. */
  #wholeFrames(length: number): number {
    let at = 0;
    while (at + 32 <= length && at + alignFrame(this.#buffer.lengthAt(at)) <= length) {
      const isEnd = this.#buffer.typeAt(at) === OWN_TYPE.segmentEnd;
      at = frameAfter(this.#buffer, at);
      if (isEnd) break;
    }
    return at;
  }

  /** The same for bytes of a file: every CRC is checked, and no group is shown before its last frame is there. */
  #goodFrames(length: number): number {
    let groupEnd = 0;
    for (let at = 0; this.#buffer.isFrame(at, length);) {
      const type = this.#buffer.typeAt(at);
      at = frameAfter(this.#buffer, at);
      if (type >= GROUP_END || isOwnType(type) || this.#tail !== undefined) groupEnd = at;
      if (type === OWN_TYPE.segmentEnd) break;
    }
    return groupEnd;
  }

  /** Nothing could be shown of the bytes loaded: more are needed, the segment is over, or they are damaged. */
  #advance(loaded: number): boolean {
    const { bytes } = this.#buffer;
    const isFull = loaded === bytes.length && this.#buffer.isFrame(0, loaded);
    const isLong =
      loaded >= 32 && this.#buffer.lengthAt(0) > bytes.length && this.#buffer.lengthAt(0) <= this.#segmentSizeBytes / 4;
    if ((isFull || isLong) && bytes.length < this.#segmentSizeBytes) {
      this.#buffer = FrameBuffer.ofSize(bytes.length * 2);
      return true;
    }
    return loaded === 0 ? this.#passDeleted() : this.#passDamage();
  }

  /** The segment does not exist: retention took it, or it is yet to come. */
  #passDeleted(): boolean {
    const oldest = this.#files?.segmentOf(0);
    if (oldest === undefined || (this.#files?.startOf(oldest.index) as number) <= this.#base) return false;
    this.#skipTo(oldest.header.firstSequence);
    this.#goTo((this.#files?.startOf(oldest.index) as number) + SEGMENT_HEADER_SIZE);
    return true;
  }

  /** No good frame here: goes on at the next good one of the segment, else in the next segment, else waits. */
  #passDamage(): boolean {
    const rest = FrameBuffer.ofSize(this.#segmentSizeBytes - (this.#base % this.#segmentSizeBytes));
    this.#files?.read(this.#base, rest.bytes);
    if (rest.isFrame(0, rest.bytes.length)) return this.#tail === undefined ? false : true;
    const found = findFrame(rest, 8, rest.bytes.length, this.#next);
    if (found < rest.bytes.length) {
      if (!isOwnType(rest.typeAt(found))) this.#skipTo(rest.sequenceAt(found));
      this.#goTo(this.#base + found);
      return true;
    }
    const next = this.#files?.header((this.#files?.indexOf(this.#base) ?? 0) + 1);
    if (next === undefined) return false;
    this.#skipTo(next.firstSequence);
    this.#goTo(this.#startAfter(this.#base));
    return true;
  }
}
