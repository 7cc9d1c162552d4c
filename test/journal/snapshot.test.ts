import { copyFileSync, existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { createTail, loadSnapshot, type LogWriter, type LogWriterOptions } from '../../src/journal/index.js';
import { nodeDisk, type Disk } from '../../src/journal/disk.js';
import { openLogWriterOn } from '../../src/journal/writer.js';
import { RecordedDisk } from '../fault/recorded-disk.js';
import { appendFrames, nativeModes, openLog, SMALL_SEGMENT, temporaryFolder } from '../support/journal.js';

const BOOT = new Uint8Array(16).fill(1);
const NEXT_BOOT = new Uint8Array(16).fill(2);

/** A log of which nothing is synced by itself, on a disk of the test's. */
function openOn(disk: Disk, directory: string): LogWriter {
  const options: LogWriterOptions = {
    directory,
    name: 'ledger',
    durability: 'none',
    chained: true,
    native: 'off',
    bootId: BOOT,
    tail: createTail(256 * 1024),
    segmentSizeBytes: SMALL_SEGMENT,
  };
  return openLogWriterOn(disk, options);
}

function snapshots(directory: string): string[] {
  return readdirSync(directory).filter(file => file.includes('snapshot'));
}

t.test('a snapshot syncs the log to its sequence first: when the power fails, none is newer than the log', async t => {
  const { directory, remove } = temporaryFolder();
  const image = temporaryFolder();
  t.teardown(() => [remove(), image.remove()]);
  const disk = new RecordedDisk();
  const writer = openOn(disk, directory);
  appendFrames(writer, 100);
  t.equal(writer.syncedSequence, 0);
  writer.writeSnapshot([Buffer.from('at 100')]);
  t.equal(writer.syncedSequence, 100);
  disk.image(image.directory, disk.operations.length, () => false);
  writer.close();
  const { recovery } = openLog(image.directory, { bootId: NEXT_BOOT }).writer;
  t.equal(recovery.lastSequence, 100);
});

t.test('a log that cannot be synced writes no snapshot and has failed', async t => {
  const { directory, remove } = temporaryFolder();
  t.teardown(remove);
  let fails = false;
  const writer = openOn(
    {
      ...nodeDisk,
      syncNow(fd) {
        if (fails) throw new Error('EIO');
        nodeDisk.syncNow(fd);
      },
    },
    directory,
  );
  appendFrames(writer, 100);
  fails = true;
  t.throws(() => writer.writeSnapshot([Buffer.from('at 100')]), { code: 'HR_JOURNAL_FAILED' });
  t.same(snapshots(directory), []);
  t.equal(writer.state(), 'failed');
  t.throws(() => writer.close(), { code: 'HR_JOURNAL_FAILED' });
});

for (const native of nativeModes) {
  t.test(
    `${native}: snapshots at 100 and 110 of a log that ends at 50 are set aside, and never met again at 130`,
    async t => {
      const { directory, remove } = temporaryFolder();
      const lost = temporaryFolder();
      t.teardown(() => [remove(), lost.remove()]);
      const first = openLog(directory, { native }).writer;
      appendFrames(first, 50);
      first.writeSnapshot([Buffer.from('at 50')]);
      first.close();
      const other = openLog(lost.directory, { native }).writer;
      for (const count of [100, 10]) {
        appendFrames(other, count);
        other.writeSnapshot([Buffer.from('of frames that are no more')]);
      }
      other.close();
      for (const file of snapshots(lost.directory)) copyFileSync(join(lost.directory, file), join(directory, file));
      const second = openLog(directory, { native }).writer;
      t.equal(second.recovery.lastSequence, 50);
      t.same(snapshots(directory), [
        'ledger.0000000000000050.snapshot',
        'ledger.torn.100.snapshot-aside',
        'ledger.torn.110.snapshot-aside',
      ]);
      appendFrames(second, 40);
      second.writeSnapshot([Buffer.from('at 90')]);
      appendFrames(second, 40);
      second.close();
      const third = openLog(directory, { native }).writer;
      t.equal(third.recovery.lastSequence, 130);
      t.same(loadSnapshot(directory, 'ledger', 130)?.bytes, Buffer.from('at 90'));
      third.close();
    },
  );
}

t.test('a snapshot that cannot be given its name leaves no file behind', async t => {
  const { directory, remove } = temporaryFolder();
  t.teardown(remove);
  const { writer } = openLog(directory);
  appendFrames(writer, 10);
  const inTheWay = join(directory, 'ledger.0000000000000010.snapshot');
  mkdirSync(inTheWay);
  t.throws(() => writer.writeSnapshot([Buffer.from('at 10')]), /rename/);
  t.notOk(existsSync(join(directory, 'ledger.snapshot.writing')));
  rmdirSync(inTheWay);
  writer.writeSnapshot([Buffer.from('at 10')]);
  t.equal(loadSnapshot(directory, 'ledger')?.sequence, 10);
  writer.close();
});
