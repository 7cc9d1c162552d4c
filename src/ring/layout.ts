import { FRAME, FRAME_HEADER_SIZE, invariant } from '../model/index.js';

/**
 * The memory of a single-producer, single-consumer byte ring; native/ring/spsc-ring.h reads the same drawing.
 *
 *     0  magic     u32  RING_MAGIC
 *     4  capacity  u32  bytes of frames, a power of two
 *   128  produced  u32  bytes published since the start, modulo 2^32; the producer alone stores it
 *   256  consumed  u32  bytes given back since the start, modulo 2^32; the consumer alone stores it
 *   260  waiting   u32  1 while the producer sleeps until `consumed` moves
 *   384  frames    capacity bytes
 *        slack     one frame header: the header of a padding frame may begin 8 bytes before the end
 *
 * A SharedArrayBuffer is only 16-byte aligned, and JavaScript cannot see its address. The two positions are therefore 128
 * bytes apart: whatever the alignment, never on one cache line, nor on the pair of lines that a processor fetches together.
 *
 * A frame is model/frame.ts's: length, type, topic and source are set, crc, sequence and timeNs are whatever lies there,
 * because inside one process nobody reads them. Frames begin at multiples of 8 and are never split: where one does not fit
 * before the end, a padding frame (type 0) fills the rest, and the frame begins at the start.
 */
export const RING = { magic: 0, capacity: 4, produced: 128, consumed: 256, waiting: 260, frames: 384 } as const;

export const RING_MAGIC = 0x31524748; // "HGR1"

const CAPACITY_MIN = 512;
const CAPACITY_MAX = 2 ** 30;

/** The part of the capacity that one frame may take: more would make padding, not frames, fill the ring. */
const FRAME_SHARE = 8;

/**
 * Makes the memory of a ring for `sizeBytes` of frames, a power of two from 512 bytes to 1 GiB. The largest frame, its
 * header included, is an eighth of that.
 */
export function createRing(sizeBytes: number): SharedArrayBuffer {
  const isPowerOfTwo = Number.isInteger(Math.log2(sizeBytes));
  invariant(
    isPowerOfTwo && sizeBytes >= CAPACITY_MIN && sizeBytes <= CAPACITY_MAX,
    `a ring is a power of two from ${CAPACITY_MIN} to ${CAPACITY_MAX} bytes, not ${sizeBytes}`,
  );
  const memory = new SharedArrayBuffer(RING.frames + sizeBytes + FRAME_HEADER_SIZE);
  const words = new Int32Array(memory);
  words[RING.magic / 4] = RING_MAGIC;
  words[RING.capacity / 4] = sizeBytes;
  return memory;
}

/** The views both ends work with. Offsets count from the start of the memory. */
export interface RingViews {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly capacity: number;
}

/** Checks that the memory is a ring and opens it. */
export function openRing(memory: SharedArrayBuffer): RingViews {
  const words = new Int32Array(memory);
  const capacity = words[RING.capacity / 4] ?? 0;
  const isRing = words[RING.magic / 4] === RING_MAGIC;
  const sizeBytes = RING.frames + capacity + FRAME_HEADER_SIZE;
  invariant(isRing && memory.byteLength === sizeBytes, 'the memory was not made by createRing');
  return { bytes: new Uint8Array(memory), words, capacity };
}

/** The largest payload of a ring of this capacity. */
export function payloadSizeMax(capacity: number): number {
  return capacity / FRAME_SHARE - FRAME_HEADER_SIZE;
}

/** Word indices of the frame that begins at byte `at`. Type and topic share a word: type low, topic high. */
export const lengthWord = (at: number): number => (at + FRAME.length) >> 2;
export const typeWord = (at: number): number => (at + FRAME.type) >> 2;
export const sourceWord = (at: number): number => (at + FRAME.source) >> 2;
