import { RING, openRing } from './layout.js';

/** How full a ring is. Bytes published and not yet given back count as used, padding too. */
export interface RingFill {
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** Reads how full a ring is now, for whoever watches it from a third thread; neither end notices. */
export function readRingFill(memory: SharedArrayBuffer): RingFill {
  const { words, capacity } = openRing(memory);
  // Consumed first: read the other way round, it could be ahead of what was produced. So both may have moved on instead.
  const consumed = Atomics.load(words, RING.consumed / 4);
  const produced = Atomics.load(words, RING.produced / 4);
  return { usedBytes: Math.min((produced - consumed) >>> 0, capacity), sizeBytes: capacity };
}
