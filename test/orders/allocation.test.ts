import { setFlagsFromString, getHeapStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';

import t from 'tap';

import { MemoryLane } from '../support/memory-lane.js';

/** Bytes of JavaScript heap an order may cost on its way in, out, and its fill back to the client; ARCHITECTURE.md states it too. */
const BYTES_AN_ORDER_MAX = 12_288;
const ORDERS = 64;
const SAMPLES = 15;
const WARM_UP = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The heap that `run` took. A collection during it would make it too small, so callers take the middle of several. */
function allocatedBy(run: () => void): number {
  collectGarbage();
  const before = getHeapStatistics().used_heap_size;
  run();
  return getHeapStatistics().used_heap_size - before;
}

function bytesAnOrder(lane: MemoryLane, perRead: number): number {
  const orders = lane.orders(ORDERS / perRead, perRead);
  const there = allocatedBy(() => lane.sendOrders(orders));
  const fills = lane.fills(perRead);
  return (there + allocatedBy(() => lane.sendFills(fills))) / ORDERS;
}

t.test(
  `an order and its fill cost the lane at most ${BYTES_AN_ORDER_MAX} bytes of heap, one a read and 16 a read`,
  async t => {
    const lane = new MemoryLane('os', 'prefer');
    for (let round = 0; round < WARM_UP; round++) {
      lane.sendOrders(lane.orders(128, round % 2 === 0 ? 1 : 16));
      lane.sendFills(lane.fills(16));
    }
    for (const perRead of [1, 16]) {
      const samples = Array.from({ length: SAMPLES }, () => bytesAnOrder(lane, perRead)).sort((a, b) => a - b);
      const bytes = samples[SAMPLES >> 1] as number;
      t.comment(`${Math.round(bytes)} bytes an order, ${perRead} a read`);
      t.ok(bytes > 0 && bytes <= BYTES_AN_ORDER_MAX, `${Math.round(bytes)} bytes, ${perRead} a read`);
    }
    t.equal(lane.executions, lane.accepted, 'every order passed and was filled');
    lane.close();
  },
);
