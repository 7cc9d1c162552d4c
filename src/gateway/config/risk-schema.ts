import { z } from 'zod';

import { DECIMAL_SCALE } from '../../model/index.js';
import { decimal, text } from './values.js';

const windowMs = z.int().min(1).max(86_400_000).describe('Window in ms.');

const messageRate = z
  .strictObject({ count: z.int().min(1).max(1_000_000).describe('Messages allowed in the window.'), windowMs })
  .describe('Refuses messages beyond `count` in `windowMs`.');

const priceCollar = z
  .strictObject({
    bps: z.int().min(1).max(100_000).describe('Allowed distance from the reference price, in hundredths of a percent.'),
    staleAfterMs: z.int().min(1).max(86_400_000).describe('A reference price older than this refuses, in ms.'),
  })
  .describe('Refuses a price too far from the last quote, and an order without a fresh one.');

const quantity = decimal(DECIMAL_SCALE);
const money = decimal(2);

// The keys are the rule names of model/decision.ts: a refusal names the key that a user changes here.
const limits = z.strictObject({
  maxQuantity: quantity.optional().describe('Largest quantity of one order.'),
  maxNotional: money.optional().describe('Largest price × quantity of one order.'),
  priceCollar: priceCollar.optional(),
  maxPosition: quantity.optional().describe('Largest position in a symbol, long or short, counting open orders.'),
  grossNotional: money.optional().describe('Largest sum of positions and open orders at their prices.'),
});
const accountLimits = limits.omit({ priceCollar: true });

const perName = <Shape extends z.ZodType>(shape: Shape, what: string) =>
  z.record(text(), shape).default({}).describe(what);

export const risk = z
  .strictObject({
    firm: limits
      .extend({
        maxPosition: quantity.optional().describe('Largest position of any account in a symbol, counting open orders.'),
        grossNotional: money.optional().describe('Largest gross notional of any one account.'),
      })
      .prefault({})
      .describe('Limits of every order; an account or symbol may narrow them.'),
    accounts: perName(accountLimits, 'Limits of an account, by its name.'),
    accountsFile: text().optional().describe('YAML file with the content of `accounts`, for many of them.'),
    symbols: perName(limits.pick({ maxQuantity: true, maxNotional: true, priceCollar: true }), 'Limits of a symbol.'),
    sessions: perName(z.strictObject({ messageRate }), 'Limits of a client session, by its TargetCompID.'),
    messageRate: messageRate.optional().describe('Message rate of a session without one of its own.'),
    duplicateOrder: z
      .strictObject({ windowMs })
      .optional()
      .describe('Refuses an order equal to one that went to the venue within the window, whichever session sent it.'),
    restricted: z.array(text()).default([]).describe('Symbols nobody may trade.'),
  })
  .describe('Limits of the gate. Each is a veto; a refusal reads `maxNotional: 1200000.00 > 1000000.00`.');

/** The content of `risk.accountsFile`. */
export const riskAccounts = z.record(text(), accountLimits);
