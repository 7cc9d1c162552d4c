import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';

import { createRing } from '../../src/ring/index.js';
import type { Outcome, StressData } from './ring-peer.js';

const PEER = new URL('ring-peer.js', import.meta.url);
const COUNT = 40_000;

async function stress(settings: Omit<StressData, 'role' | 'count'>): Promise<Outcome> {
  const [producing, consuming] = (['produce', 'consume'] as const).map(
    role => new Worker(PEER, { workerData: { ...settings, count: COUNT, role } satisfies StressData }),
  ) as [Worker, Worker];
  const [message] = await Promise.all([once(consuming, 'message'), once(producing, 'exit')]);
  return message[0] as Outcome;
}

for (const [ringSize, batch, sleeps] of [
  [512, 1, true],
  [4096, 10, true],
  [4096, 10, false],
  [65536, 64, true],
] as const) {
  const full = sleeps ? 'sleeps' : 'turns';
  t.test(
    `two workers, ring of ${ringSize} bytes, batches of ${batch}, a full producer ${full}: nothing lost, doubled, swapped or torn`,
    async t => {
      const outcome = await stress({ ring: createRing(ringSize), batch, sleeps });
      t.strictSame(outcome, { frames: COUNT, outOfOrder: 0, badHeader: 0, badLength: 0, badBytes: 0 });
    },
  );
}
