import { pathToFileURL } from 'node:url';

import { ConfigError, ORDER } from '../model/index.js';
import { hasLimitPrice } from '../risk/index.js';
import type { LaneContext } from './lane-context.js';
import { textOf } from './order-row.js';

/** An order request as an embedder's rule sees it. Quantity and price are integers at 10^-8; `price` 0 for a market order. */
export interface RuleOrder {
  readonly msgType: 'D' | 'G';
  readonly session: string;
  readonly clOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly ordType: string;
  readonly quantity: bigint;
  readonly price: bigint;
}

/**
 * A rule of the embedder's own: returns why the order is refused, or undefined to let it pass. It runs in the lane's thread on an order's way, so it
 * must be quick, keep no state that a restart would lose, and never throw: an exception refuses the order under the rule's name.
 */
export type OrderRule = (order: RuleOrder) => string | undefined;

/** Where a rule comes from: a module whose default export is an OrderRule. It is named in refusals: `NAME: reason`. */
export interface OrderRuleModule {
  readonly name: string;
  /** Path or file URL of the module. */
  readonly module: string;
}

export interface NamedRule {
  readonly name: string;
  readonly check: OrderRule;
}

/** Loads the rules into this thread. Throws ConfigError for a module that cannot be loaded or has no function as its default export. */
export async function loadOrderRules(modules: readonly OrderRuleModule[]): Promise<readonly NamedRule[]> {
  return Promise.all(modules.map(loadOrderRule));
}

async function loadOrderRule({ name, module }: OrderRuleModule): Promise<NamedRule> {
  const url = module.startsWith('file:') ? module : pathToFileURL(module).href;
  try {
    const { default: check } = (await import(url)) as { default?: unknown };
    if (typeof check === 'function') return { name, check: check as OrderRule };
  } catch (cause) {
    throw new ConfigError(
      'HR_RULE_MODULE',
      `rule ${name}: ${module} could not be loaded: ${(cause as Error).message}`,
      { cause },
    );
  }
  throw new ConfigError('HR_RULE_MODULE', `rule ${name}: ${module} has no function as its default export`);
}

/** The first rule's refusal in words, or undefined when all let the order pass. */
export function refusedByRule(rules: readonly NamedRule[], order: RuleOrder): string | undefined {
  for (const { name, check } of rules) {
    try {
      const reason = check(order);
      if (reason !== undefined) return `${name}: ${reason}`;
    } catch (error) {
      return `${name}: the rule failed: ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** The order of an ORDER row, with its names. */
export function ruleOrder(row: DataView, bytes: Uint8Array, context: LaneContext): RuleOrder {
  const { offset } = ORDER;
  const character = (field: 'msgType' | 'side' | 'ordType'): string => String.fromCharCode(row.getUint8(offset[field]));
  return {
    msgType: character('msgType') as RuleOrder['msgType'],
    session: context.sessions[row.getUint32(offset.sessionIndex, true)]?.name ?? '',
    clOrdId: textOf(bytes, offset.clOrdId),
    account: context.accounts.nameOf(row.getUint32(offset.accountIndex, true)),
    symbol: context.symbols.nameOf(row.getUint32(offset.symbolIndex, true)),
    side: character('side'),
    ordType: character('ordType'),
    quantity: row.getBigInt64(offset.quantity, true),
    price: hasLimitPrice(row) ? row.getBigInt64(offset.price, true) : 0n,
  };
}
