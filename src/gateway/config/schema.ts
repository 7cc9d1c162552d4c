import { z } from 'zod';

import { TOPICS } from '../../model/index.js';
import { secret } from '../../broker/index.js';
import { sinkOptions } from '../../publish/index.js';
import { signalOptions } from '../../signals/index.js';
import { fix } from './fix-schema.js';
import { feed, startOfDay } from './load-schema.js';
import { risk } from './risk-schema.js';
import { count, expression, fraction, host, port, text } from './values.js';

/** 64 MiB: sixteen segments of the smallest size that holds a batch. */
const RETAIN_GB_MIN = 0.0625;

const journal = z
  .strictObject({
    durability: z
      .enum(['none', 'os', 'group', 'each'])
      .default('group')
      .describe('What an acknowledged order survives: `os` our crash, `group` and `each` a power cut.'),
    tailSizeMb: count(64, 4_096).describe('Newest part of the ledger in shared memory, in MiB.'),
    retainGb: fraction(z.number().min(RETAIN_GB_MIN).max(65_536).default(64)).describe(
      'Oldest ledger segments are dropped beyond this many GiB.',
    ),
    group: z
      .strictObject({
        records: count(1_000, 1_000_000).describe('A group is synced when it has this many frames.'),
        sizeBytes: count(1_048_576, 67_108_864).describe('A group is synced when it has this many bytes.'),
        timeMs: count(2, 1_000).describe('A group is synced when its first frame is this old, in ms.'),
      })
      .prefault({})
      .describe('Group commit: whichever comes first.'),
  })
  .prefault({})
  .describe('The ledger.');

const lane = z
  .strictObject({
    spinUs: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('Look for work so long before sleeping; needs a spare core.'),
    accounts: count(10_000, 1_000_000).describe('Room for accounts.'),
    symbols: count(5_000, 1_000_000).describe('Room for symbols.'),
    orders: count(100_000, 10_000_000).describe('Room for open orders.'),
    clOrdIds: count(1_000_000, 100_000_000).describe('ClOrdIDs remembered of each session, to refuse a repeated one.'),
    priceRingKb: count(1_024, 65_536).describe('Ring that brings prices into the lane, in KiB.'),
    loadRingKb: count(4_096, 65_536).describe('Ring that brings start-of-day records into the lane, in KiB.'),
  })
  .prefault({})
  .describe('The order lane and the sizes of its tables.');

const admin = z
  .strictObject({
    tokens: z
      .array(
        z.strictObject({
          token: secret,
          role: z
            .enum(['viewer', 'operator', 'admin'])
            .describe(
              '`operator` may halt, enable, disable, test and replay FIX sessions, `admin` may set their sequence numbers as well.',
            ),
          name: text()
            .optional()
            .describe('Whom the journal names for what is done with it; else role and place, as in `operator-2`.'),
        }),
      )
      .default([])
      .describe(
        'Bearer tokens. Without one only a loopback address may be bound, and FIX sessions may be looked at but not changed.',
      ),
  })
  .prefault({})
  .describe('Who may use page, metrics, halts and the commands to FIX sessions.');

/** The gateway's own inputs: their messages are orders, quotes, positions and limits, each with a form and checks of its own. */
const OWN_SOURCES = ['fix', 'feed', 'startOfDay'];

const transform = z
  .array(
    z.strictObject({
      source: text()
        .refine(name => !OWN_SOURCES.includes(name), {
          error:
            'fix, feed and startOfDay bring no JSON records: a step takes those of an embedder’s source or of inject',
        })
        .optional()
        .describe(
          'Takes the records of this source of an embedder; of `inject` those given to inject(). Left out: all. Orders, quotes and the start of day pass no step.',
        ),
      when: expression().optional().describe('A CEL expression; a record for which it is not true goes on as it is.'),
      fields: z
        .record(text(), expression())
        .describe('What the record becomes: each field, `a.b` for one inside another, and its CEL expression.'),
    }),
  )
  .default([])
  .describe(
    'Steps that JSON records pass on their way to the topic `application`, in order. A record that one refuses is a dead letter.',
  );

const topicNames = TOPICS.filter(name => name !== '') as [string, ...string[]];

/** The sections of a configuration, by key: the one source of `headrace check`, the JSON Schema and docs/config.md. */
export const sections = {
  version: z.literal(1).describe('Version of this format.'),
  instance: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,15}$/, 'up to 16 letters, digits and hyphens, beginning with a letter or digit')
    .describe('Name of this gateway, first part of each ClOrdID at the venue. Never give two gateways the same.'),
  dataDir: text().default('data').describe('Folder of journal and offsets. Relative paths begin at this file.'),
  native: z
    .enum(['require', 'prefer', 'off'])
    .default('prefer')
    .describe('Native parts: an error without them, used where they load, or never.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Least severe log line written.'),
  journal,
  lane,
  fix,
  startOfDay: startOfDay.optional(),
  feed: feed.optional(),
  risk: risk.prefault({}),
  transform,
  signals: signalOptions.optional(),
  sinks: z.strictObject(sinkOptions).prefault({}).describe('Where topics go besides the journal.'),
  topics: z
    .partialRecord(z.enum(topicNames), z.enum(['required', 'bestEffort']))
    .default({})
    .describe(
      'When a sink is away beyond `retainGb`: refuse new orders (`required`) or drop the oldest (`bestEffort`). `quotes` cannot be `required`.',
    ),
  page: z
    .strictObject({ host: host(), port: port(8080) })
    .prefault({})
    .describe('Page, admin and metrics.'),
  admin,
};

/** The whole configuration, version 1. */
export const configSchema = z.strictObject(sections);

/** A checked configuration with every default filled in and every path absolute. */
export type GatewayConfig = z.output<typeof configSchema>;

/** What a user writes, before defaults. */
export type GatewayConfigInput = z.input<typeof configSchema>;
