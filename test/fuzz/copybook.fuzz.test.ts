import t from 'tap';

import { loadAddon } from '../../src/native/index.js';
import { fuzz as grammar } from './copybook-grammar.fuzz.js';
import { fuzz } from './copybook.fuzz.js';

const skip = loadAddon('prefer') === undefined ? 'the addon is not built' : false;

t.test(
  '60,000 seeded records of seeded copybooks give native and twin the same rows, text, refusals and bytes',
  { skip },
  async t => {
    const report = await fuzz.run(20260101, 60_000);
    t.equal(report.failure, undefined, JSON.stringify(report));
  },
);

t.test('3,000 seeded texts give a layout, or an error with line and column', async t => {
  const report = await grammar.run(20260101, 3_000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
