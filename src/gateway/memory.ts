import { createTail } from '../journal/index.js';
import { createCounters } from '../observe/index.js';
import { REQUIRED_COUNTERS, createLaneMeterMemory, type LaneMemory } from '../orders/index.js';
import { createDoorbell, createRing } from '../ring/index.js';
import { FEED_COUNTERS } from '../sources/index.js';
import type { GatewayConfig } from './config/index.js';
import { requiredTopics } from './required-watch.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** All shared memory of one gateway. Main makes it and keeps it; threads are given parts of it. */
export interface GatewayMemory {
  readonly lane: LaneMemory;
  readonly feedTail: SharedArrayBuffer;
  readonly feedCounters: SharedArrayBuffer;
  /** Rung after each commit, for main's readers: WebSocket topics, the page, events. */
  readonly mainBell: SharedArrayBuffer;
  /** Rung after each commit, for the publish worker. */
  readonly publishBell: SharedArrayBuffer;
}

export function createMemory(config: GatewayConfig): GatewayMemory {
  const mainBell = createDoorbell();
  const publishBell = createDoorbell();
  return {
    lane: {
      tail: createTail(config.journal.tailSizeMb * MIB),
      meter: createLaneMeterMemory(),
      bell: createDoorbell(),
      readerBells: [mainBell, publishBell],
      priceRing: config.feed && createRing(powerOfTwo(config.lane.priceRingKb * KIB)),
      required: requiredTopics(config.topics).length === 0 ? undefined : createCounters(REQUIRED_COUNTERS).memory,
      loadRing: config.startOfDay && createRing(powerOfTwo(config.lane.loadRingKb * KIB)),
    },
    feedTail: createTail((config.feed?.tailSizeMb ?? 1) * MIB),
    feedCounters: createCounters(FEED_COUNTERS).memory,
    mainBell,
    publishBell,
  };
}

/** A ring's size is a power of two: the configured size, rounded up. */
function powerOfTwo(size: number): number {
  return 2 ** Math.ceil(Math.log2(size));
}
