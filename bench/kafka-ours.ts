/** Our kafkajs driver as its sink calls it: one batch at a time, acks=all, each record with its journal position. */
import { kafka, kafkaOptions, type BrokerRecord } from '../src/broker/index.js';
import { openLog } from '../src/observe/index.js';
import type { Rated } from './harness.js';
import { batchOf, UNIT, type Broker } from './kafka-peers.js';

const CYCLE_MS = 1000;

export async function kafkaDriver(broker: Broker, messageBytes: number): Promise<Rated> {
  const batch = batchOf(messageBytes);
  const topic = `headrace-${messageBytes}`;
  await broker.createTopic(topic);
  const options = kafkaOptions.parse({ brokers: [broker.address], topics: { 'orders.accepted': topic } });
  const connection = kafka.open(options, { log: openLog('bench', { level: 'error' }), folder: '.' });
  const record = {
    topic: 'orders.accepted',
    log: 'ledger',
    key: 'AC0001',
    value: 'm'.repeat(messageBytes),
    timeMs: Date.now(),
  };
  let position = 1;
  async function run(): Promise<number> {
    const start = performance.now();
    let sent = 0;
    for (; performance.now() - start < CYCLE_MS; sent += batch) {
      const records: BrokerRecord[] = Array.from({ length: batch }, () => ({ ...record, position: position++ }));
      await connection.publishBatch(records);
    }
    return (sent / (performance.now() - start)) * 1000;
  }
  return { name: 'headrace, kafkajs driver', unit: UNIT, run, close: () => connection.close() };
}
