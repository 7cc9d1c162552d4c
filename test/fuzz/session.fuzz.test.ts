import t from 'tap';

import { fuzz } from './session.fuzz.js';

t.test('20,000 steps of hostile counterparties never throw and never break the sequence', async t => {
  const report = await fuzz.run(20260102, 20_000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
