import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz } from './gate.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test('20,000 seeded calls leave the native gate and its twin with equal bytes', { skip }, async t => {
  const report = await fuzz.run(20260101, 20_000);
  t.equal(report.failure, undefined, `seed ${report.seed}`);
});
