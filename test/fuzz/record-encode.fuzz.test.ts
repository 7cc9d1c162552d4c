import t from 'tap';

import { fuzz } from './record-encode.fuzz.js';

t.test('6,000 seeded records decode and encode to the same values, and with $raw to the same bytes', async t => {
  const report = await fuzz.run(20260101, 6_000);
  t.equal(report.failure, undefined, JSON.stringify(report));
});
