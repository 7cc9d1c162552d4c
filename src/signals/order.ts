import { createHash } from 'node:crypto';

import { Expression, expressionScope, type ExpressionScope } from '../expression/index.js';
import {
  CL_ORD_ID_SIZE_MAX,
  DECIMAL_SCALE,
  Decimal,
  HeadraceError,
  type DataRecord,
  type DataValue,
} from '../model/index.js';
import type { SystemOptions } from './options.js';
import { amountOf, isText, type Signal } from './signal.js';

const SIDES: Readonly<Record<string, string>> = { BUY: '1', SELL: '2', SELL_SHORT: '5', '1': '1', '2': '2', '5': '5' };
const ORD_TYPES: Readonly<Record<string, string>> = { MARKET: '1', LIMIT: '2', '1': '1', '2': '2' };
const TIMES: Readonly<Record<string, string>> = {
  ...{ DAY: '0', GTC: '1', OPG: '2', IOC: '3', FOK: '4' },
  ...{ '0': '0', '1': '1', '2': '2', '3': '3', '4': '4' },
};
const DIGEST_SIZE = 39;

/** The order that a signal becomes. Quantity and price are integers at 10^-8; side, ordType and timeInForce the characters of FIX. */
export interface SignalOrder {
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: string;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly quantity: bigint;
  readonly price: bigint | undefined;
  readonly account: string | undefined;
  readonly tags: readonly (readonly [tag: number, value: string])[];
}

/** The signal's id where FIX can carry it as ClOrdID, so that the gate itself refuses it a second time; else a digest of it. */
export function clOrdIdOf(signalId: string): string {
  if (isText(signalId, CL_ORD_ID_SIZE_MAX)) return signalId;
  return createHash('sha256').update(signalId).digest('hex').slice(0, DIGEST_SIZE);
}

function refuse(field: string, value: DataValue, expected: string): never {
  const shown = value === undefined ? 'missing' : String(value).slice(0, 80);
  throw new HeadraceError('HR_SIGNAL', `${field}: ${shown} is not ${expected}`);
}

function wordOf(table: Readonly<Record<string, string>>, field: string, value: DataValue): string {
  const names = Object.keys(table).filter(name => name.length > 1);
  return table[String(value).toUpperCase()] ?? refuse(field, value, `one of ${names.join(', ')}`);
}

function amount(field: string, value: DataValue): bigint {
  return amountOf(value) ?? refuse(field, value, 'a number above 0 of at most 8 decimals');
}

function textOf(field: string, value: DataValue, sizeMax: number): string {
  const text = value instanceof Decimal || typeof value === 'number' ? String(value) : value;
  return isText(text, sizeMax) ? text : refuse(field, value, `text of 1 to ${sizeMax} characters`);
}

const TAG_SIZE_MAX = 1_024;

/** Makes orders of signals for one system: the signal's own fields, and in their place what the configuration says. */
export class OrderForm {
  readonly #fields: ReadonlyMap<string, Expression>;
  readonly #tags: readonly (readonly [number, Expression])[];
  readonly #account: string | undefined;

  /** Throws ConfigError for what is no expression. */
  constructor({ tags, ...fields }: SystemOptions['order'], account: string | undefined) {
    const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    this.#fields = new Map(given.map(([name, source]) => [name, new Expression(source)]));
    this.#tags = Object.entries(tags).map(([tag, source]) => [Number(tag), new Expression(source)] as const);
    this.#account = account;
  }

  /** Throws HeadraceError (`HR_SIGNAL`, or an expression's) naming the field that gives no order. */
  make({ id, fields }: Signal): SignalOrder {
    const scope = expressionScope(fields);
    const value = (name: string, own: DataValue): DataValue => this.#fields.get(name)?.evaluate(scope) ?? own;
    const price = value('price', fields['price']) ?? undefined;
    const ordType = wordOf(
      ORD_TYPES,
      'order_type',
      value('ordType', fields['order_type']) ?? (price === undefined ? 'MARKET' : 'LIMIT'),
    );
    const account = value('account', fields['account']) ?? this.#account;
    return {
      clOrdId: clOrdIdOf(id),
      symbol: textOf('symbol', value('symbol', fields['symbol']), 31),
      side: wordOf(SIDES, 'action', value('side', fields['action'])),
      ordType,
      timeInForce: wordOf(TIMES, 'time_in_force', value('timeInForce', fields['time_in_force']) ?? 'IOC'),
      quantity: amount('quantity', value('quantity', fields['quantity'])),
      // A price that came along does not make a market order a limit order.
      price: ordType === ORD_TYPES['LIMIT'] ? amount('price', price) : undefined,
      account: account === undefined ? undefined : textOf('account', account, 31),
      tags: this.#tagsOf(scope),
    };
  }

  #tagsOf(scope: ExpressionScope): SignalOrder['tags'] {
    return this.#tags.flatMap(([tag, expression]) => {
      const value = expression.evaluate(scope);
      return value === undefined || value === null ? [] : [[tag, textOf(`tag ${tag}`, value, TAG_SIZE_MAX)] as const];
    });
  }
}

const WORDS = (table: Readonly<Record<string, string>>, code: string): string =>
  Object.entries(table).find(([name, value]) => value === code && name.length > 1)?.[0] ?? code;

/** An order as templates and layouts see it: `order.quantity`, `order.side` … */
export function orderRecord(order: SignalOrder): DataRecord {
  const exact = (value: bigint): Decimal => shortened(new Decimal(value, DECIMAL_SCALE));
  return {
    clientOrderId: order.clOrdId,
    symbol: order.symbol,
    side: WORDS(SIDES, order.side),
    orderType: WORDS(ORD_TYPES, order.ordType),
    timeInForce: WORDS(TIMES, order.timeInForce),
    quantity: exact(order.quantity),
    price: order.price === undefined ? undefined : exact(order.price),
    account: order.account,
  };
}

function shortened(value: Decimal): Decimal {
  let { unscaled, scale } = value;
  while (scale > 0 && unscaled % 10n === 0n) [unscaled, scale] = [unscaled / 10n, scale - 1];
  return new Decimal(unscaled, scale);
}
