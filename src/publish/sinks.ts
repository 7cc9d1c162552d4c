import { kafka, type BrokerConnection, type BrokerContext, type KafkaOptions } from '../broker/index.js';
import { kafkaOptions } from '../broker/index.js';
import type { BatchBounds } from './batch.js';
import { websocketOptions } from './websocket-options.js';

/** What the publish worker needs of a broker sink besides the connection. */
export interface OpenedBroker {
  readonly connection: BrokerConnection;
  readonly bounds: BatchBounds;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
}

function openKafka(options: KafkaOptions, context: BrokerContext): OpenedBroker {
  const only = options.only === undefined ? undefined : new Set(options.only);
  return { connection: kafka.open(options, context), bounds: options, only };
}

/** Sinks of the publish worker: one line makes a broker driver a sink. */
export const brokerSinks = {
  kafka: { name: 'kafka', summary: kafka.summary, options: kafkaOptions, open: openKafka },
} as const;

export type BrokerSinkName = keyof typeof brokerSinks;

/** The options of each sink by its name in the config; a sink that is not in the config is not opened. */
export const sinkOptions = {
  kafka: brokerSinks.kafka.options.optional(),
  websocket: websocketOptions.optional(),
};
