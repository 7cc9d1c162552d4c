import t, { type Test } from 'tap';

import { loadCrate } from '../../src/native/index.js';
import { run, type GatewayKillOptions } from './gateway-kill.js';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20261123);
const native = loadCrate('prefer') === undefined ? 'off' : 'require';

t.setTimeout(600_000);

async function campaign(t: Test, options: Omit<GatewayKillOptions, 'seed' | 'native'>): Promise<void> {
  const report = await run({ seed, native, ...options });
  t.comment(report.skipped ?? JSON.stringify(report.outcomes));
  t.same(report.failures, []);
}

t.test('a gateway killed 50 times under load loses no order and doubles none', t => campaign(t, { rounds: 50 }));

t.test('nor one that waits for syncs, killed 5 times', t => campaign(t, { rounds: 5, durability: 'group' }));

t.test('nor one killed 5 times under load and 5 times while it starts', t =>
  campaign(t, { rounds: 5, victim: 'recovery' }),
);

for (const resendOrdersWithinMs of [0, 60_000]) {
  t.test(`nor one whose connections are cut 10 times, resending orders within ${resendOrdersWithinMs} ms`, t =>
    campaign(t, { rounds: 10, victim: 'connections', resendOrdersWithinMs }),
  );
}
