import { join } from 'node:path';
import t from 'tap';

import { kafka, kafkaOptions } from '../../src/broker/index.js';
import { createCounters, openLog } from '../../src/observe/index.js';
import { BrokerSink, OffsetFile, SINK_COUNTERS } from '../../src/publish/index.js';
import { FakeLog, renderFake } from '../support/fake-log.js';
import { consume, KafkaBroker, kafkaMissing, type ConsumedRecord } from '../support/kafka.js';
import { eventually, needs } from '../support/servers.js';

const log = openLog('test', { level: 'silent' });

function openSink(ledger: FakeLog, broker: KafkaBroker, folder: string) {
  const options = kafkaOptions.parse({ brokers: [broker.address], retryMsMax: 250 });
  const offset = new OffsetFile(folder, 'kafka', ledger.name);
  const counters = createCounters(SINK_COUNTERS);
  const sink = new BrokerSink({
    reader: ledger.openReader(offset.load() ?? 'oldest'),
    render: renderFake,
    only: undefined,
    connection: kafka.open(options, { log, folder }),
    offset,
    bounds: options,
    counters,
    log,
  });
  return { sink, counters };
}

async function createTopics(broker: KafkaBroker, topics: string[]): Promise<void> {
  const admin = broker.client().admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map(topic => ({ topic, numPartitions: 3 })), waitForLeaders: true });
  await admin.disconnect();
}

/** Drops repeats by position, as the documentation tells a consumer to, and returns each key's positions in the order they came. */
function byKey(records: readonly ConsumedRecord[]): { keys: Map<string, number[]>; repeats: number } {
  const [seen, keys] = [new Set<number>(), new Map<string, number[]>()];
  for (const { key, position } of records) {
    if (seen.has(position)) continue;
    seen.add(position);
    keys.set(key, [...(keys.get(key) ?? []), position]);
  }
  return { keys, repeats: records.length - seen.size };
}

function isRising(positions: readonly number[]): boolean {
  return positions.every((position, index) => index === 0 || position > (positions[index - 1] as number));
}

t.setTimeout(300_000);

t.test('a real Kafka', { ...needs(kafkaMissing()), timeout: 240_000 }, async t => {
  const folder = t.testdir({});
  const broker = await KafkaBroker.start(join(folder, 'kafka'));
  t.teardown(() => broker.stop('SIGKILL'));

  await t.test(
    'holds 5,000 orders of the log as they are there, each under its account, with its position',
    { timeout: 60_000 },
    async t => {
      await createTopics(broker, ['orders.accepted', 'orders.refused']);
      const ledger = new FakeLog();
      for (let n = 0; n < 5_000; n++)
        ledger.append(n % 5 === 0 ? 'orders.refused' : 'orders.accepted', `A${n % 7} ${n}`);
      ledger.append('', 'a frame of no topic');
      const { sink, counters } = openSink(ledger, broker, join(folder, 'offsets-1'));
      sink.wake();
      await eventually('all are acknowledged', () => counters.get(counters.index.published) === 5_000);
      await sink.close(1_000);
      const records = await consume(broker.client(), ['orders.accepted', 'orders.refused'], 5_000);
      t.equal(records.length, 5_000, 'nothing twice');
      const expected = ledger.frames.slice(0, 5_000).map(frame => renderFake(frame));
      const produced = [...records].sort((a, b) => a.position - b.position);
      t.strictSame(
        produced.map(({ topic, key, value, position }) => ({ topic, key, value, position })),
        expected.map(frame => ({
          topic: frame?.topic,
          key: frame?.items[0]?.key,
          value: frame?.items[0]?.data,
          position: frame?.position,
        })),
      );
      t.equal(
        new OffsetFile(join(folder, 'offsets-1'), 'kafka', 'ledger').load(),
        5_002,
        'the offset stands behind all',
      );
    },
  );

  await t.test(
    'stopped for 20 s under load and back: nothing is lost, each key keeps its order',
    { timeout: 120_000 },
    async t => {
      await createTopics(broker, ['executions']);
      const ledger = new FakeLog();
      const { sink, counters } = openSink(ledger, broker, join(folder, 'offsets-2'));
      const load = setInterval(() => {
        for (let n = 0; n < 20; n++) ledger.append('executions', `A${ledger.frames.length % 11} x`);
        sink.wake();
      }, 10);
      const published = () => counters.get(counters.index.published);
      await eventually('the load flows', () => published() > 1_000);
      await broker.stop('SIGKILL');
      const [before, atStop] = [published(), ledger.frames.length];
      await new Promise(resolve => setTimeout(resolve, 20_000));
      t.ok(ledger.frames.length > atStop + 10_000, 'the log went on while the broker was away');
      t.ok(counters.get(counters.index.lag) > 10_000 || counters.get(counters.index.failing) === 1, 'the reader lags');
      t.ok(published() <= before + 5_000);
      await broker.restart();
      await eventually('the reader caught up', () => published() >= ledger.frames.length - 200);
      clearInterval(load);
      await sink.close(20_000);
      const total = ledger.frames.length;
      t.equal(published(), total);
      const records = await consume(broker.client(), ['executions'], total);
      const { keys, repeats } = byKey(records);
      t.comment(`${total} frames, ${repeats} repeats`);
      t.equal(
        [...keys.values()].reduce((sum, positions) => sum + positions.length, 0),
        total,
        'nothing is lost',
      );
      for (const [key, positions] of keys) t.ok(isRising(positions), `${key} keeps its order`);
    },
  );

  await t.test('a second start goes on where the first stopped', { timeout: 60_000 }, async t => {
    await createTopics(broker, ['quotes']);
    const ledger = new FakeLog();
    const run = async (upTo: number) => {
      while (ledger.frames.length < upTo) ledger.append('quotes', `S${ledger.frames.length} 1`);
      const { sink } = openSink(ledger, broker, join(folder, 'offsets-3'));
      sink.wake();
      await sink.close(20_000);
    };
    await run(100);
    await run(250);
    const records = await consume(broker.client(), ['quotes'], 250);
    t.equal(records.length, 250);
    t.equal(byKey(records).repeats, 0);
  });
});
