import { FRAME, FRAME_HEADER_SIZE, GROUP_END } from '../model/index.js';
import { crc32c } from './crc32c.js';

const HIGH = 2 ** 32;

/** One memory seen as bytes, words and 64-bit fields; frames lie in it 8-byte aligned, little-endian. */
export class FrameBuffer {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly view: DataView;

  constructor(memory: ArrayBufferLike) {
    this.bytes = new Uint8Array(memory);
    this.words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.view = new DataView(memory);
  }

  static ofSize(sizeBytes: number): FrameBuffer {
    return new FrameBuffer(new ArrayBuffer(sizeBytes));
  }

  lengthAt(offset: number): number {
    return (this.words[offset >> 2] as number) >>> 0;
  }

  /** `type` with the group bit. */
  typeAt(offset: number): number {
    return (this.words[(offset + FRAME.type) >> 2] as number) & 0xffff;
  }

  topicAt(offset: number): number {
    return (this.words[(offset + FRAME.type) >> 2] as number) >>> 16;
  }

  sourceAt(offset: number): number {
    return (this.words[(offset + FRAME.source) >> 2] as number) >>> 0;
  }

  sequenceAt(offset: number): number {
    return this.numberAt(offset + FRAME.sequence);
  }

  /** A u64 below 2^53 at a multiple of 4. */
  numberAt(offset: number): number {
    const at = offset >> 2;
    return ((this.words[at] as number) >>> 0) + ((this.words[at + 1] as number) >>> 0) * HIGH;
  }

  setNumber(offset: number, value: number): void {
    const at = offset >> 2;
    this.words[at] = value | 0;
    this.words[at + 1] = Math.floor(value / HIGH);
  }

  /** Writes length, type and topic (type | topic << 16) and source, and zeroes the padding; the rest is stamped at commit. */
  writeHead(offset: number, length: number, typeAndTopic: number, source: number): void {
    const at = offset >> 2;
    this.words[((offset + length + 7) >> 3) * 2 - 1] = 0;
    this.words[((offset + length + 7) >> 3) * 2 - 2] = 0;
    this.words[at] = length;
    this.words[at + 6] = typeAndTopic;
    this.words[at + 7] = source;
  }

  closeGroup(offset: number): void {
    this.words[(offset + FRAME.type) >> 2] = (this.words[(offset + FRAME.type) >> 2] as number) | GROUP_END;
  }

  /** Stamps sequence, time and CRC into a frame whose head and payload are written. */
  stamp(offset: number, sequence: number, timeLow: number, timeHigh: number): void {
    const at = offset >> 2;
    this.words[at + 2] = sequence | 0;
    this.words[at + 3] = Math.floor(sequence / HIGH);
    this.words[at + 4] = timeLow;
    this.words[at + 5] = timeHigh;
    this.words[at + 1] = crc32c(this.words, this.bytes, offset + FRAME.sequence, offset + this.lengthAt(offset));
  }

  /** Whether a whole frame with a right CRC and zero padding lies at `offset`, ending at `end` or before. */
  isFrame(offset: number, end: number): boolean {
    if (offset + FRAME_HEADER_SIZE > end) return false;
    const length = this.lengthAt(offset);
    if (length < FRAME_HEADER_SIZE || offset + length > end) return false;
    const padded = offset + ((length + 7) & ~7);
    if (padded > end) return false;
    for (let at = offset + length; at < padded; at++) if (this.bytes[at] !== 0) return false;
    return crc32c(this.words, this.bytes, offset + FRAME.sequence, offset + length) === this.words[(offset >> 2) + 1];
  }
}
