import { join } from 'node:path';
import t from 'tap';

import { kafka, kafkaOptions } from '../../src/broker/index.js';
import { createTail, openLogWriter } from '../../src/journal/index.js';
import { FRAME_TYPE, TOPICS } from '../../src/model/index.js';
import { createCounters, openLog } from '../../src/observe/index.js';
import { BrokerSink, OffsetFile, Publisher, SINK_COUNTERS } from '../../src/publish/index.js';
import { createDoorbell, ringDoorbell } from '../../src/ring/index.js';
import { FakeLog, renderFake } from '../support/fake-log.js';
import { consume, KafkaBroker, kafkaMissing, type ConsumedRecord } from '../support/kafka.js';
import { eventually, needs } from '../support/servers.js';
import { sinkContract, type SinkPeer } from '../support/sink-contract.js';

const log = openLog('test', { level: 'silent' });

function openSink(ledger: FakeLog, broker: KafkaBroker, folder: string, topics: Record<string, string> = {}) {
  const options = kafkaOptions.parse({ brokers: [broker.address], retryMsMax: 250, topics });
  const offset = new OffsetFile(folder, 'kafka', ledger.name);
  const counters = createCounters(SINK_COUNTERS);
  const sink = new BrokerSink({
    source: ledger,
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
    { timeout: 240_000 },
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

  await t.test(
    'a topic with max.message.bytes = 4,000 gets 99 records in smaller batches; the one of 6,000 bytes is a dead letter',
    { timeout: 240_000 },
    async t => {
      const admin = broker.client().admin();
      await admin.connect();
      const configEntries = [{ name: 'max.message.bytes', value: '4000' }];
      await admin.createTopics({
        topics: [{ topic: 'small', numPartitions: 1, configEntries }, { topic: 'letters' }],
        waitForLeaders: true,
      });
      await admin.disconnect();
      const ledger = new FakeLog();
      for (let n = 1; n <= 100; n++) ledger.append('application', `K ${'x'.repeat(n === 40 ? 6_000 : 300)}`);
      const topics = { application: 'small', 'dead-letter': 'letters' };
      const { sink, counters } = openSink(ledger, broker, join(folder, 'offsets-3'), topics);
      await sink.close(30_000);
      t.match(counters.snapshot(), { deadLettered: 1, published: 100, failing: 0, position: 101 });
      const records = await consume(broker.client(), ['small'], 99);
      t.strictSame([...new Set(records.map(({ position }) => position))].length, 99);
      const [letter] = await consume(broker.client(), ['letters'], 1);
      t.match(letter, { key: 'K', log: 'ledger', position: 40 });
    },
  );

  await t.test('keeps the contract of sinks', { timeout: 120_000 }, async t => {
    await createTopics(broker, ['quotes']);
    const options = kafkaOptions.parse({ brokers: [broker.address], requestTimeoutMs: 2_000 });
    let arrivals = 0;
    const peer: SinkPeer = {
      open: () => kafka.open(options, { log, folder }),
      arrived: async (topic, key) => {
        arrivals = arrivals === 0 ? 250 : 600;
        const records = await consume(broker.client(), [topic], arrivals);
        return records.filter(record => record.key === key).map(record => record.position);
      },
      stop: () => broker.stop('SIGKILL'),
      start: () => broker.restart(),
    };
    await sinkContract(t, peer, 'quotes');
  });

  await t.test(
    'the publish worker sends what the journal holds, from memory and from disk',
    { timeout: 240_000 },
    async t => {
      await createTopics(broker, ['dead-letter']);
      const directory = join(folder, 'journal');
      const tail = createTail(1_048_576);
      const doorbell = createDoorbell();
      const writer = openLogWriter({ directory, name: 'ledger', durability: 'os', chained: true, native: 'off', tail });
      t.teardown(() => writer.close());
      const write = (from: number, to: number) => {
        for (let n = from; n <= to; n++) {
          const payload = Buffer.from(`\x04\x00late${n}`);
          writer.stage({ type: FRAME_TYPE.deadLetter, topic: TOPICS.indexOf('dead-letter'), source: n % 5 }, payload);
          writer.endGroup();
        }
        t.equal(writer.commit(BigInt(Date.now()) * 1_000_000n), 0);
        ringDoorbell(doorbell, 'off');
      };
      write(1, 500);
      const publisher = new Publisher({
        sinks: { kafka: kafkaOptions.parse({ brokers: [broker.address], only: ['dead-letter'] }) },
        logs: [{ name: 'ledger', directory, tail, topics: [1, 2, 3, 5] }],
        doorbell,
        offsetsFolder: join(folder, 'offsets-4'),
        configFolder: folder,
        native: 'off',
        logLevel: 'silent',
        log,
      });
      const counters = publisher.reports[0]?.counters;
      await eventually('the past is sent', () => counters?.snapshot().published === 500);
      write(501, 1_000);
      await eventually('the doorbell wakes it', () => counters?.snapshot().published === 1_000);
      write(1_001, 1_010);
      await publisher.close(10_000);
      t.match(counters?.snapshot(), { published: 1_010, failing: 0, position: 1_011 }, 'closing drains');
      const records = await consume(broker.client(), ['dead-letter'], 1_010);
      const { keys, repeats } = byKey(records);
      t.equal(repeats, 0);
      t.equal(keys.size, 5);
      for (const [key, positions] of keys) t.ok(isRising(positions), `source ${key} keeps its order`);
      const last = records.find(record => record.position === 1_010);
      t.match(JSON.parse(last?.value ?? '{}'), { reason: 'late', hex: Buffer.from('1010').toString('hex') });
    },
  );
});
