import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz as codec } from './fix-codec.fuzz.js';
import { fuzz as encode } from './fix-encode.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test('20,000 seeded stretches of FIX bytes give native and twin the same messages', { skip }, async t => {
  const report = await codec.run(20260101, 20000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});

t.test('20,000 seeded ORDER rows are written as the same bytes by native and twin', { skip }, async t => {
  const report = await encode.run(20260101, 20000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
