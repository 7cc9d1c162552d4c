import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz } from './copybook.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test(
  '20,000 seeded records of seeded copybooks give native and twin the same rows, text, refusals and bytes',
  { skip },
  async t => {
    const report = await fuzz.run(20260101, 20_000);
    t.equal(report.failure, undefined, JSON.stringify(report));
  },
);
