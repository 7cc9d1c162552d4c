import t from 'tap';

import { FRAME_TYPE } from '../../src/model/index.js';
import type { BrokerRecord } from '../../src/broker/index.js';
import { RequiredWatch } from '../../src/gateway/required-watch.js';
import { createCounters } from '../../src/observe/index.js';
import { REQUIRED_COUNTERS } from '../../src/orders/index.js';
import { SINK_COUNTERS } from '../../src/publish/index.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { ProbeClient } from '../support/probe-client.js';
import { until } from '../support/until.js';

t.setTimeout(400_000);

const RETAIN_GB = 0.0625;
const RETAIN_BYTES = RETAIN_GB * 2 ** 30;
const RECORD = Buffer.alloc(60_000, 0xff);
const WAIT_MS = 60_000;

/** A sink that acknowledges nothing until it is told to. */
class StubbornSink {
  takes = false;
  readonly positions: number[] = [];

  publishBatch(records: readonly BrokerRecord[]): Promise<void> {
    if (!this.takes) return Promise.reject(new Error('away'));
    this.positions.push(...records.map(record => record.position));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const room = { accounts: 1_000 };

function openDesk(folder: string, sink: StubbornSink, policy: 'required' | 'bestEffort'): GatewayDesk {
  return new GatewayDesk({
    folder,
    sinks: { mine: sink },
    change: config => {
      config.journal = { durability: 'os', tailSizeMb: 8, retainGb: RETAIN_GB };
      config.lane = { ...config.lane, ...room };
      config.topics = { 'orders.accepted': policy };
      delete config.feed;
      config.risk = { firm: { maxQuantity: '100000' } };
    },
  });
}

/** Fills the ledger with injected records until `sizeBytes` more are in it, or it takes no more. Returns how many it took. */
async function fill(desk: GatewayDesk, sizeBytes: number): Promise<number> {
  const count = Math.ceil(sizeBytes / RECORD.length);
  for (let taken = 0; taken < count; taken++) {
    try {
      await desk.gateway.inject(RECORD);
    } catch {
      return taken;
    }
  }
  return count;
}

t.test('a required topic whose reader is away refuses new orders at the bound, and loses nothing', async t => {
  const sink = new StubbornSink();
  const desk = openDesk(t.testdir({}), sink, 'required');
  t.teardown(() => desk.close(0));
  desk.writePositions();
  await desk.start();
  await desk.tradeQuietly();
  const probe = await ProbeClient.open(desk.gateway.ports.clients);
  t.match(await probe.order(), { ordStatus: '0' });
  const taken = await fill(desk, 8 * RETAIN_BYTES);
  t.ok(taken * RECORD.length > RETAIN_BYTES / 2 && taken * RECORD.length < 8 * RETAIN_BYTES, `took ${taken} records`);
  t.match(await probe.order(), { ordStatus: '8', text: 'journalFull: the journal has no room' });
  t.ok((desk.gateway.view?.refusals()['journalFull'] ?? 0) > 0);
  t.equal(desk.frames('ledger')[0]?.sequence, 1, 'nothing was deleted');
  const dropped = (): number | undefined =>
    desk.gateway.view?.readers().find(reader => reader.sink === 'mine' && reader.log === 'ledger')?.dropped;
  t.equal(dropped(), 0);

  sink.takes = true;
  let last = await probe.order();
  for (const endMs = Date.now() + WAIT_MS; last.ordStatus !== '0' && Date.now() < endMs;) last = await probe.order();
  t.match(last, { ordStatus: '0' }, 'orders pass again when the reader has caught up');
  t.equal(dropped(), 0);
  t.equal(new Set(sink.positions).size, sink.positions.length);
  await until(() => (desk.frames('ledger')[0]?.sequence ?? 0) > 1, WAIT_MS);
  await probe.close();
  await desk.close();

  await t.test('what retention took is in the snapshot: the next start has names, limits and loads', async t => {
    await desk.start();
    t.equal(desk.gateway.recovered?.loads, 1);
    await desk.tradeQuietly();
    const again = await ProbeClient.open(desk.gateway.ports.clients);
    const accepted = new Promise<unknown>(resolve => desk.gateway.once('accepted', order => resolve(order.data)));
    t.match(await again.order(), { ordStatus: '0' });
    t.match(await accepted, { account: 'ACC00002', symbol: 'IBM' });
    t.notOk(
      desk.frames('ledger').some(({ type }) => type === FRAME_TYPE.loadEnd),
      'the load’s own frames are gone',
    );
    await again.close();
    await desk.close();
  });

  await t.test('other table sizes need the first frame: the start is refused', async t => {
    room.accounts = 2_000;
    t.teardown(() => (room.accounts = 1_000));
    await t.rejects(desk.start(), { code: 'HR_LEDGER_INCOMPLETE' });
  });
});

t.test('a best-effort topic whose reader is away loses the oldest, and counts it', async t => {
  const sink = new StubbornSink();
  const desk = openDesk(t.testdir({}), sink, 'bestEffort');
  t.teardown(() => desk.close(0));
  desk.writePositions();
  await desk.start();
  await desk.tradeQuietly();
  const probe = await ProbeClient.open(desk.gateway.ports.clients);
  const records = Math.ceil((2 * RETAIN_BYTES) / RECORD.length);
  t.equal(await fill(desk, 2 * RETAIN_BYTES), records, 'the ledger takes all');
  t.match(await probe.order(), { ordStatus: '0' }, 'orders go on');
  await until(() => (desk.frames('ledger')[0]?.sequence ?? 0) > 1, WAIT_MS);
  sink.takes = true;
  const reader = () => desk.gateway.view?.readers().find(one => one.sink === 'mine' && one.log === 'ledger');
  await until(() => (reader()?.dropped ?? 0) > 0 && reader()?.lag === 0, WAIT_MS);
  const last = desk.frames('ledger').at(-1)?.sequence ?? 0;
  t.ok((reader()?.dropped ?? 0) < last, `${reader()?.dropped} of ${last} frames were dropped`);
  t.ok((await desk.metrics()).get('headrace_reader_dropped_total{sink="mine",log="ledger"}'));
  await probe.close();
  await desk.close();
});

t.test(
  'a required reader whose place is not known counts from the oldest frame, so that the byte bound holds',
  async t => {
    const counters = createCounters(SINK_COUNTERS);
    const told = createCounters(REQUIRED_COUNTERS);
    const sinks = [{ sink: 'kafka', log: 'ledger', counters }];
    const watch = new RequiredWatch({ 'orders.accepted': 'required' } as never, sinks, told.memory);
    t.teardown(() => watch.close());
    t.equal(told.snapshot().position, 1, 'nothing may be deleted, and what is held is counted');
    counters.set(counters.index.position, 500);
    await until(() => told.snapshot().position === 500);
  },
);
