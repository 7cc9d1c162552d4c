import { defineRow } from './row.js';

/**
 * The rules of gate and lane (orderState, venueDown, journalFull, custom and openOrders are the lane's alone), in the order of their bits in
 * `failedMask`. A name is the config's key and the first word of a refusal: `maxNotional: 1200000.00 > 1000000.00`. `scale` is the number of decimals of the measured value and limit in the row.
 */
export const RULES = [
  { name: 'maxQuantity', scale: 8 },
  { name: 'maxNotional', scale: 2 },
  { name: 'priceCollar', scale: 8 },
  { name: 'maxPosition', scale: 8 },
  { name: 'grossNotional', scale: 2 },
  { name: 'messageRate', scale: 0 },
  { name: 'duplicateClOrdId', scale: 0 },
  { name: 'duplicateOrder', scale: 0 },
  { name: 'restricted', scale: 0 },
  { name: 'haltFirm', scale: 0 },
  { name: 'haltAccount', scale: 0 },
  { name: 'haltSymbol', scale: 0 },
  { name: 'unknownAccount', scale: 0 },
  { name: 'unknownSymbol', scale: 0 },
  { name: 'overflow', scale: 0 },
  { name: 'orderState', scale: 0 }, // the order a cancel or replace names cannot be changed by it: measured = bits of ORDER_STATE_FAULT
  { name: 'venueDown', scale: 0 }, // the venue's session is not logged on
  { name: 'journalFull', scale: 0 }, // HR_JOURNAL_FULL: only cancels, executions and operators may use the reserve segment
  { name: 'capacity', scale: 0 }, // a table of fixed size has no room: measured = rows used, limit = rows
  { name: 'invalidOrder', scale: 0 }, // the row cannot be judged: measured = bits of INVALID_ORDER
  { name: 'custom', scale: 0 }, // an embedder's rule; its own words follow the row
  { name: 'openOrders', scale: 0 }, // lane.orders live orders already: measured = what it would be
] as const;

/** A rule's name: its key in the configuration and in refusals. */
export type RuleName = (typeof RULES)[number]['name'];

/** How many rules there are; a decision holds a pair for each. */
export const RULE_COUNT = RULES.length;

/** Each rule's bit in `failedMask`. */
export const RULE_BIT = Object.fromEntries(RULES.map((rule, index) => [rule.name, index])) as Readonly<
  Record<RuleName, number>
>;

/** Why a row cannot be judged: bits of the measured value of `invalidOrder`. */
export const INVALID_ORDER = { msgType: 1, side: 2, quantity: 4, price: 8, clOrdId: 16, session: 32 } as const;

/** Why a cancel or replace is refused by `orderState`: 0 = the order is unknown or finished, else what of the request is not the order's. */
export const ORDER_STATE_FAULT = { account: 1, symbol: 2, side: 4, clOrdId: 8, pending: 16 } as const;

/** What did not fit 64 (notionals: 128) bits: bits of the measured value of `overflow`. */
export const OVERFLOW = { notional: 1, position: 2, grossNotional: 4, collar: 8 } as const;

/** Measured values of `unknownAccount`: an account is not interned, or no limits were ever set for it. */
export const UNKNOWN_ACCOUNT = { name: 1, limits: 2 } as const;

/** Measured values of `priceCollar` below 0: there is no price to compare with. Others are the distance from it. */
export const NO_REFERENCE = { missing: -1n, stale: -2n } as const;

/**
 * What the gate found of one order, and against which limits. After this head come RULE_COUNT pairs of int64
 * (measured, limit) at the rule's scale; a rule that was not evaluated has both 0.
 */
export const DECISION = defineRow('Decision', {
  failedMask: 'u32', // 0 = accepted
  evaluatedMask: 'u32',
  limitVersion: 'u32',
  symbolIndex: 'u32',
  referencePrice: 'i64',
  feedSequence: 'u64',
});

/** Bytes of one rule in a decision: the measured value and the limit, int64 each. */
export const DECISION_PAIR_SIZE = 16;
/** Bytes of a whole decision: the row, then a pair for each rule. */
export const DECISION_SIZE = DECISION.sizeBytes + RULE_COUNT * DECISION_PAIR_SIZE;
