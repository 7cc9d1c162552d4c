import t from 'tap';

import { nativeModes } from '../support/journal.js';
import { run as flip } from './journal-flip.js';
import { run as full } from './journal-full.js';
import { run as kill } from './journal-kill.js';
import { run as power } from './journal-power.js';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20261123);

t.setTimeout(600_000);

for (const native of nativeModes) {
  t.test(`${native}: a writer killed 5 times loses nothing it had committed`, async t => {
    t.same((await kill({ rounds: 5, seed, native })).failures, []);
  });

  t.test(`${native}: 50 power failures at any write lose nothing that was synced`, async t => {
    t.same((await power({ rounds: 50, seed, native })).failures, []);
  });

  t.test(`${native}: 100 flipped bits are each found or harmless`, async t => {
    t.same(flip({ rounds: 100, seed, native }).failures, []);
  });

  t.test(`${native}: a full disk refuses orders, keeps the reserve for cancels, and loses nothing`, async t => {
    const report = await full({ rounds: 2, seed, native });
    t.comment(report.skipped ?? JSON.stringify(report.outcomes));
    t.same(report.failures, []);
  });
}
