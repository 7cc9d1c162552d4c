import t from 'tap';

import { fuzz } from './config.fuzz.js';

t.test('300 seeded damages of the example configuration end as problems with a place', async t => {
  const report = await fuzz.run(20260101, 300);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
