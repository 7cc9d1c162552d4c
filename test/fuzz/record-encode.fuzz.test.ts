import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz } from './record-encode.fuzz.js';
import { fuzz as native } from './record-encode-native.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test('6,000 seeded records decode and encode to the same values, and with $raw to the same bytes', async t => {
  const report = await fuzz.run(20260101, 6_000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});

t.test(
  '4,000 seeded lines, right, nearly right and hostile, give native and twin the same records and refusals',
  { skip },
  async t => {
    const report = await native.run(20260101, 4_000);
    t.equal(report.failure, undefined, JSON.stringify(report));
  },
);
