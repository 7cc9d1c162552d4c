import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz } from './fix-codec.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test('20,000 seeded stretches of FIX bytes give native and twin the same messages', { skip }, async t => {
  const report = await fuzz.run(20260101, 20000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
