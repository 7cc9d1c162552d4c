import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import t from 'tap';

import { TOPICS } from '../../src/model/index.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { consume, KafkaBroker, kafkaMissing } from '../support/kafka.js';
import { ProbeClient } from '../support/probe-client.js';
import { eventually, needs } from '../support/servers.js';

const PUBLISHED = ['orders.accepted', 'orders.refused', 'executions', 'quotes'] as const;
const OUTAGE_MS = 20_000;
const PHASE_MS = 3_000;
const PROBE_EVERY_MS = 25;

t.setTimeout(240_000);

async function createTopics(broker: KafkaBroker): Promise<void> {
  const admin = broker.client().admin();
  await admin.connect();
  await admin.createTopics({
    topics: PUBLISHED.map(topic => ({ topic, numPartitions: 3 })),
    waitForLeaders: true,
  });
  await admin.disconnect();
}

/** How many records lie in the topics now. */
async function recordCount(broker: KafkaBroker): Promise<number> {
  const admin = broker.client().admin();
  await admin.connect();
  const offsets = await Promise.all(PUBLISHED.map(topic => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  return offsets.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

/** Orders at a steady pace; resolves with the median time to their first report. */
async function medianMs(probe: ProbeClient, forMs: number): Promise<string> {
  const [first, endMs] = [probe.reports.length, performance.now() + forMs];
  while (performance.now() < endMs) {
    probe.send();
    await wait(PROBE_EVERY_MS);
  }
  const latencies = probe.reports.slice(first).filter(({ ordStatus }) => ordStatus === '0' || ordStatus === '8');
  const sorted = latencies.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(2)} ms of ${sorted.length}`;
}

t.test('a real Kafka away for 20 s under load', { ...needs(kafkaMissing()), timeout: 230_000 }, async t => {
  const folder = t.testdir({});
  const broker = await KafkaBroker.start(join(folder, 'kafka'));
  t.teardown(() => broker.stop('SIGKILL'));
  await createTopics(broker);
  const desk = new GatewayDesk({
    folder: join(folder, 'desk'),
    ordersPerSecond: 200,
    change: config => {
      config.logLevel = 'error';
      config.sinks = { kafka: { brokers: [broker.address], retryMsMax: 250 } };
    },
  });
  t.teardown(() => desk.close(0));
  desk.writePositions();
  const gateway = await desk.start();
  const reader = (log: string) => gateway.view?.readers().find(one => one.sink === 'kafka' && one.log === log);
  const lag = (): number => (reader('ledger')?.lag ?? 0) + (reader('feed')?.lag ?? 0);
  await desk.trade();
  const probe = await ProbeClient.open(gateway.ports.clients);
  await eventually('Kafka takes records', () => (reader('ledger')?.published ?? 0) > 100);

  const before = await medianMs(probe, PHASE_MS);
  await broker.stop('SIGKILL');
  const stoppedMs = performance.now();
  const during = await medianMs(probe, OUTAGE_MS / 2);
  const lagAway = lag();
  t.equal(reader('ledger')?.failing, true, 'the reader says that its sends fail');
  t.ok(lagAway > 1_000, `the reader lags: ${lagAway} frames`);
  t.equal(gateway.view?.ready().ok, true, 'an outage of Kafka does not close the gateway');
  await wait(Math.max(0, OUTAGE_MS - (performance.now() - stoppedMs)));
  await broker.restart();
  const after = await medianMs(probe, PHASE_MS);
  t.comment(`median time to the first report: before ${before}, away ${during}, after ${after}`);

  await desk.endTrade();
  await eventually('every order is answered', () => new Set(probe.reports.map(one => one.clOrdID)).size === probe.sent);
  const { client } = desk.counterparty.counts();
  t.ok(client.ordersSent > 1_000);
  await eventually('the reader caught up', () => lag() === 0);
  t.equal(reader('ledger')?.failing, false);
  t.equal(reader('ledger')?.dropped, 0);
  await probe.close();
  await desk.close(10_000);

  const records = await consume(broker.client(), [...PUBLISHED], await recordCount(broker));
  for (const topic of PUBLISHED) {
    const frames = desk.frames(topic === 'quotes' ? 'feed' : 'ledger');
    const expected = frames.filter(frame => TOPICS[frame.topic] === topic).map(frame => frame.sequence);
    const positions = new Set(records.filter(record => record.topic === topic).map(record => record.position));
    t.strictSame(
      [...positions].sort((a, b) => a - b),
      expected,
      `${topic}: ${expected.length} positions, none lost`,
    );
  }
});
