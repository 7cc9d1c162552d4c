import t from 'tap';

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CapacityError } from '../../src/model/index.js';
import { appendFrames, nativeModes, openLog, readFrames, SMALL_SEGMENT, temporaryFolder } from '../support/journal.js';
import { run as flip } from './journal-flip.js';
import { mountDisk, run as full } from './journal-full.js';
import { run as kill } from './journal-kill.js';
import { run as power } from './journal-power.js';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20261123);

t.setTimeout(600_000);

/** Writes a file until the disk takes nothing more. */
function fill(path: string): void {
  for (let sizeBytes = SMALL_SEGMENT; sizeBytes >= 1; sizeBytes = Math.floor(sizeBytes / 2))
    try {
      for (;;) writeFileSync(path, new Uint8Array(sizeBytes), { flag: 'a' });
    } catch {
      continue;
    }
}

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

  t.test(
    `${native}: a log is not opened on a full disk, says so, leaves nothing behind, and opens with room`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      if (!mountDisk(directory, 6 * SMALL_SEGMENT)) return t.comment('a tmpfs cannot be mounted here (needs root)');
      t.teardown(() => spawnSync('umount', ['-l', directory]));
      const filler = join(directory, 'filler');
      const log = join(directory, 'log');
      const open = (): void => openLog(log, { native }).writer.close();
      fill(filler);
      const opened = new RegExp(
        `^${log}: the disk is full, ledger cannot be opened \\(.+\\); make room, 3 segments of 0\\.25 MiB`,
      );
      t.throws(open, { name: CapacityError.name, code: 'HR_JOURNAL_FULL', message: opened, retryable: true });
      t.same(readdirSync(log), []);
      rmSync(filler);
      const { writer } = openLog(log, { native });
      appendFrames(writer, 20);
      writer.close();
      const files = readdirSync(log);
      fill(filler);
      t.throws(open, { code: 'HR_JOURNAL_FULL', message: /ENOSPC on write/ }, 'one that holds frames');
      t.same(readdirSync(log), files);
      rmSync(filler);
      open();
      t.equal(readFrames(log).length, 20);
    },
  );

  t.test(`${native}: a full disk refuses orders, keeps the reserve for cancels, and loses nothing`, async t => {
    const report = await full({ rounds: 2, seed, native });
    t.comment(report.skipped ?? JSON.stringify(report.outcomes));
    t.same(report.failures, []);
  });
}
