import { readdirSync } from 'node:fs';
import t from 'tap';

import { createTail, loadSnapshot, openLogReader, openSequenceReader } from '../../src/journal/index.js';
import {
  appendFrames,
  firstWrong,
  nativeModes,
  openLog as openLogIn,
  payloadOf,
  readFrames,
  temporaryFolder,
} from '../support/journal.js';

for (const native of nativeModes) {
  const openLog: typeof openLogIn = (directory, options) => openLogIn(directory, { native, ...options });

  t.test(
    `${native}: a log of 20,000 frames over several segments reads back equal, from the files and through the ring`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer, tail } = openLog(directory);
      t.equal(appendFrames(writer, 20_000, { groupSize: 3, groups: 7 }), 0);
      t.equal(writer.committedSequence, 20_000);
      t.equal(firstWrong(readFrames(directory, tail)), 0, 'by the ring, older ones from the files');
      t.equal(readFrames(directory, tail).length, 20_000);
      t.equal(writer.sync(), 0);
      t.equal(writer.syncedSequence, 20_000);
      writer.close();
      const frames = readFrames(directory);
      t.equal(frames.length, 20_000);
      t.equal(firstWrong(frames), 0, 'from the files alone');
      t.ok(readdirSync(directory).filter(file => file.endsWith('.segment')).length > 5);
    },
  );

  t.test(
    `${native}: a log opened again goes on at the next sequence, with nothing torn and nothing damaged`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      let expected = 0;
      for (const count of [0, 1, 100, 5000, 3]) {
        const { writer } = openLog(directory);
        t.same(writer.recovery, { lastSequence: expected, tornBytes: 0, droppedFrames: 0, damage: [] });
        t.equal(writer.nextSequence, expected + 1);
        appendFrames(writer, count);
        expected += count;
        writer.close();
      }
      const frames = readFrames(directory);
      t.equal(frames.length, expected);
      t.equal(firstWrong(frames), 0);
    },
  );

  t.test(`${native}: a dropped group leaves no trace and its sequences are used again`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const { writer } = openLog(directory);
    t.equal(writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(1)), 1);
    writer.endGroup();
    t.equal(writer.stage({ type: 18, topic: 0, source: 0 }, Buffer.from('dropped')), 2);
    writer.dropGroup();
    t.equal(writer.nextSequence, 2);
    t.equal(writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(2)), 2);
    t.throws(() => writer.commit(1n), { code: 'HR_INVARIANT' }, 'an open group is not committed');
    writer.endGroup();
    t.equal(writer.commit(1n), 0);
    writer.close();
    t.equal(firstWrong(readFrames(directory)), 0);
  });

  t.test(`${native}: time in frames never goes back`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const { writer } = openLog(directory);
    for (const now of [5n, 9n, 7n, 2n ** 62n, 3n]) {
      writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(writer.nextSequence));
      writer.endGroup();
      writer.commit(now);
    }
    writer.close();
    t.same(
      readFrames(directory).map(frame => frame.timeNs),
      [5n, 9n, 9n, 2n ** 62n, 2n ** 62n],
    );
  });

  t.test(
    `${native}: reserve answers -1 when the batch would pass a quarter of the ring, and takes frames again after the commit`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer } = openLog(directory, { tail: createTail(64 * 1024) });
      const size = 4096 - 32;
      for (let index = 0; index < 4; index++) t.not(writer.reserve(18, 0, 0, size), -1);
      t.equal(writer.reserve(18, 0, 0, 0), -1);
      writer.endGroup();
      t.equal(writer.commit(1n), 0);
      t.equal(writer.reserve(18, 0, 0, 0), 32);
      writer.dropGroup();
      writer.close();
    },
  );

  t.test(
    `${native}: a reader of the tail sees what is committed after it was opened; one that fell behind the ring reads the files`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer, tail } = openLog(directory, { tail: createTail(64 * 1024) });
      appendFrames(writer, 50);
      const live = openLogReader({ directory, name: 'ledger', tail, from: 'tail' });
      const slow = openLogReader({ directory, name: 'ledger', tail, from: 11 });
      t.equal(live.position, 51);
      t.equal(
        live.poll(() => {}, 10),
        0,
      );
      appendFrames(writer, 5000);
      t.equal(live.lag(), 5000);
      for (const [reader, first] of [
        [live, 51],
        [slow, 11],
      ] as const) {
        let expected = first;
        let wrong = 0;
        while (
          reader.poll(frame => {
            if (frame.sequence !== expected || !Buffer.from(frame.payload).equals(payloadOf(expected))) wrong++;
            expected++;
          }, 97) > 0
        );
        t.equal(wrong, 0);
        t.equal(expected, 5051);
        t.equal(reader.lag(), 0);
        reader.close();
      }
      writer.close();
    },
  );

  t.test(
    `${native}: readers up to the synced position see nothing of 5,000 committed frames, and all once they are synced`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const group = { records: 1e9, sizeBytes: 1e12, timeMs: 600_000 };
      const { writer, tail } = openLog(directory, { durability: 'group', group, tail: createTail(64 * 1024) });
      const open = (from: number | 'tail' | 'oldest') =>
        openLogReader({ directory, name: 'ledger', tail, from, upTo: 'synced' });
      const readers = [open('tail'), open(1), open('oldest')];
      appendFrames(writer, 5_000);
      readers.push(open('tail'), open('oldest'), open(1));
      for (const reader of readers) {
        const count = reader.poll(() => {}, 10_000);
        t.same([count, reader.position, reader.lag()], [0, 1, 0]);
      }
      t.equal(readFrames(directory, tail).length, 5_000, 'a reader of what is committed sees them');
      t.equal(writer.sync(), 0);
      appendFrames(writer, 100);
      for (const reader of [...readers, open(3_001)]) {
        const first = reader.position;
        const seen: number[] = [];
        t.equal(reader.lag(), 5_001 - first);
        while (reader.poll(frame => seen.push(frame.sequence), 97) > 0);
        t.same(
          seen,
          Array.from({ length: 5_001 - first }, (_, index) => first + index),
        );
        reader.close();
      }
      const late = open('tail');
      t.equal(late.position, 5_001, 'the tail is where the synced frames end');
      writer.close();
      t.equal(
        late.poll(() => {}, 1_000),
        100,
        'closing syncs the rest',
      );
      late.close();
    },
  );

  t.test(
    `${native}: a reader without a ring follows a log that is being written and shows whole groups only`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer } = openLog(directory);
      const reader = openLogReader({ directory, name: 'ledger', from: 'oldest' });
      t.equal(
        reader.poll(() => {}, 10),
        0,
        'the log is empty',
      );
      let expected = 1;
      for (let round = 0; round < 40; round++) {
        appendFrames(writer, 137, { groupSize: 4, groups: 3 });
        while (reader.poll(frame => t.equal(frame.sequence, expected++) || t.bailout('gap'), 1000) > 0);
        if (expected !== writer.nextSequence) t.equal(expected, writer.nextSequence);
      }
      reader.close();
      writer.close();
    },
  );

  t.test(
    `${native}: syncedSequence reaches the committed one under group and each, and the callback says so`,
    async t => {
      for (const durability of ['group', 'each'] as const) {
        const { directory, remove } = temporaryFolder();
        const { writer } = openLog(directory, { durability });
        const reached = new Promise<void>(resolve => {
          writer.onSynced(() => {
            if (writer.syncedSequence === 500) resolve();
          });
        });
        appendFrames(writer, 500);
        await reached;
        t.equal(writer.syncedSequence, 500, durability);
        writer.close();
        remove();
      }
    },
  );

  t.test(
    `${native}: under durability none frames are read through the ring before they are in a file, and close writes them`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer, tail } = openLog(directory, { durability: 'none' });
      appendFrames(writer, 10);
      t.equal(readFrames(directory).length, 0);
      t.equal(readFrames(directory, tail).length, 10);
      appendFrames(writer, 9990);
      t.equal(firstWrong(readFrames(directory, tail)), 0);
      writer.close();
      t.equal(readFrames(directory).length, 10_000);
    },
  );

  t.test(
    `${native}: a second writer of the same log is refused, and the lock of a dead process is taken over`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer } = openLog(directory);
      t.throws(() => openLog(directory), { code: 'HR_JOURNAL_LOCKED' });
      openLog(directory, { name: 'feed', chained: false }).writer.close();
      writer.close();
      openLog(directory).writer.close();
    },
  );

  t.test(
    `${native}: reads by sequence go on with a log that grows, also behind a frame of 700 KiB and in the next segment`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const sizes = { segmentSizeBytes: 4 * 1024 * 1024, tail: createTail(16 * 1024 * 1024) };
      const { writer } = openLog(directory, sizes);
      const reader = openSequenceReader(directory, 'ledger');
      const long = new Uint8Array(700 * 1024).fill(7);
      for (let round = 0; round < 8; round++) {
        t.equal(appendFrames(writer, 20), 0);
        const head = { type: 18, topic: 0, source: 0 };
        const sequence = writer.stage(head, long);
        writer.endGroup();
        t.equal(writer.commit(BigInt(Date.now()) * 1_000_000n), 0);
        t.equal(reader.read(sequence)?.payload.length, long.length);
        t.same(reader.read(sequence - 1)?.payload, payloadOf(sequence - 1));
        t.equal(reader.read(sequence + 1), undefined, 'not yet written');
      }
      t.same(reader.read(3)?.payload, payloadOf(3));
      reader.close();
      writer.close();
    },
  );

  t.test(`${native}: the newest whole snapshot not past the end is loaded; two are kept`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const { writer } = openLog(directory);
    t.equal(loadSnapshot(directory, 'ledger'), undefined);
    for (const text of ['one', 'two', 'three']) {
      appendFrames(writer, 10);
      writer.writeSnapshot([Buffer.from(text), Buffer.from('!')]);
    }
    t.same(loadSnapshot(directory, 'ledger')?.bytes, Buffer.from('three!'));
    t.equal(loadSnapshot(directory, 'ledger')?.sequence, 30);
    t.same(loadSnapshot(directory, 'ledger', 29)?.bytes, Buffer.from('two!'));
    t.equal(loadSnapshot(directory, 'ledger', 19), undefined, 'the first was removed');
    writer.close();
    openLog(directory).writer.close();
  });

  t.test(`${native}: a reader from 0 begins with the oldest frame kept, and has missed none`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const { writer, tail } = openLog(directory, { tail: createTail(64 * 1024) });
    appendFrames(writer, 10_000);
    for (const place of [{}, { tail }]) {
      const reader = openLogReader({ directory, name: 'ledger', from: 0, ...place });
      t.equal(reader.position, 1);
      let shown = 0;
      while (reader.poll(() => shown++, 1000) > 0);
      t.equal(shown, 10_000);
      t.equal(reader.skippedFrames, 0);
      reader.close();
    }
    writer.close();
  });

  t.test(
    `${native}: retainBytes bounds the files: the oldest segments go, and a reader behind them counts what it missed`,
    async t => {
      const { directory, remove } = temporaryFolder();
      t.teardown(remove);
      const { writer, tail } = openLog(directory, { retainBytes: 1024 * 1024, tail: createTail(64 * 1024) });
      const slow = openLogReader({ directory, name: 'ledger', tail, from: 1 });
      for (let round = 0; round < 20; round++) {
        appendFrames(writer, 1000);
        await new Promise(resolve => setTimeout(resolve, 15));
      }
      t.ok(readdirSync(directory).filter(file => file.endsWith('.segment')).length <= 5);
      let shown = 0;
      while ((shown += slow.poll(() => {}, 1000)) && slow.lag() > 0);
      t.ok(slow.skippedFrames > 0);
      t.equal(shown + slow.skippedFrames, 20_000);
      slow.close();
      writer.close();
    },
  );
}
