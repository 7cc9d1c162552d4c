/** The order lane in memory: bytes in, framed, sequenced, decoded, judged, written to the ledger, encoded, bytes out. No sockets. */
import type { NativeMode } from '../src/native/index.js';
import { MemoryLane } from '../test/support/memory-lane.js';
import type { Rated } from './harness.js';

const ORDERS = 4_096;
const CYCLES = 16;

/** Which way is timed: orders to the venue, their reports to the client, or both. */
export type LaneWay = 'orders' | 'reports';

/** Mean ns an order, `perRead` of them in one read; the clock runs around whole blocks of 2,048 orders, their making is not in it. */
export function laneOurs(native: NativeMode, way: LaneWay, perRead: number, cycles = CYCLES): Rated {
  const lane = new MemoryLane('os', native);
  const kind = native === 'off' ? 'TypeScript twins' : 'native parts';
  return {
    name: `headrace lane, ${kind}, ${way}, ${perRead} a read`,
    unit: 'ns',
    run() {
      let tookMs = 0;
      for (let cycle = 0; cycle < cycles; cycle++) {
        const orders = lane.orders(ORDERS / 2 / perRead, perRead);
        const begun = performance.now();
        lane.sendOrders(orders);
        const between = performance.now();
        const fills = lane.fills(perRead);
        const resumed = performance.now();
        lane.sendFills(fills);
        tookMs += way === 'orders' ? between - begun : performance.now() - resumed;
      }
      return (tookMs * 1e6) / (cycles * (ORDERS / 2));
    },
    close: () => lane.close(),
  };
}
