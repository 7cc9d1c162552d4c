import { createHash } from 'node:crypto';
import { closeSync, readFileSync } from 'node:fs';

import { FRAME_HEADER_SIZE, GROUP_END } from '../model/index.js';
import { openIfThere, segmentPath, type LogFolder } from './folder.js';
import { HASH_SIZE, OWN_TYPE, SEGMENT_HEADER_SIZE, TRAILER, decodeSegmentHeader } from './format.js';
import { FrameBuffer } from './frame-buffer.js';
import { segmentSizeOf, usedSegments } from './recovery.js';
import { walkSegment, type BadRegion } from './segment-walk.js';

/** A place where a log is not what was written. */
export interface BrokenPlace {
  readonly file: string;
  readonly offset: number;
  /** The sequence expected there. */
  readonly sequence: number;
  readonly reason: string;
}

export interface VerifyReport {
  readonly directory: string;
  readonly name: string;
  readonly ok: boolean;
  /** The first broken place, and how many there are. */
  readonly firstBroken: BrokenPlace | undefined;
  readonly brokenCount: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly frameCount: number;
  readonly segmentCount: number;
  readonly countByType: Readonly<Record<number, number>>;
  /** Blocks under a valid trailer; frames behind the last of them are covered by their CRC alone. */
  readonly sealedBlocks: number;
  readonly unsealedFrames: number;
  /** Head of the hash chain, in hex: kept elsewhere, it proves that nothing before it was altered or cut. Empty without a chain. */
  readonly headHash: string;
}

/** Recomputes every CRC and the hash chain of a log, from its files alone. It may be run beside a writer. */
export function verifyLog(directory: string, name: string): VerifyReport {
  const verification = new Verification({ directory, name });
  return verification.run();
}

class Verification {
  readonly #folder: LogFolder;
  readonly #broken: BrokenPlace[] = [];
  readonly #countByType: Record<number, number> = {};
  #firstSequence = 0;
  #next = 0;
  #frameCount = 0;
  #sealedBlocks = 0;
  #unsealedFrames = 0;
  #lastHash: Uint8Array | undefined;
  #blockStart = -1;
  #blockFrames = 0;
  #file = '';
  #buffer = FrameBuffer.ofSize(SEGMENT_HEADER_SIZE);

  constructor(folder: LogFolder) {
    this.#folder = folder;
  }

  run(): VerifyReport {
    const used = usedSegments(this.#folder);
    const size = segmentSizeOf(this.#folder) ?? 0;
    used.forEach((index, at) => this.#segment(index, size, at === used.length - 1));
    return {
      ...this.#folder,
      ok: this.#broken.length === 0,
      firstBroken: this.#broken[0],
      brokenCount: this.#broken.length,
      firstSequence: this.#firstSequence,
      lastSequence: Math.max(0, this.#next - 1),
      frameCount: this.#frameCount,
      segmentCount: used.length,
      countByType: this.#countByType,
      sealedBlocks: this.#sealedBlocks,
      unsealedFrames: this.#unsealedFrames,
      headHash: this.#sealedBlocks === 0 ? '' : Buffer.from(this.#lastHash ?? []).toString('hex'),
    };
  }

  #segment(index: number, size: number, isLast: boolean): void {
    this.#file = segmentPath(this.#folder, index);
    const bytes = readIfThere(this.#file);
    if (bytes === undefined) return;
    this.#buffer = FrameBuffer.ofSize(Math.max(size, (bytes.length + 7) & ~7));
    this.#buffer.bytes.set(bytes);
    this.#checkHeader(index);
    this.#blockStart = -1;
    const walk = walkSegment(this.#buffer, SEGMENT_HEADER_SIZE, this.#next, {
      frame: offset => this.#frame(offset),
      own: (offset, type) => this.#own(offset, type),
      bad: region => this.#bad(region),
    });
    this.#next = walk.nextSequence;
    if (!isLast && !walk.isEnded && !walk.isBad)
      this.#report(walk.end, 'the segment has no end mark, and another follows');
  }

  #checkHeader(index: number): void {
    const header = decodeSegmentHeader(this.#buffer);
    if (header === undefined || header.index !== index) this.#report(0, 'the segment header is not valid');
    else if (this.#firstSequence === 0) this.#firstSequence = this.#next = header.firstSequence;
    else if (header.firstSequence !== this.#next) {
      this.#report(0, `the segment begins with sequence ${header.firstSequence}, ${this.#next} was expected`);
      this.#next = Math.max(this.#next, header.firstSequence);
    }
    if (this.#next === 0) this.#next = 1;
  }

  #frame(offset: number): void {
    const type = this.#buffer.typeAt(offset) & ~GROUP_END;
    this.#countByType[type] = (this.#countByType[type] ?? 0) + 1;
    this.#frameCount++;
    this.#blockFrames++;
    this.#unsealedFrames++;
  }

  #own(offset: number, type: number): void {
    if (type === OWN_TYPE.blockHeader) {
      this.#blockStart = offset;
      this.#blockFrames = 0;
      return;
    }
    if (this.#buffer.sourceAt(offset) === 1) this.#trailer(offset);
    this.#blockStart = -1;
  }

  #trailer(offset: number): void {
    const { bytes, view } = this.#buffer;
    const previous = bytes.slice(offset + TRAILER.previousHash, offset + TRAILER.previousHash + HASH_SIZE);
    const hash = bytes.slice(offset + TRAILER.hash, offset + TRAILER.hash + HASH_SIZE);
    if (this.#lastHash !== undefined && Buffer.compare(previous, this.#lastHash) !== 0) {
      this.#report(offset, 'the block does not follow the one before it: the hash chain is broken');
    }
    this.#lastHash = hash;
    if (this.#blockStart < 0) return this.#report(offset, 'a trailer without its block');
    const block = bytes.subarray(this.#blockStart, offset);
    const isRight = createHash('sha256').update(previous).update(block).digest().equals(hash);
    const isWhole =
      view.getUint32(offset + TRAILER.blockSize, true) === block.length &&
      view.getUint32(offset + TRAILER.frameCount, true) === this.#blockFrames;
    if (!isRight || !isWhole) this.#report(this.#blockStart, 'the block is not the one its trailer was made for');
    this.#sealedBlocks++;
    this.#unsealedFrames = 0;
  }

  #bad(region: BadRegion): boolean {
    this.#next = region.fromSequence;
    this.#report(region.offset, this.#reason(region));
    this.#blockStart = -1;
    return true;
  }

  #reason({ offset }: BadRegion): string {
    const length = this.#buffer.lengthAt(offset);
    const isPlausible = length >= FRAME_HEADER_SIZE && offset + length <= this.#buffer.bytes.length;
    if (!isPlausible) return 'no frame where one must be';
    return this.#buffer.isFrame(offset, this.#buffer.bytes.length)
      ? `sequence ${this.#buffer.sequenceAt(offset)} stands here`
      : 'the CRC of the frame is wrong';
  }

  #report(offset: number, reason: string): void {
    this.#broken.push({ file: this.#file, offset, sequence: this.#next, reason });
  }
}

/** A whole file; `undefined` where retention deleted it meanwhile. */
function readIfThere(path: string): Uint8Array | undefined {
  const fd = openIfThere(path);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
