import { z } from 'zod';

import { count, host, port, text } from './values.js';

const field = (what: string): z.ZodString => text().describe(`COBOL name of ${what}.`);
const when = text().describe('Value of the `recordType` field that marks this record.');
const record = text().describe('Level-01 name of this record in the copybook.');

const header = z
  .strictObject({
    when,
    record,
    businessDate: field('the business date, yyyymmdd'),
    fileSequence: field('the number of this file').optional(),
  })
  .describe('First record.');

const position = z
  .strictObject({
    when,
    record,
    account: field('the account'),
    symbol: field('the symbol'),
    quantity: field('the signed position'),
    averagePrice: field('the average price'),
  })
  .describe('One position.');

const limit = z
  .strictObject({
    when,
    record,
    account: field('the account'),
    maxQuantity: field('its limit on the quantity of one order').optional(),
    maxNotional: field('its limit on the notional of one order').optional(),
    maxPosition: field('its limit on one position').optional(),
    grossNotional: field('its limit on gross notional').optional(),
    messageRate: text()
      .optional()
      .describe('COBOL name of its limit on messages a second, for the client sessions whose `account` it is.'),
  })
  .describe('One account’s limits; where `risk` limits the account too, the tighter holds.');

const trailer = z
  .strictObject({
    when,
    record,
    positionCount: field('the number of position records'),
    limitCount: field('the number of limit records').optional(),
    quantityTotal: field('the sum of the quantities').optional(),
    grossNotionalTotal: field('the sum of the gross notional limits').optional(),
  })
  .describe('Last record; the file is refused when a total does not match.');

export const startOfDay = z
  .strictObject({
    file: text().describe('Data file, read once a business date.'),
    copybook: text().describe('Copybook that describes it.'),
    codepage: z.enum(['cp037', 'cp500', 'cp1047', 'cp1140', 'ascii']).default('cp037').describe('Code page of text.'),
    format: z
      .enum(['fixed', 'rdw'])
      .default('fixed')
      .describe('Fixed-length records, or each behind a descriptor word.'),
    recordType: field('the field that tells the records apart'),
    header,
    position,
    limit: limit.optional(),
    trailer,
  })
  .describe('Positions and limits off the mainframe. A load replaces them; the same file is never loaded twice.');

const column = z.strictObject({
  name: z
    .enum(['symbol', 'bid', 'ask', 'price', 'bidSize', 'askSize', 'filler'])
    .describe('What the column is. `symbol` and `price` (the last one traded) are needed; `filler` is passed over.'),
  size: z.int().min(1).max(1_024).describe('Width in bytes.'),
  type: z.enum(['text', 'decimal', 'integer']).default('text').describe('How the bytes read.'),
  scale: z.int().min(0).max(8).default(0).describe('Implied decimals of a `decimal` written without a point.'),
});

export const feed = z
  .strictObject({
    host: host(),
    port: port(9881),
    layout: z.array(column).min(2).describe('Columns of one fixed-width quote, in their order.'),
    lineEnd: z.enum(['none', 'lf', 'crlf']).default('lf').describe('What follows each quote.'),
    tailSizeMb: count(16, 1_024).describe('Newest part of the feed log in shared memory, in MiB.'),
    retainGb: count(2, 1_024).describe('Oldest quotes are dropped beyond this many GiB.'),
  })
  .describe('Market data: fixed-width quotes over TCP; the last price of a symbol is its reference price.');
