import { CapacityError, FRAME_HEADER_SIZE, FRAME_TYPE, alignFrame } from '../model/index.js';
import { RING, lengthWord, openRing, payloadSizeMax, sourceWord, typeWord } from './layout.js';

const PRODUCED = RING.produced / 4;
const CONSUMED = RING.consumed / 4;
const WAITING = RING.waiting / 4;

/**
 * The writing end of a ring; exactly one thread holds it. Claim a frame, fill its payload in `bytes`, claim more, then
 * publish once: until then the consumer sees nothing. Claiming allocates nothing and never waits.
 */
export class RingProducer {
  /** The ring's memory: `tryClaim` returns offsets into it. */
  readonly bytes: Uint8Array;
  /** The longest payload a frame of this ring may have. */
  readonly payloadSizeMax: number;
  readonly #words: Int32Array;
  readonly #capacity: number;
  /** Claimed so far, modulo 2^32; ahead of what is published. */
  #claimed: number;
  /** The consumer's position as last looked at: shared memory is read only when the ring looks full. */
  #consumedSeen: number;

  constructor(memory: SharedArrayBuffer) {
    const { bytes, words, capacity } = openRing(memory);
    this.bytes = bytes;
    this.#words = words;
    this.#capacity = capacity;
    this.payloadSizeMax = payloadSizeMax(capacity);
    this.#claimed = Atomics.load(words, PRODUCED);
    this.#consumedSeen = Atomics.load(words, CONSUMED);
  }

  /**
   * Claims a frame of `length` payload bytes. Returns the payload's offset in `bytes`, or -1 when the ring is full: publish,
   * then keep the message and try later, or drop it and count. Throws CapacityError when no ring of this size ever holds it.
   */
  tryClaim(type: number, topic: number, source: number, length: number): number {
    if (length > this.payloadSizeMax) throw tooLong(length, this.payloadSizeMax);
    const words = this.#words;
    const size = alignFrame(FRAME_HEADER_SIZE + length);
    const start = this.#claimed & (this.#capacity - 1);
    const toEnd = this.#capacity - start;
    const padding = toEnd < size ? toEnd : 0;
    if (!this.#hasRoom(padding + size)) return -1;
    if (padding > 0) this.#pad(start, padding);
    const at = RING.frames + (padding > 0 ? 0 : start);
    words[lengthWord(at)] = FRAME_HEADER_SIZE + length;
    words[typeWord(at)] = type | (topic << 16);
    words[sourceWord(at)] = source;
    this.#claimed = (this.#claimed + padding + size) | 0;
    return at + FRAME_HEADER_SIZE;
  }

  /** Lets the consumer see every frame claimed so far; once a batch. Ringing its doorbell comes after this. */
  publish(): void {
    // Release (JavaScript has only sequential consistency): the frames' bytes are written before the position. A doorbell's
    // ring relies on the stronger order: the position is stored before the sleeper's word is read.
    Atomics.store(this.#words, PRODUCED, this.#claimed);
  }

  /**
   * Sleeps until the consumer gives bytes back, at most `timeoutMs`; workers only, since the main thread may not sleep.
   * Publish before. Returns false at the timeout. A native consumer cannot wake it: then the timeout is the poll interval.
   */
  waitForRoom(timeoutMs: number): boolean {
    const words = this.#words;
    // The flag is set, then the position is read; the consumer stores the position, then reads the flag. One of them sees the other.
    Atomics.store(words, WAITING, 1);
    const outcome = Atomics.wait(words, CONSUMED, this.#consumedSeen, timeoutMs);
    Atomics.store(words, WAITING, 0);
    return outcome !== 'timed-out';
  }

  #hasRoom(size: number): boolean {
    if (this.#capacity - ((this.#claimed - this.#consumedSeen) | 0) >= size) return true;
    // Acquire: the consumer has read the bytes that are overwritten next.
    this.#consumedSeen = Atomics.load(this.#words, CONSUMED);
    return this.#capacity - ((this.#claimed - this.#consumedSeen) | 0) >= size;
  }

  #pad(start: number, length: number): void {
    const at = RING.frames + start;
    this.#words[lengthWord(at)] = length;
    this.#words[typeWord(at)] = FRAME_TYPE.padding;
  }
}

function tooLong(length: number, payloadSizeMax: number): CapacityError {
  return new CapacityError(
    'HR_FRAME_TOO_LONG',
    `a frame of ${length} bytes is longer than this ring’s largest of ${payloadSizeMax}; make the ring larger`,
    { details: { length, payloadSizeMax } },
  );
}
