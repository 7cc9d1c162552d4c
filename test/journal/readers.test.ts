import { cpSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { openLogReader, openSequenceReader, verifyLog, type FrameView } from '../../src/journal/index.js';
import { alignFrame } from '../../src/model/index.js';
import { lookThrough, readSegmentHeader } from '../../src/journal/folder.js';
import { appendFrames, nativeModes, openLog, payloadOf, temporaryFolder } from '../support/journal.js';

const COUNT = 6000;

/** A log of some segments, closed. */
function filled(directory: string, native: (typeof nativeModes)[number]): void {
  const { writer } = openLog(directory, { native });
  appendFrames(writer, COUNT);
  writer.close();
}

function segmentPath(directory: string, index: number): string {
  return join(directory, `ledger.0000000${index}.segment`);
}

function readFrame(directory: string, sequence: number): FrameView | undefined {
  const reader = openSequenceReader(directory, 'ledger');
  try {
    return reader.read(sequence);
  } finally {
    reader.close();
  }
}

/** A name that is listed and cannot be opened: the file was deleted after its folder was read. */
function vanish(directory: string, index: number): void {
  rmSync(segmentPath(directory, index));
  symlinkSync(join(directory, 'gone'), segmentPath(directory, index));
}

for (const native of nativeModes)
  for (const written of [0, 5, 300])
    t.test(
      `${native}: a reader past what a writer lost steps back to the log’s end, with ${written} frames written since`,
      async t => {
        const { directory, remove } = temporaryFolder();
        t.teardown(remove);
        const saved = join(directory, 'saved');
        const log = join(directory, 'log');
        const first = openLog(log, { native, durability: 'none' });
        appendFrames(first.writer, 10);
        first.writer.close();
        cpSync(log, saved, { recursive: true });
        const { tail } = first;
        const readers = (['oldest', 'tail', 5] as const).map(from =>
          openLogReader({ directory: log, name: 'ledger', tail, from }),
        );
        const shown = readers.map((): number[] => []);
        const pollAll = (): void =>
          readers.forEach((reader, index) => {
            const take = ({ sequence, payload }: FrameView): void => {
              t.same(payload, payloadOf(sequence));
              shown[index]?.push(sequence);
            };
            while (reader.poll(take, 7) > 0);
          });
        const second = openLog(log, { native, durability: 'none', tail });
        appendFrames(second.writer, 100);
        pollAll();
        t.same(
          readers.map(({ position }) => position),
          [111, 111, 111],
        );
        second.writer.close();
        // What durability `none` allows: of the second writer nothing came to the disk.
        rmSync(log, { recursive: true });
        cpSync(saved, log, { recursive: true });
        const third = openLog(log, { native, durability: 'none', tail });
        shown.forEach(frames => frames.splice(0));
        appendFrames(third.writer, written);
        pollAll();
        const expected = Array.from({ length: written }, (_, index) => 11 + index);
        t.same(shown, [expected, expected, expected]);
        t.same(
          readers.map(({ position, rewoundFrames, skippedFrames }) => [position, rewoundFrames, skippedFrames]),
          Array(3).fill([11 + written, 100, 0]),
        );
        for (const reader of readers) reader.close();
        third.writer.close();
      },
    );

for (const native of nativeModes) {
  t.test(`${native}: a segment deleted between listing and opening is passed by every reader`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    filled(directory, native);
    const second = readSegmentHeader({ directory, name: 'ledger' }, 2);
    const first = typeof second === 'object' ? second.firstSequence : 0;
    vanish(directory, 1);
    const oldest = openLogReader({ directory, name: 'ledger', from: 'oldest' });
    t.equal(oldest.position, first);
    const behind = openLogReader({ directory, name: 'ledger', from: 5 });
    t.equal(behind.position, first);
    t.equal(behind.skippedFrames, first - 5);
    let shown = 0;
    while (behind.poll(() => shown++, 1000) > 0);
    t.equal(shown, COUNT - first + 1);
    for (const reader of [oldest, behind]) reader.close();
    t.equal(readFrame(directory, 5), undefined);
    t.same(readFrame(directory, first)?.payload, payloadOf(first));
    t.match(verifyLog(directory, 'ledger'), { firstSequence: first, lastSequence: COUNT });
  });

  t.test(`${native}: a log whose every listed segment is gone is no log yet, and no reader waits for ever`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    filled(directory, native);
    for (const file of readdirSync(directory))
      if (file.endsWith('.segment')) vanish(directory, Number(file.slice(7, 15)));
    const reader = openLogReader({ directory, name: 'ledger', from: 'oldest' });
    t.equal(reader.position, 0);
    t.equal(
      reader.poll(() => {}, 10),
      0,
    );
    t.equal(readFrame(directory, 1), undefined);
  });

  t.test(`${native}: reads by sequence go on behind damage: only the damaged frames are missing`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    filled(directory, native);
    const bytes = readFileSync(segmentPath(directory, 1));
    const places = [20_000, 20_700, 60_000];
    for (const place of places) bytes[place] = (bytes[place] as number) ^ 0xff;
    bytes.fill(0, 100_000, 104_096);
    writeFileSync(segmentPath(directory, 1), bytes);
    const shown = new Set<number>();
    const reader = openLogReader({ directory, name: 'ledger', from: 'oldest' });
    while (reader.poll(frame => shown.add(frame.sequence), 1000) > 0);
    reader.close();
    t.equal(shown.size + reader.skippedFrames, COUNT);
    t.ok(reader.skippedFrames > places.length, `${reader.skippedFrames} frames are damaged`);
    for (const order of [1, -1]) {
      const sequences = Array.from({ length: COUNT }, (_, index) => (order > 0 ? index + 1 : COUNT - index));
      const bySequence = openSequenceReader(directory, 'ledger');
      const wrong = sequences.filter(sequence => {
        const frame = bySequence.read(sequence);
        const isRight = frame !== undefined && Buffer.from(frame.payload).equals(payloadOf(sequence));
        return shown.has(sequence) ? !isRight : frame !== undefined;
      });
      t.same(wrong, [], order > 0 ? 'ascending' : 'descending');
      bySequence.close();
    }
  });

  t.test(`${native}: a frame whose length was damaged to 300 KiB hides no later one`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const { writer } = openLog(directory, { native, segmentSizeBytes: 1024 * 1024 });
    appendFrames(writer, COUNT);
    writer.close();
    const bytes = readFileSync(segmentPath(directory, 1));
    // Behind the segment's header and the block's, 128 and 64 bytes, and two frames.
    const third = [1, 2].reduce((at, sequence) => at + alignFrame(32 + payloadOf(sequence).length), 128 + 64);
    t.equal(bytes.readUInt32LE(third), 32 + payloadOf(3).length);
    bytes.writeUInt32LE(300 * 1024, third);
    writeFileSync(segmentPath(directory, 1), bytes);
    const reader = openSequenceReader(directory, 'ledger');
    t.equal(reader.read(3), undefined);
    for (const sequence of [4, 2, COUNT]) t.same(reader.read(sequence)?.payload, payloadOf(sequence));
    t.equal(reader.read(COUNT + 1), undefined);
    reader.close();
  });
}

t.test('a folder is listed again when all that was listed is gone, three times at most', async t => {
  const { directory, remove } = temporaryFolder();
  t.teardown(remove);
  filled(directory, 'off');
  const listed: number[] = [];
  const found = lookThrough({ directory, name: 'ledger' }, ([oldest = 0]) => {
    listed.push(oldest);
    rmSync(segmentPath(directory, oldest));
    return listed.length < 2 ? 'gone' : oldest;
  });
  t.equal(found, 2);
  t.same(listed, [1, 2]);
  let listings = 0;
  t.equal(
    lookThrough({ directory, name: 'ledger' }, () => (listings++, 'gone')),
    undefined,
  );
  t.equal(listings, 3);
});
