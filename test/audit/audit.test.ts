import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { search, tail, verify, type FoundFrame } from '../../src/audit/index.js';
import { openSequenceReader } from '../../src/journal/index.js';
import { headraceText } from '../support/headrace.js';
import { appendFrames, openLog, payloadOf, temporaryFolder } from '../support/journal.js';

t.setTimeout(120_000);

const { directory, remove } = temporaryFolder();
t.teardown(remove);
const { writer } = openLog(directory);
appendFrames(writer, 4000, { groupSize: 2, groups: 5 });
for (const [type, text] of [
  [5, '8=FIX.4.4\u000135=D\u000111=ORDER-17\u000138=100\u0001'],
  [6, '8=FIX.4.4\u000135=D\u000111=ORDER-170\u000138=100\u0001'],
] as const) {
  writer.stage({ type, topic: 1, source: 3 }, Buffer.from(text));
  writer.endGroup();
  writer.commit(1_790_000_000_123_456_789n);
}
writer.close();

const headrace = (...args: readonly string[]) => headraceText(['audit', ...args]);

t.test('verify names the sequences, the counts by type and the head of the chain', async t => {
  const report = verify(directory, 'ledger');
  t.match(report, { ok: true, firstSequence: 1, lastSequence: 4002, frameCount: 4002, unsealedFrames: 0 });
  t.same(report.countByType, { application: 4000, inbound: 1, outbound: 1 });
  t.match(report.headHash, /^[0-9a-f]{64}$/);
  t.ok(report.sealedBlocks > 5);
});

t.test('search finds by whole ClOrdID, text, type, sequence and time', async t => {
  const sequences = (frames: readonly FoundFrame[]): number[] => frames.map(frame => frame.sequence);
  t.same(sequences(search(directory, 'ledger', { clOrdId: 'ORDER-17' })), [4001], 'ORDER-170 is another order');
  t.same(sequences(search(directory, 'ledger', { text: 'ORDER-17' })), [4001, 4002]);
  t.same(sequences(search(directory, 'ledger', { type: 6 })), [4002]);
  t.same(sequences(search(directory, 'ledger', { topic: 1, fromSequence: 3999 })), [4001, 4002]);
  t.same(sequences(search(directory, 'ledger', { fromSequence: 10, toSequence: 12 })), [10, 11, 12]);
  t.same(sequences(search(directory, 'ledger', { fromNs: 1_790_000_000_000_000_000n })), [4001, 4002]);
  t.equal(search(directory, 'ledger', { limit: 7 }).length, 7);
  const [found] = search(directory, 'ledger', { clOrdId: 'ORDER-17' });
  t.match(found, { time: '2026-09-21T14:13:20.123456789Z', type: 'inbound', topic: 'orders.accepted', source: 3 });
  t.equal(found?.text, '8=FIX.4.4|35=D|11=ORDER-17|38=100|');
});

t.test('tail shows the newest frames and follows until told to stop', async t => {
  const shown: number[] = [];
  await tail({ directory, name: 'ledger', count: 3 }, frame => shown.push(frame.sequence));
  t.same(shown, [4000, 4001, 4002]);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  await tail({ directory, name: 'ledger', count: 1, follow: stop.signal }, frame => shown.push(frame.sequence));
  t.same(shown, [4000, 4001, 4002, 4002]);
});

t.test('a frame is read by its sequence, and one past the end is not there', async t => {
  const reader = openSequenceReader(directory, 'ledger');
  const wrong = Array.from({ length: 4000 }, (_, index) => ((index * 2503) % 4000) + 1).filter(sequence => {
    const frame = reader.read(sequence);
    return frame?.sequence !== sequence || Buffer.compare(frame.payload, payloadOf(sequence)) !== 0;
  });
  t.same(wrong, []);
  t.equal(reader.read(4003), undefined);
  t.equal(reader.read(0), undefined);
  reader.close();
});

t.test('headrace audit answers 0 for a whole log and 1 for what is not there', async t => {
  const verified = headrace('verify', directory, '--json');
  t.equal(verified.status, 0);
  t.match(JSON.parse(verified.out), { ok: true, lastSequence: 4002 });
  const found = headrace('search', directory, '--clordid', 'ORDER-17', '--json');
  t.equal(found.status, 0);
  t.match(JSON.parse(found.out), { sequence: 4001 });
  t.equal(headrace('search', directory, '--clordid', 'ORDER-1').status, 1);
  t.match(headrace('tail', directory, '--count', '1').out, /^4002 /);
  t.match(headrace('verify', '--help').out, /Examples:\n {2}headrace audit verify/);
});

t.test('a payload altered together with its CRC breaks the hash chain, and verify says where', async t => {
  const name = readdirSync(directory).find(file => file.endsWith('.segment')) as string;
  const path = join(directory, name);
  const whole = readFileSync(path);
  const forged = Buffer.from(whole);
  const { crc32c } = await import('../../src/journal/crc32c.js');
  const { FrameBuffer } = await import('../../src/journal/frame-buffer.js');
  const buffer = FrameBuffer.ofSize(forged.length);
  buffer.bytes.set(forged);
  const offset = 128 + 64;
  const length = buffer.lengthAt(offset);
  buffer.bytes[offset + 40] = (buffer.bytes[offset + 40] as number) ^ 1;
  buffer.words[(offset >> 2) + 1] = crc32c(buffer.words, buffer.bytes, offset + 8, offset + length);
  writeFileSync(path, buffer.bytes);
  const report = verify(directory, 'ledger');
  t.equal(report.ok, false);
  t.equal(report.firstBroken?.file, path);
  t.equal(report.firstBroken?.offset, 128, 'the block the frame lies in');
  t.equal(headrace('verify', directory).status, 1);
  writeFileSync(path, whole);
});

t.test('a folder without the log, and what is no folder, are refused by name with exit code 78', async t => {
  const empty = t.testdir({ 'a-file': 'text' });
  const rows: readonly [string, string, string][] = [
    [directory, 'nothing', `${directory} holds no log nothing; it holds ledger`],
    [empty, 'ledger', `${empty} holds no log ledger; it holds no log at all`],
    [join(empty, 'a-file'), 'ledger', `${empty}/a-file: no such folder; give the gateway's data folder`],
    [join(empty, 'none'), 'ledger', `${empty}/none: no such folder; give the gateway's data folder`],
  ];
  for (const [folder, name, message] of rows) {
    t.throws(() => verify(folder, name), { code: 'HR_CONFIG', message });
    t.throws(() => search(folder, name, {}), { code: 'HR_CONFIG', message });
    await t.rejects(
      tail({ directory: folder, name, count: 1 }, () => {}),
      { code: 'HR_CONFIG', message },
    );
  }
  for (const command of ['verify', 'tail', 'search']) {
    const { status, out } = headrace(command, directory, '--log', 'nothing');
    t.equal(status, 78, command);
    t.equal(out, '');
  }
});
