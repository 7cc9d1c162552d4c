import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { createTail, openLogReader, type LogWriterOptions } from '../../src/journal/index.js';
import { nodeDisk } from '../../src/journal/disk.js';
import { openLogWriterOn } from '../../src/journal/writer.js';
import { STATUS } from '../../src/model/index.js';
import {
  appendFrames,
  firstWrong,
  nativeModes,
  openLog,
  payloadOf,
  readFrames,
  SMALL_SEGMENT,
  temporaryFolder,
} from '../support/journal.js';

/** Flips a byte of the payload of the first frame at or after an offset of a segment file. */
function spoil(directory: string, index: number, offset: number): void {
  const path = join(directory, `ledger.0000000${index}.segment`);
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] as number) ^ 0xff;
  writeFileSync(path, bytes);
}

for (const native of nativeModes) {
  t.test(`${native}: damage is refused by file and offset; accepted, it is skipped and the log goes on`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const first = openLog(directory, { native });
    appendFrames(first.writer, 3000);
    first.writer.close();
    spoil(directory, 1, 20_000);
    t.throws(() => openLog(directory, { native }), {
      code: 'HR_JOURNAL_DAMAGED',
      message: /ledger\.00000001\.segment:(19|20)\d{3}: no valid frame; .* start with --accept-damage/,
    });
    const { writer } = openLog(directory, { native, acceptDamage: true });
    t.match(writer.recovery, { lastSequence: 3000, tornBytes: 0, damage: [{ sizeBytes: Number }] });
    t.equal(writer.recovery.damage.length, 1);
    const lost = writer.recovery.damage[0]?.fromSequence as number;
    appendFrames(writer, 10);
    writer.close();
    const reader = openLogReader({ directory, name: 'ledger', from: 'oldest' });
    const shown: number[] = [];
    while (reader.poll(frame => shown.push(frame.sequence), 1000) > 0);
    t.equal(reader.skippedFrames, 1);
    t.equal(shown.length, 3009);
    t.notOk(shown.includes(lost));
    reader.close();
  });

  t.test(
    `${native}: an end that is damaged is never cut: the log goes on in a new segment, no sequence twice`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const first = openLog(directory, { native });
      appendFrames(first.writer, 200);
      first.writer.close();
      const path = join(directory, 'ledger.00000001.segment');
      const bytes = readFileSync(path);
      const end = bytes.findLastIndex(byte => byte !== 0);
      // Everything from the middle of the block on, the closing block but for its header included, is lost.
      bytes.fill(0x55, 9000, end - 400);
      writeFileSync(path, bytes);
      t.throws(() => openLog(directory, { native }), { code: 'HR_JOURNAL_DAMAGED' });
      const { writer } = openLog(directory, { native, acceptDamage: true });
      t.ok(writer.nextSequence > 200);
      appendFrames(writer, 5);
      writer.close();
      t.same(
        readdirSync(directory).filter(name => name.includes('torn')),
        [],
        'nothing was cut',
      );
    },
  );
}

/** The next segment, prepared and not begun, with bytes behind a lost first sector. */
function spoilNext(directory: string, index: number, bytes: Uint8Array): void {
  const path = join(directory, `ledger.0000000${index}.segment`);
  const segment = new Uint8Array(SMALL_SEGMENT);
  segment.set(bytes, 512);
  writeFileSync(path, segment);
}

for (const native of nativeModes) {
  t.test(
    `${native}: a next segment without header but with bytes is set aside when its damage is accepted`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const first = openLog(directory, { native });
      appendFrames(first.writer, 100);
      first.writer.close();
      spoilNext(directory, 2, new Uint8Array(2000).fill(0x55));
      t.throws(() => openLog(directory, { native }), { code: 'HR_JOURNAL_DAMAGED' });
      const second = openLog(directory, { native, acceptDamage: true });
      t.match(second.writer.recovery, {
        lastSequence: 100,
        damage: [{ reason: 'the segment has bytes but no header' }],
      });
      t.ok(readdirSync(directory).includes('ledger.torn.2.segment-aside'));
      appendFrames(second.writer, 5000);
      second.writer.close();
      const third = openLog(directory, { native });
      t.same(third.writer.recovery, { lastSequence: 5100, tornBytes: 0, droppedFrames: 0, damage: [] });
      third.writer.close();
      t.equal(firstWrong(readFrames(directory)), 0);
    },
  );

  t.test(`${native}: sequences of frames in a segment whose header was lost are not given out again`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const first = openLog(directory, { native });
    appendFrames(first.writer, 3000);
    first.writer.close();
    const second = readFileSync(join(directory, 'ledger.00000002.segment'));
    spoilNext(directory, 2, second.subarray(512));
    const { writer } = openLog(directory, { native, acceptDamage: true });
    t.equal(writer.recovery.lastSequence, 3000);
    t.equal(writer.nextSequence, 3001);
    writer.close();
  });
}

t.test('an fdatasync error fails the log for good, and it is never called again', async t => {
  const { directory, remove } = temporaryFolder();
  t.teardown(remove);
  let syncs = 0;
  let fails = false;
  const disk = {
    ...nodeDisk,
    sync(fd: number, done: (error: Error | null) => void): void {
      syncs++;
      if (fails) setImmediate(() => done(new Error('EIO')));
      else nodeDisk.sync(fd, done);
    },
  };
  const options: LogWriterOptions = {
    directory,
    name: 'ledger',
    durability: 'each',
    chained: true,
    native: 'off',
    tail: createTail(65536),
    segmentSizeBytes: SMALL_SEGMENT,
  };
  const writer = openLogWriterOn(disk, options);
  const told = new Promise<void>(resolve =>
    writer.onSynced(() => (writer.state() === 'failed' ? resolve() : undefined)),
  );
  fails = true;
  t.equal(appendFrames(writer, 5), 0);
  await told;
  t.equal(writer.syncedSequence, 0);
  const before = syncs;
  t.equal(writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(6)), 0, 'nothing more is taken');
  t.equal(writer.sync(), STATUS.syncFailed.code);
  t.throws(() => writer.close(), { code: 'HR_JOURNAL_FAILED' });
  t.equal(syncs, before);
});
