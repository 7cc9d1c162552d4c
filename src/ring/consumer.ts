import { FRAME_HEADER_SIZE, FRAME_TYPE, alignFrame } from '../model/index.js';
import { RING, lengthWord, openRing, sourceWord, typeWord } from './layout.js';

const PRODUCED = RING.produced / 4;
const CONSUMED = RING.consumed / 4;
const WAITING = RING.waiting / 4;

/** Sees one frame: its payload is `bytes` from `start` to `end`, valid only until it returns. */
export type FrameVisitor = (
  type: number,
  topic: number,
  source: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => void;

/** The reading end of a ring; exactly one thread holds it. Polling allocates nothing and never waits. */
export class RingConsumer {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #capacity: number;
  /** Read so far, modulo 2^32. */
  #position: number;
  /** The producer's position as last looked at: shared memory is read once for all frames published until then. */
  #producedSeen: number;

  constructor(memory: SharedArrayBuffer) {
    const { bytes, words, capacity } = openRing(memory);
    this.#bytes = bytes;
    this.#words = words;
    this.#capacity = capacity;
    this.#position = Atomics.load(words, CONSUMED);
    this.#producedSeen = this.#position;
  }

  /**
   * Visits up to `framesMax` frames in order, then gives their bytes back to the producer. Returns how many it visited; 0
   * says the ring was empty. A frame counts as read before it is visited: one whose visitor throws is not visited again.
   */
  poll(visit: FrameVisitor, framesMax: number): number {
    // Acquire: the frames' bytes are read after the position that covers them.
    if (this.#position === this.#producedSeen) this.#producedSeen = Atomics.load(this.#words, PRODUCED);
    if (this.#position === this.#producedSeen) return 0;
    let frames = 0;
    try {
      while (frames < framesMax && this.#position !== this.#producedSeen) frames += this.#next(visit);
    } finally {
      this.#giveBack();
    }
    return frames;
  }

  /** Visits the next frame and returns 1, or steps over padding and returns 0. */
  #next(visit: FrameVisitor): number {
    const words = this.#words;
    const at = RING.frames + (this.#position & (this.#capacity - 1));
    const length = words[lengthWord(at)] as number;
    const typeAndTopic = words[typeWord(at)] as number;
    const type = typeAndTopic & 0xffff;
    this.#position = (this.#position + alignFrame(length)) | 0;
    if (type === FRAME_TYPE.padding) return 0;
    const source = (words[sourceWord(at)] as number) >>> 0;
    visit(type, typeAndTopic >>> 16, source, this.#bytes, at + FRAME_HEADER_SIZE, at + length);
    return 1;
  }

  #giveBack(): void {
    const words = this.#words;
    // Release: the frames are read before the producer may write over them. Then look for a producer that sleeps.
    Atomics.store(words, CONSUMED, this.#position);
    if (Atomics.load(words, WAITING) === 1) Atomics.notify(words, CONSUMED);
  }
}
