/** The order lane without sockets, ours alone: native parts beside the TypeScript twins. */
import { orMissing, type Question } from './harness.js';
import { laneOurs } from './lane-ours.js';

export const lane: Question = {
  name: 'lane',
  async *cases() {
    for (const perRead of [1, 16]) {
      for (const way of ['orders', 'reports'] as const) {
        const ours = await orMissing('headrace lane, native parts', () => laneOurs('require', way, perRead));
        yield { name: '', ours, peers: [laneOurs('off', way, perRead)] };
      }
    }
  },
};
