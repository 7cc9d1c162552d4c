// `npm run soak [-- NAME …]`: the campaigns of test/soak.ts whole (kills, power cuts, flipped bits, full disks, cut connections, fuzz), each with
// its figures; docs/evidence.md says what was last run of each. HEADRACE_SEED is the seed, else 20261123.
import { join } from 'node:path';

import { root } from './run.mjs';
import { setup } from './setup.mjs';

await setup();
const { campaigns } = await import(join(root, 'dist', 'test', 'soak.js'));
const names = process.argv.slice(2);
const unknown = names.filter(name => !campaigns.some(campaign => campaign.name === name));
if (unknown.length > 0) {
  console.error(
    `soak: no campaign ${unknown.join(', ')}; there are ${campaigns.map(campaign => campaign.name).join(', ')}`,
  );
  process.exit(64);
}
for (const campaign of campaigns) {
  if (names.length > 0 && !names.includes(campaign.name)) continue;
  const start = Date.now();
  const report = await campaign.run();
  console.log(`${campaign.name}: ${JSON.stringify(report)} in ${Math.round((Date.now() - start) / 1000)} s`);
}
