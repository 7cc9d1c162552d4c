import t from 'tap';

import type { BrokerConnection, BrokerRecord } from '../../src/broker/index.js';
import { PublishError } from '../../src/model/index.js';
import { sinkContract, type SinkPeer } from '../support/sink-contract.js';

t.setTimeout(60_000);

/** A broker in memory that can go away, and that proves that no two batches are under way at once. */
class MemoryBroker implements SinkPeer {
  readonly records: BrokerRecord[] = [];
  isDown = false;
  mostAtOnce = 0;
  #now = 0;

  open(): BrokerConnection {
    return { publishBatch: records => this.#publish(records), close: async () => {} };
  }

  async arrived(topic: string, key: string): Promise<number[]> {
    return this.records.filter(record => record.topic === topic && record.key === key).map(record => record.position);
  }

  async stop(): Promise<void> {
    this.isDown = true;
  }

  async start(): Promise<void> {
    this.isDown = false;
  }

  async #publish(records: readonly BrokerRecord[]): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
    await new Promise(resolve => setTimeout(resolve, 1));
    this.#now--;
    if (this.isDown) throw new PublishError('HR_PUBLISH_TEST', 'the broker is down', { retryable: true });
    this.records.push(...records);
  }
}

t.test('a broker sink keeps the contract of sinks', async t => {
  const broker = new MemoryBroker();
  await sinkContract(t, broker);
  t.equal(broker.mostAtOnce, 1, 'one send is in flight');
});
