import { z } from 'zod';

import { TOPICS } from '../model/index.js';
import { secret } from './secret.js';

const sasl = z
  .strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('SASL mechanism.'),
    username: z.string().min(1).describe('User name.'),
    password: secret,
  })
  .describe('SASL log-in; use it with `ssl`.');

const ssl = z
  .strictObject({
    ca: z.string().optional().describe('PEM file of the authorities to trust; without it those of Node.js.'),
    cert: z.string().optional().describe('PEM file of the client certificate.'),
    key: z.string().optional().describe('PEM file of the client key.'),
  })
  .describe('TLS to the brokers.');

const topicNames = TOPICS.filter(name => name !== '') as [string, ...string[]];

/** What a user may set of the Kafka sink. acks=all is not an option: a record counts when all in-sync replicas have it. */
export const kafkaOptions = z
  .strictObject({
    brokers: z
      .array(z.string().regex(/^[^\s:]+:\d+$/, 'a broker is host:port'))
      .min(1)
      .describe('Brokers to begin with, each `host:port`.'),
    clientId: z.string().min(1).default('headrace').describe('Client id shown in the broker’s logs and quotas.'),
    topics: z
      .partialRecord(z.enum(topicNames), z.string().min(1))
      .default({})
      .describe('Kafka topic of each journal topic. Without an entry the name is the same; an empty map sends all.'),
    only: z.array(z.enum(topicNames)).min(1).optional().describe('Journal topics to send; without it all of them.'),
    encoding: z
      .partialRecord(
        z.enum(topicNames),
        z.strictObject({
          proto: z.string().min(1).describe('The .proto file, such as `headrace copybook --emit proto` writes.'),
          message: z.string().min(1).describe('The message of a record.'),
        }),
      )
      .default({})
      .describe(
        'Journal topics whose records are sent as protobuf messages in place of JSON; one that does not fit its message is a dead letter.',
      ),
    lingerMs: z.int().min(0).max(1000).default(5).describe('A batch waits this long to fill, in ms.'),
    batchBytes: z
      .int()
      .min(1024)
      .max(16_777_216)
      .default(524_288)
      .describe('A batch is sent when it has this many bytes.'),
    batchRecords: z.int().min(1).max(100_000).default(5_000).describe('… or this many records.'),
    requestTimeoutMs: z
      .int()
      .min(100)
      .max(120_000)
      .default(10_000)
      .describe('A send unanswered for so long has failed.'),
    retryMsMax: z
      .int()
      .min(10)
      .max(60_000)
      .default(1_000)
      .describe('Longest wait between two tries while Kafka is away.'),
    ssl: ssl.optional(),
    sasl: sasl.optional(),
  })
  .describe('Kafka: every topic of the journal as Kafka topics, key = account, acks=all, one send in flight.');

export type KafkaOptions = z.infer<typeof kafkaOptions>;
