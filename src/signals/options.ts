import { z } from 'zod';

import { secret } from '../broker/index.js';
import { Expression } from '../expression/index.js';
import { isReservedTag } from './fix-order.js';

/** The types of the preset `mev`. */
export const MEV_TYPES = ['arbitrage', 'liquidation', 'sandwich', 'frontrun'] as const;

const text = (): z.ZodString => z.string().min(1);
const bounded = (standard: number, max: number): z.ZodDefault<z.ZodInt> => z.int().min(1).max(max).default(standard);

/** A CEL expression, compiled by the check: its own line and column stand in the message. */
const expression = (): z.ZodString =>
  text().superRefine((source, context) => {
    try {
      new Expression(source);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const order = z
  .strictObject({
    symbol: expression().optional().describe('Symbol (55).'),
    side: expression().optional().describe('BUY, SELL, SELL_SHORT, or the character of Side (54).'),
    quantity: expression().optional().describe('OrderQty (38).'),
    ordType: expression().optional().describe('MARKET or LIMIT; LIMIT of a signal with a price unless told.'),
    price: expression().optional().describe('Price (44) of a limit order.'),
    timeInForce: expression().optional().describe('DAY, GTC, OPG, IOC or FOK; IOC unless told.'),
    account: expression().optional().describe('Account (1); the signal’s, else `signals.account`.'),
    tags: z
      .record(text(), expression())
      .superRefine((tags, context) => {
        for (const tag of Object.keys(tags))
          if (!/^[1-9]\d{0,5}$/.test(tag) || isReservedTag(Number(tag)))
            context.addIssue({
              code: 'custom',
              path: [tag],
              message: 'is no tag, or one that the session or the order itself writes',
            });
      })
      .default({})
      .describe('Further FIX fields, by tag.'),
  })
  .prefault({})
  .describe('What the order takes from elsewhere than the signal’s fields: CEL expressions over the signal.');

const response = z
  .strictObject({
    state: expression().describe('`working`, `filled`, `partially_filled`, `canceled`, `rejected` or `expired`.'),
    orderId: expression().optional().describe('The system’s id of the order.'),
    cumQty: expression().optional().describe('Filled so far, in all; of a `filled` order the whole unless told.'),
    lastPx: expression().optional().describe('Price of what was filled; a fill needs it, or a limit price.'),
    avgPx: expression().optional().describe('Average price of what was filled; `lastPx` unless told.'),
    text: expression().optional().describe('Words of the system.'),
  })
  .describe(
    'What the answer says of the order: CEL expressions over `status`, `body` and `order`. Left out: it works there.',
  );

const auth = z
  .strictObject({
    bearer: secret.optional(),
    basic: z
      .strictObject({ user: text().describe('User name.'), password: secret })
      .optional()
      .describe('Basic authentication.'),
    header: z
      .strictObject({ name: text().describe('Name of the header.'), value: secret })
      .optional()
      .describe('A header of the system’s own.'),
  })
  .refine(given => Object.keys(given).length <= 1, 'one of bearer, basic and header')
  .describe('How the request is authorized.');

const jsonApi = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('Address that orders are sent to.'),
    method: z.enum(['POST', 'PUT']).default('POST').describe('Method of the request.'),
    headers: z.record(text(), text()).default({}).describe('Further headers.'),
    auth: auth.optional(),
    template: z
      .record(text(), expression())
      .optional()
      .describe(
        'The body: each member, `a.b` for one inside another, and its CEL expression over the signal and `order`. Left out: the order.',
      ),
    idempotencyHeader: text()
      .default('Idempotency-Key')
      .describe('Header that carries the same key with each attempt: the order’s ClOrdID.'),
    attempts: bounded(3, 10).describe('Times that a request is sent whose answer is lost, or 408, 425, 429 or 5xx.'),
    retryMs: bounded(200, 60_000).describe('Wait before the second attempt, doubled before each further, in ms.'),
    timeoutMs: bounded(5_000, 120_000).describe('How long one attempt may take, in ms.'),
    responseBytesMax: bounded(65_536, 16_777_216).describe('An answer longer than this is not read.'),
    response: response.optional(),
  })
  .describe('An HTTP address that takes orders as JSON.');

const layout = z
  .strictObject({
    copybook: text().optional().describe('File of a copybook.'),
    codepage: text().default('cp037').describe('Code page of a copybook’s text.'),
    fields: z
      .array(
        z.strictObject({
          name: text().describe('Name; FILLER is left out.'),
          type: z.enum(['string', 'integer', 'decimal']).default('string').describe('How the value reads.'),
          width: z.int().min(1).max(4_096).describe('Width in characters.'),
          scale: z.int().min(0).max(8).optional().describe('Implied decimals of a `decimal`.'),
          signed: z.boolean().optional().describe('Whether its sign always stands before it.'),
        }),
      )
      .min(1)
      .optional()
      .describe('Columns of a fixed-width record, in their order.'),
    newline: z.enum(['none', 'lf', 'crlf']).default('none').describe('What follows a fixed-width record.'),
  })
  .refine(
    given => (given.copybook === undefined) !== (given.fields === undefined),
    'either `copybook` or `fields` says how a record lies',
  );

const proprietary = z
  .strictObject({
    layout: layout.describe('How an order lies in bytes.'),
    fields: z
      .record(text(), expression())
      .describe(
        'Each field of the layout, `A.B` for one inside another, and its CEL expression over the signal and `order`.',
      ),
    tcp: z
      .strictObject({
        host: text().describe('Address.'),
        port: z.int().min(1).max(65_535).describe('TCP port.'),
        timeoutMs: bounded(5_000, 120_000).describe('How long connecting, sending and the answer may take, in ms.'),
      })
      .optional()
      .describe('One connection an order.'),
    file: text().optional().describe('File that records are added to, each synced before it counts as sent.'),
    answer: z
      .strictObject({ layout: layout.describe('How an answer lies in bytes.'), response })
      .optional()
      .describe('The record that comes back over `tcp`. Left out: none is awaited.'),
  })
  .refine(given => (given.tcp === undefined) !== (given.file === undefined), 'either `tcp` or `file` takes the records')
  .refine(given => given.answer === undefined || given.tcp !== undefined, '`answer` needs `tcp`')
  .describe('A system that takes records of a layout.');

const system = z
  .strictObject({
    fix: z
      .strictObject({ session: text().optional().describe('Session of a program’s own settings; not in a gateway.') })
      .optional()
      .describe('NewOrderSingle (35=D) to the venue.'),
    json_api: jsonApi.optional(),
    proprietary: proprietary.optional(),
    order,
  })
  .refine(
    ({ order: _, ...kinds }) => Object.values(kinds).filter(kind => kind !== undefined).length === 1,
    'exactly one of fix, json_api and proprietary',
  )
  .describe('A trading system.');

const route = z.strictObject({
  when: expression().optional().describe('A CEL expression over the signal. Left out: every one.'),
  to: text().describe('Name of the system.'),
});

/** What a user may set of the signal bridge. */
export const signalOptions = z
  .strictObject({
    preset: z
      .enum(['mev', 'none'])
      .default('mev')
      .describe('`mev` adds the types arbitrage, liquidation, sandwich and frontrun.'),
    types: z.array(text()).default([]).describe('Further types of signals that are taken.'),
    answerable: z
      .partialRecord(z.enum(['sandwich', 'frontrun']), text())
      .default({})
      .describe('Who answers for signals of these types: without a name here they are refused.'),
    policies: z
      .array(
        z.strictObject({
          name: text().describe('Name that its refusals carry.'),
          forbid: z.array(text()).min(1).describe('Types of signals it forbids.'),
          reason: text().optional().describe('Why.'),
        }),
      )
      .default([])
      .describe('What a desk forbids.'),
    account: text().optional().describe('Account of signals that name none.'),
    staleAfterMs: bounded(5_000, 86_400_000).describe('A signal older than this is refused, in ms.'),
    aheadMsMax: z
      .int()
      .min(0)
      .max(60_000)
      .default(1_000)
      .describe('So far ahead of our clock a timestamp may be, in ms.'),
    rememberedMax: bounded(100_000, 1_000_000).describe(
      'Signals remembered with what became of them: the oldest that are over are forgotten first. When all are open a new one is refused.',
    ),
    inHandMax: bounded(256, 10_000).describe('Signals in hand at a time: one more is refused.'),
    systems: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), system)
      .default({})
      .describe('The trading systems by name.'),
    routes: z
      .array(route)
      .default([])
      .describe('The first that holds tells the system; without any there is one system.'),
  })
  .superRefine((given, context) => {
    given.routes.forEach(({ to }, index) => {
      if (given.systems[to] === undefined)
        context.addIssue({
          code: 'custom',
          path: ['routes', index, 'to'],
          message: `is none of signals.systems: ${Object.keys(given.systems).join(', ') || 'there are none'}`,
        });
    });
    if (given.routes.length === 0 && Object.keys(given.systems).length > 1)
      context.addIssue({ code: 'custom', path: ['routes'], message: 'several systems need routes that choose' });
    const types = typesOf(given);
    given.policies.forEach(({ forbid }, index) =>
      forbid.forEach((type, at) => {
        if (!types.has(type))
          context.addIssue({
            code: 'custom',
            path: ['policies', index, 'forbid', at],
            message: `is no type that is taken: ${[...types].join(', ')}`,
          });
      }),
    );
    if (types.size === 0) context.addIssue({ code: 'custom', path: ['types'], message: 'name types, or a preset' });
  })
  .describe('Signals that become orders (docs/signals.md).');

export type SignalOptions = z.output<typeof signalOptions>;
export type SignalOptionsInput = z.input<typeof signalOptions>;
export type SystemOptions = SignalOptions['systems'][string];
export type JsonApiOptions = NonNullable<SystemOptions['json_api']>;
export type ProprietaryOptions = NonNullable<SystemOptions['proprietary']>;
export type LayoutOptions = ProprietaryOptions['layout'];
export type ResponseOptions = NonNullable<JsonApiOptions['response']>;

/** The types that are taken. */
export function typesOf({ preset, types }: Pick<SignalOptions, 'preset' | 'types'>): ReadonlySet<string> {
  return new Set([...(preset === 'mev' ? MEV_TYPES : []), ...types]);
}
