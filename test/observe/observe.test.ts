import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';

import { HeadraceError } from '../../src/model/index.js';
import { createCounters, createHistograms, openCounters, openHistogram, openLog } from '../../src/observe/index.js';

t.test('counters add, set and are read by name', async t => {
  const written = createCounters(['received', 'refused', 'backlog']);
  const read = openCounters(written.memory, written.names);
  written.add(written.index.received, 3);
  written.add(written.index.received, 4);
  written.set(written.index.backlog, -12);
  t.strictSame(read.snapshot(), { received: 7, refused: 0, backlog: -12 });
  t.equal(read.get(read.index.received), 7);
});

t.test('a counter holds every whole number from -2^53 to 2^53', async t => {
  const counters = createCounters(['value']);
  for (const value of [0, 1, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1]) {
    counters.set(0, value);
    t.equal(counters.get(0), value, `holds ${value}`);
    t.equal(new BigInt64Array(counters.memory, 64, 1)[0], BigInt(value), 'as an int64 at byte 64');
  }
  counters.set(0, 2 ** 32 - 1);
  counters.add(0, 1);
  t.equal(counters.get(0), 2 ** 32, 'carries into the high word');
});

t.test('a restarted writer continues from the values in memory', async t => {
  const first = createCounters(['total']);
  first.add(0, 5_000_000_000);
  const second = openCounters(first.memory, ['total']);
  second.add(0, 1);
  t.equal(first.get(0), 5_000_000_001);
  t.throws(() => openCounters(first.memory, ['total', 'other']), { code: 'HR_INVARIANT' });
});

t.test('a reader never sees half of a carry: 200,000 steps across 2^32 only grow', async t => {
  const counters = createCounters(['value', 'stop']);
  const step = 2 ** 31 + 12_345;
  const source = `
    const { workerData: { url, memory, step } } = require('node:worker_threads');
    import(url).then(({ openCounters }) => {
      const counters = openCounters(memory, ['value', 'stop']);
      for (let i = 0; i < 200_000; i++) counters.add(0, step);
      counters.set(1, 1);
    });`;
  const url = new URL('../../src/observe/index.js', import.meta.url).href;
  const worker = new Worker(source, { eval: true, workerData: { url, memory: counters.memory, step } });
  const gone = once(worker, 'exit');
  let [last, shrunk, broken] = [0, 0, 0];
  while (counters.get(1) === 0) {
    const value = counters.get(0);
    if (value < last) shrunk++;
    if (value % step !== 0) broken++;
    last = value;
  }
  await gone;
  t.equal(shrunk, 0);
  t.equal(broken, 0);
  t.equal(counters.get(0), 200_000 * step);
});

t.test('a histogram is within 1.6 % from 1 ns to 100 s', async t => {
  let worst = 0;
  for (let value = 1; value <= 100e9; value = Math.ceil(value * 1.0037)) {
    const histogram = openHistogram(createHistograms(['latency']).latency);
    histogram.record(value);
    histogram.record(200e9);
    worst = Math.max(worst, Math.abs(histogram.summary().p50Ns - value) / value);
  }
  t.ok(worst <= 0.016, `worst error ${worst}`);
});

t.test('a histogram gives count, mean, percentiles and the exact maximum', async t => {
  const { read, gate } = createHistograms(['read', 'gate']);
  const written = openHistogram(read);
  for (let value = 1; value <= 1000; value++) written.record(value);
  const summary = openHistogram(read).summary();
  t.equal(summary.count, 1000);
  t.equal(summary.sumNs, 500_500);
  t.equal(summary.meanNs, 500.5);
  t.equal(summary.maxNs, 1000);
  for (const [name, exact] of [
    ['p50Ns', 500],
    ['p90Ns', 900],
    ['p99Ns', 990],
    ['p999Ns', 999],
  ] as const)
    t.ok(Math.abs(summary[name] - exact) <= exact * 0.016, `${name} ${summary[name]} is about ${exact}`);
  t.equal(openHistogram(gate).summary().count, 0, 'the other histogram is empty');
  t.equal(openHistogram(gate).summary().meanNs, 0);
});

t.test('a batch is recorded with its count, and values out of range are kept at the edge', async t => {
  const histogram = openHistogram(createHistograms(['x']).x);
  histogram.record(50, 256);
  histogram.record(-3);
  histogram.record(Number.NaN);
  histogram.record(1e12);
  t.equal(histogram.summary().count, 259);
  t.equal(histogram.summary().p50Ns, 50);
  t.equal(histogram.summary().maxNs, 1e12);
});

t.test('a log line has level, time, thread and facts, and of a known error its code, never its details', async t => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const log = openLog('feed', { level: 'info', destination });
  log.debug('not written');
  log.info({ connections: 2 }, 'listening');
  log.error({ err: new HeadraceError('HR_TEST', 'broken', { details: { hex: '31323334' } }) }, 'stopped');
  t.equal(lines.length, 2);
  t.match(lines[0], { level: 'info', thread: 'feed', connections: 2, msg: 'listening', time: /^\d{4}-\d\d-\d\dT.*Z$/ });
  t.strictSame(lines[1]?.['err'], { code: 'HR_TEST', message: 'broken' });
});
