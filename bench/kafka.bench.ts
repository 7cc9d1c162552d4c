/** Producing to one real broker, acks=all, one partition, beside kafkajs alone and librdkafka from C. */
import type { Question } from './harness.js';
import { kafkaDriver } from './kafka-ours.js';
import { bareKafkajs, librdkafka, startBroker } from './kafka-peers.js';

export const kafka: Question = {
  name: 'kafka',
  async *cases(progress) {
    progress('  starting a Kafka broker');
    const broker = await startBroker();
    try {
      for (const bytes of [100, 1024]) {
        const ours = await kafkaDriver(broker, bytes);
        yield {
          name: `${bytes === 100 ? '100 bytes' : '1 KiB'}`,
          ours,
          peers: [await bareKafkajs(broker, bytes), await librdkafka(broker, bytes)],
        };
      }
    } finally {
      await broker.stop();
    }
  },
};
