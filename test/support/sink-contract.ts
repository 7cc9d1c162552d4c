import type { Test } from 'tap';

import type { BrokerConnection } from '../../src/broker/index.js';
import { createCounters, openLog } from '../../src/observe/index.js';
import { BrokerSink, OffsetFile, SINK_COUNTERS, type BatchBounds } from '../../src/publish/index.js';
import { FakeLog, renderFake } from './fake-log.js';
import { eventually } from './servers.js';

/** What a broker driver's test gives: a connection, what arrived, and its peer taken away and brought back. */
export interface SinkPeer {
  open(): BrokerConnection;
  /** Positions that arrived for a topic's key, in their order, repeats included. */
  arrived(topic: string, key: string): Promise<readonly number[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const BOUNDS: BatchBounds = { lingerMs: 2, batchBytes: 65_536, batchRecords: 100, retryMsMax: 100 };
const log = openLog('test', { level: 'silent' });

function openSink(ledger: FakeLog, peer: SinkPeer, folder: string, bounds: Partial<BatchBounds> = {}) {
  const offset = new OffsetFile(folder, 'contract', ledger.name);
  const counters = createCounters(SINK_COUNTERS);
  const shared = { render: renderFake, only: undefined, offset, counters, log };
  const sink = new BrokerSink({ ...shared, source: ledger, connection: peer.open(), bounds: { ...BOUNDS, ...bounds } });
  return { sink, counters, offset };
}

function withoutRepeats(positions: readonly number[]): number[] {
  return [...new Set(positions)];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The contract of every broker sink: batch, refuse, reconnect, drain, close twice, and the same counts in batches or one by one. */
export async function sinkContract(
  t: Test,
  peer: SinkPeer,
  topic: 'executions' | 'quotes' = 'executions',
): Promise<void> {
  const ledger = new FakeLog();
  const folder = t.testdir({});

  const batched = openSink(ledger, peer, folder);
  for (let n = 0; n < 250; n++) ledger.append(topic, 'K x');
  batched.sink.wake();
  await eventually('250 are acknowledged', () => batched.counters.snapshot().published === 250);
  t.strictSame(await peer.arrived(topic, 'K'), range(1, 250), 'a batch arrives once and in order');
  t.ok(batched.counters.snapshot().batches >= 3, 'a batch has at most batchRecords');
  await batched.sink.close(1_000);
  await batched.sink.close(1_000);
  t.equal(batched.offset.load(), 251, 'closing twice keeps the place');

  const single = openSink(ledger, peer, folder, { batchRecords: 1 });
  for (let n = 0; n < 250; n++) ledger.append(topic, 'K x');
  await single.sink.close(30_000);
  const { published, batches, lag } = single.counters.snapshot();
  t.strictSame(
    { published, batches, lag },
    { published: 250, batches: 250, lag: 0 },
    'one by one counts the same; draining sends all',
  );

  const cut = openSink(ledger, peer, folder);
  await peer.stop();
  for (let n = 0; n < 100; n++) ledger.append(topic, 'K x');
  cut.sink.wake();
  await eventually('the refusal is seen', () => cut.counters.snapshot().failing === 1);
  t.equal(cut.counters.snapshot().lag, 100, 'an outage is the lag of this reader');
  await cut.sink.close(50);
  t.equal(cut.offset.load(), 501, 'what was not acknowledged stays to be sent');

  const back = openSink(ledger, peer, folder);
  back.sink.wake();
  await eventually('it tries', () => back.counters.snapshot().retries > 0);
  await peer.start();
  await eventually('it goes on', () => back.counters.snapshot().published === 100);
  t.match(back.counters.snapshot(), { failing: 0, lag: 0, position: 601 });
  await back.sink.close(1_000);
  t.strictSame(withoutRepeats(await peer.arrived(topic, 'K')), range(1, 600), 'nothing is lost and the order is kept');
  t.equal(ledger.openReaders, 0);
}
