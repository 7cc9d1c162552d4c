import { kafka, type BrokerConnection, type BrokerContext, type KafkaOptions } from '../broker/index.js';
import { kafkaOptions } from '../broker/index.js';
import type { BatchBounds } from './batch.js';
import { openProtoEncoder, type EncodeRecord } from './proto-encoder.js';
import { websocketOptions } from './websocket-options.js';

/** What the publish worker needs of a broker sink besides the connection. */
export interface OpenedBroker {
  readonly connection: BrokerConnection;
  readonly bounds: BatchBounds;
  /** Topics that are sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  /** How records of some topics are encoded; of all others their JSON is sent. */
  readonly encodings: ReadonlyMap<string, EncodeRecord>;
}

function openKafka(options: KafkaOptions, context: BrokerContext): OpenedBroker {
  const only = options.only === undefined ? undefined : new Set(options.only);
  const encodings = new Map(
    Object.entries(options.encoding).flatMap(([topic, encoding]) =>
      encoding === undefined ? [] : [[topic, openProtoEncoder(encoding)] as const],
    ),
  );
  return { connection: kafka.open(options, context), bounds: options, only, encodings };
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
