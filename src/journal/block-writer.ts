import { FRAME_HEADER_SIZE, GROUP_END, alignFrame } from '../model/index.js';
import {
  BLOCK_HEADER_SIZE,
  BLOCK_OVERHEAD,
  BLOCK_SIZE_BYTES,
  BLOCK_TIME_NS,
  BLOCK_TRAILER_SIZE,
  HASH_SIZE,
  OWN_TYPE,
  SEGMENT_END_SIZE,
  SEGMENT_HEADER_SIZE,
  TRAILER,
  frameAfter,
} from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import type { Tail } from './tail.js';

/** A block whose frames are complete; its trailer still lacks the hash. Positions are byte positions in the log. */
export interface SealedBlock {
  readonly start: number;
  readonly trailer: number;
  readonly frameCount: number;
  /** Of the first frame after the block. */
  readonly sequence: number;
  readonly timeNs: bigint;
}

export interface BlockSink {
  blockSealed(block: SealedBlock): void;
  /** The segment holds all it can: its bytes are in the ring up to the writer's position. The next one begins. */
  segmentFull(firstSequence: number, timeNs: bigint): void;
}

export interface BlockWriterStart {
  readonly position: number;
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly hasSegment: boolean;
}

export interface BlockWriterOptions {
  readonly tail: Tail;
  readonly segmentSizeBytes: number;
  readonly chained: boolean;
  readonly bootId: Uint8Array;
  readonly start: BlockWriterStart;
  readonly sink: BlockSink;
}

/** Encodes a trailer; with `hashes` its final form, without them the form that waits for the flusher. */
export function encodeTrailer(block: SealedBlock, hashes?: { previous: Uint8Array; hash: Uint8Array }): Uint8Array {
  const trailer = FrameBuffer.ofSize(BLOCK_TRAILER_SIZE);
  trailer.writeHead(0, BLOCK_TRAILER_SIZE, OWN_TYPE.blockTrailer, hashes === undefined ? 0 : 1);
  if (hashes !== undefined) {
    trailer.bytes.set(hashes.previous.subarray(0, HASH_SIZE), TRAILER.previousHash);
    trailer.bytes.set(hashes.hash.subarray(0, HASH_SIZE), TRAILER.hash);
  }
  trailer.view.setUint32(TRAILER.blockSize, block.trailer - block.start, true);
  trailer.view.setUint32(TRAILER.frameCount, block.frameCount, true);
  stampAt(trailer, block.sequence, block.timeNs);
  return trailer.bytes;
}

function stampAt(frame: FrameBuffer, sequence: number, timeNs: bigint): void {
  frame.stamp(0, sequence, Number(BigInt.asIntN(32, timeNs)), Number(BigInt.asIntN(32, timeNs >> 32n)));
}

/** What a batch may need beside its frames: two neighbouring blocks hold more than one block's size together. */
function overheadOf(sizeBytes: number): number {
  return (Math.ceil(sizeBytes / (BLOCK_SIZE_BYTES / 2 - BLOCK_OVERHEAD)) + 2) * BLOCK_OVERHEAD;
}

/**
 * Numbers, stamps and packs staged groups into blocks and segments, in the tail ring. It makes no system call: the sink writes.
 * The Rust crate does the same to the byte (native/journal/src/block_writer.rs).
 */
export class BlockWriter {
  position: number;
  sequence: number;
  timeNs: bigint;
  readonly #o: BlockWriterOptions;
  #blockStart = -1;
  #blockFirstNs = 0n;
  #blockFrames = 0;
  #hasSegment: boolean;
  #header = FrameBuffer.ofSize(BLOCK_HEADER_SIZE);
  #end = FrameBuffer.ofSize(SEGMENT_END_SIZE);

  constructor(options: BlockWriterOptions) {
    this.#o = options;
    ({ position: this.position, sequence: this.sequence, timeNs: this.timeNs } = options.start);
    this.#hasSegment = options.start.hasSegment;
    this.#header.bytes.set(options.bootId, FRAME_HEADER_SIZE + 16);
  }

  get isBlockOpen(): boolean {
    return this.#blockStart >= 0;
  }

  /** Whether a batch of this size may need a segment beyond the current one. */
  mayRotate(sizeBytes: number): boolean {
    return !this.#hasSegment || this.#room() < sizeBytes + overheadOf(sizeBytes);
  }

  /** Where the ring may be written to by a batch of this size, at most. */
  reachOf(sizeBytes: number): number {
    const from = this.mayRotate(sizeBytes) ? this.#nextSegmentStart() + SEGMENT_HEADER_SIZE : this.position;
    return from + sizeBytes + overheadOf(sizeBytes);
  }

  append(staged: FrameBuffer, sizeBytes: number, nowNs: bigint): void {
    if (nowNs > this.timeNs) this.timeNs = nowNs;
    const low = Number(BigInt.asIntN(32, this.timeNs));
    const high = Number(BigInt.asIntN(32, this.timeNs >> 32n));
    let runStart = 0;
    for (let at = 0; at < sizeBytes;) {
      const firstSequence = this.sequence;
      const end = this.#stampGroup(staged, at, low, high);
      if (!this.#fits(at - runStart, end - at)) {
        this.#put(staged, runStart, at);
        this.#makeRoom(end - at, firstSequence);
        runStart = at;
      }
      this.#blockFrames += this.sequence - firstSequence;
      at = end;
    }
    this.#put(staged, runStart, sizeBytes);
  }

  /** Closes the open block with a trailer that waits for its hash. */
  seal(sequence = this.sequence): void {
    if (this.#blockStart < 0) return;
    if (this.#o.chained) {
      const block: SealedBlock = {
        start: this.#blockStart,
        trailer: this.position,
        frameCount: this.#blockFrames,
        sequence,
        timeNs: this.timeNs,
      };
      this.#putOwn(encodeTrailer(block));
      this.#o.sink.blockSealed(block);
    }
    this.#blockStart = -1;
  }

  /** Writes a block of no frames: its header says that everything before it is synced. */
  appendClosingBlock(): void {
    if (!this.#hasSegment || this.#room() < BLOCK_OVERHEAD) return;
    this.#openBlock(this.sequence);
    this.seal();
  }

  #stampGroup(staged: FrameBuffer, from: number, low: number, high: number): number {
    let at = from;
    for (;;) {
      const isLast = staged.typeAt(at) >= GROUP_END;
      staged.stamp(at, this.sequence++, low, high);
      at = frameAfter(staged, at);
      if (isLast) return at;
    }
  }

  #fits(pending: number, groupSize: number): boolean {
    if (this.#blockStart < 0 || this.timeNs - this.#blockFirstNs >= BLOCK_TIME_NS) return false;
    const blockSize = this.position + pending + groupSize - this.#blockStart + BLOCK_TRAILER_SIZE;
    if (blockSize > BLOCK_SIZE_BYTES) return false;
    return this.#room() >= pending + groupSize + BLOCK_OVERHEAD;
  }

  #makeRoom(groupSize: number, firstSequence: number): void {
    this.seal(firstSequence);
    if (!this.#hasSegment || this.#room() < groupSize + BLOCK_OVERHEAD) this.#rotate(firstSequence);
    this.#openBlock(firstSequence);
  }

  #rotate(firstSequence: number): void {
    const next = this.#nextSegmentStart();
    if (this.#hasSegment) {
      this.#end.writeHead(0, FRAME_HEADER_SIZE, OWN_TYPE.segmentEnd, 0);
      stampAt(this.#end, firstSequence, this.timeNs);
      this.#putOwn(this.#end.bytes);
    }
    this.#o.sink.segmentFull(firstSequence, this.timeNs);
    this.position = next + SEGMENT_HEADER_SIZE;
    this.#hasSegment = true;
  }

  #openBlock(firstSequence: number): void {
    this.#blockStart = this.position;
    this.#blockFirstNs = this.timeNs;
    this.#blockFrames = 0;
    this.#header.setNumber(FRAME_HEADER_SIZE, this.#o.tail.syncedPosition);
    this.#header.setNumber(FRAME_HEADER_SIZE + 8, this.#o.tail.syncedSequence);
    this.#header.writeHead(0, BLOCK_HEADER_SIZE, OWN_TYPE.blockHeader, 0);
    this.#header.bytes.set(this.#o.bootId, FRAME_HEADER_SIZE + 16);
    stampAt(this.#header, firstSequence, this.timeNs);
    this.#putOwn(this.#header.bytes);
  }

  #put(staged: FrameBuffer, from: number, to: number): void {
    if (from === to) return;
    this.#o.tail.put(this.position, staged.bytes.subarray(from, to));
    this.position += to - from;
  }

  #putOwn(bytes: Uint8Array): void {
    this.#o.tail.put(this.position, bytes);
    this.position += alignFrame(bytes.length);
  }

  #room(): number {
    return this.#o.segmentSizeBytes - (this.position % this.#o.segmentSizeBytes);
  }

  /** Before the first segment the position is its start; else the start of the segment after the current one. */
  #nextSegmentStart(): number {
    return this.#hasSegment ? this.position + this.#room() : this.position;
  }
}
