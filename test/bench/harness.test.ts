import t from 'tap';

import { median, orMissing, ratioOf, runCase, type Case, type Rated } from '../../bench/harness.js';
import { reportTable } from '../../bench/report.js';
import { FrameCounter, clientFrame } from '../../bench/websocket-clients.js';

function series(name: string, unit: string, values: readonly number[], log: string[] = []): Rated {
  let next = 0;
  return {
    name,
    unit,
    run: () => {
      log.push(name);
      return values[next++] ?? NaN;
    },
    close: () => void log.push(`${name} closed`),
  };
}

const quiet = { rounds: 3, cycleSeconds: 0.01, progress: () => {} };

t.test('the median is the middle value, the mean of the middle two, and NaN of none', async t => {
  t.equal(median([5, 1, 9]), 5);
  t.equal(median([4, 1, 9, 2]), 3);
  t.equal(median([10, 9, 100, 2, 1]), 9, 'sorts numbers, not texts');
  t.ok(Number.isNaN(median([])));
});

t.test('a ratio is above 1 where ours is better, whatever the unit', async t => {
  t.equal(ratioOf(3000, 1000, 'records/s'), 3);
  t.equal(ratioOf(20, 60, 'µs p50'), 3, 'a third of the time is three times better');
  t.equal(ratioOf(120, 60, 'ns'), 0.5);
});

t.test(
  'after a cycle thrown away, each round runs one cycle of each contender, turned round every second round',
  async t => {
    const log: string[] = [];
    const item: Case = {
      name: 'sync a 1,000',
      ours: series('ours', 'records/s', [999, 10, 30, 20], log),
      peers: [series('peer', 'records/s', [999, 5, 4, 6], log), { name: 'absent', missing: 'not in the registry' }],
    };
    const rows = await runCase('journal', item, quiet);
    const warmUp = ['ours', 'peer'];
    const rounds = ['ours', 'peer', 'peer', 'ours', 'ours', 'peer'];
    t.strictSame(log, [...warmUp, ...rounds, 'ours closed', 'peer closed']);
    t.strictSame(rows, [
      { question: 'journal', peer: 'peer, sync a 1,000', ours: 20, theirs: 5, unit: 'records/s', ratio: 4, rounds: 3 },
      {
        question: 'journal',
        peer: 'absent, sync a 1,000',
        ours: 20,
        theirs: null,
        unit: 'records/s',
        ratio: null,
        rounds: 3,
        missing: 'not in the registry',
      },
    ]);
    t.match(reportTable(rows), /peer, sync a 1,000 +\| 20\.0 +\| 5\.00 +\| records\/s \| 4\.00 × /);
  },
);

t.test('a side that cannot run is missing with its reason, never beaten', async t => {
  const ours = await orMissing('ours', () => {
    throw new Error('the crate is not built');
  });
  const rows = await runCase('journal', { name: '', ours, peers: [series('peer', 'ns', [1, 1, 1, 1])] }, quiet);
  t.match(rows, [{ ours: null, theirs: 1, ratio: null, missing: 'ours: the crate is not built' }]);
});

t.test('contenders of one case must share a unit', async t => {
  const item: Case = { name: '', ours: series('ours', 'ns', [1]), peers: [series('peer', 'µs', [1])] };
  await t.rejects(runCase('ring', item, quiet), { message: /units differ: ns, µs/ });
});

t.test('benchmark.js times a call: operations a second, and an exception is not a figure', async t => {
  const timed = {
    name: 'sum',
    unit: 'additions/s',
    operations: 100,
    call: () => [...Array(100).keys()].reduce((a, b) => a + b),
  };
  const [row] = await runCase('sum', { name: '', ours: timed, peers: [timed] }, quiet);
  t.ok((row?.ours ?? 0) > 0);
  const broken = {
    ...timed,
    call: () => {
      throw new Error('broken');
    },
  };
  const rows = await runCase('sum', { name: '', ours: timed, peers: [broken, timed] }, quiet);
  t.match(rows, [{ theirs: null, ratio: null, missing: 'broken' }, { missing: undefined }], 'and the others go on');
});

t.test('WebSocket frames are counted whatever the chunks of the stream', async t => {
  const frame = (length: number): Buffer => {
    const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255];
    return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 0x81)]);
  };
  const stream = Buffer.concat([frame(0), frame(100), frame(125), frame(126), frame(5000), frame(1)]);
  for (const size of [1, 2, 3, 101, stream.length]) {
    const counter = new FrameCounter();
    for (let at = 0; at < stream.length; at += size) counter.push(stream.subarray(at, at + size));
    t.equal(counter.frames, 6, `in chunks of ${size} bytes`);
  }
  t.strictSame([...clientFrame('ab')], [0x81, 0x82, 0, 0, 0, 0, 0x61, 0x62], "a client's frame is masked, with zeros");
});
