import { readFileSync } from 'node:fs';
import {
  Kafka,
  logLevel,
  type KafkaConfig,
  type logCreator,
  type Message,
  type Producer,
  type SASLOptions,
} from 'kafkajs';

import { ClosedError, PublishError } from '../model/index.js';
import type { Log } from '../observe/index.js';
import {
  TOO_LARGE,
  type BrokerConnection,
  type BrokerContext,
  type BrokerDriver,
  type BrokerRecord,
} from './driver.js';
import type { KafkaOptions } from './kafka-options.js';
import { readSecret } from './secret.js';

// Bounded below the journal reader's: enough to learn of a new partition leader, then the reader decides.
const DRIVER_RETRIES = { retries: 2, initialRetryTime: 50, maxRetryTime: 250 };
const CONNECT_TIMEOUT_MS = 3_000;

/** kafkajs speaks through our log; its own errors are retried and told by the journal reader, so they are debug lines here. */
function logTo(log: Log): logCreator {
  return () =>
    ({ label, log: entry }) =>
      log.debug({ part: 'kafkajs', label, text: entry.message }, 'driver');
}

function saslOf(options: KafkaOptions, folder: string): { sasl?: SASLOptions } {
  if (options.sasl === undefined) return {};
  const { mechanism, username, password } = options.sasl;
  return { sasl: { mechanism, username, password: readSecret(password, folder) } as SASLOptions };
}

function sslOf({ ssl }: KafkaOptions): Pick<KafkaConfig, 'ssl'> {
  if (ssl === undefined) return {};
  const pem = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const files = { ca: pem(ssl.ca), cert: pem(ssl.cert), key: pem(ssl.key) };
  return { ssl: Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined)) };
}

/** The client settings shared by the sink and by `headrace doctor`. */
export function kafkaClient(options: KafkaOptions, { log, folder }: BrokerContext): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: options.requestTimeoutMs,
    retry: DRIVER_RETRIES,
    logLevel: logLevel.WARN,
    logCreator: logTo(log),
    ...sslOf(options),
    ...saslOf(options, folder),
  });
}

/** Groups records by topic, each topic's in their order: one request a broker, one send in flight a partition. */
function topicMessages(records: readonly BrokerRecord[], topics: KafkaOptions['topics']) {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, log, key, value, bytes, position, timeMs } of records) {
    const name = topics[topic] ?? topic;
    const messages = byTopic.get(name) ?? [];
    if (messages.length === 0) byTopic.set(name, messages);
    messages.push({
      key,
      value: bytes ?? value,
      headers: { log, position: String(position) },
      timestamp: String(timeMs),
    });
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}

/** A batch over `max.message.bytes` of its topic, or over the segment size, is refused however often it comes. */
function publishError(cause: Error): PublishError {
  const { type } = (cause.cause ?? cause) as { type?: unknown };
  const isTooLarge = type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
  const code = isTooLarge ? TOO_LARGE : 'HR_PUBLISH_KAFKA';
  return new PublishError(code, `Kafka did not take a batch: ${cause.message}`, { cause, retryable: !isTooLarge });
}

class KafkaConnection implements BrokerConnection {
  readonly #kafka: Kafka;
  readonly #topics: KafkaOptions['topics'];
  readonly #timeoutMs: number;
  #producer: Producer | undefined;
  #closed = false;

  constructor(options: KafkaOptions, context: BrokerContext) {
    this.#kafka = kafkaClient(options, context);
    this.#topics = options.topics;
    this.#timeoutMs = options.requestTimeoutMs;
  }

  async publishBatch(records: readonly BrokerRecord[]): Promise<void> {
    if (this.#closed) throw new ClosedError('HR_CLOSED', 'the Kafka connection is closed');
    try {
      const producer = await this.#connected();
      const acknowledged = { acks: -1, timeout: this.#timeoutMs };
      await producer.sendBatch({ ...acknowledged, topicMessages: topicMessages(records, this.#topics) });
    } catch (cause) {
      await this.#drop();
      throw publishError(cause as Error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#drop();
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.#kafka.producer({ maxInFlightRequests: 1, retry: DRIVER_RETRIES });
    await producer.connect();
    this.#producer = producer;
    return producer;
  }

  /** After a failure the next batch begins with new connections: a half-open one would eat a request timeout each time. */
  async #drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => {});
  }
}

/** The portable Kafka driver: kafkajs, acks=all, one send in flight. */
export const kafka: BrokerDriver<KafkaOptions> = {
  name: 'kafka',
  summary: 'Apache Kafka through kafkajs: acks=all, one send in flight a partition',
  open: (options, context) => new KafkaConnection(options, context),
};
