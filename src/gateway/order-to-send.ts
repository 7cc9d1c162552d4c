import { CL_ORD_ID_SIZE_MAX, ConfigError, DECIMAL_SCALE, parseDecimal } from '../model/index.js';
import { decimalOf, field, timestampOf, type MessageField } from '../platforms/index.js';
import { isBefore42, type SessionSettings } from '../session/index.js';
import type { JudgedOrder } from './program-gate.js';

/** A NewOrderSingle in words. Quantities and prices are decimal texts: a number is read by its shortest text. */
export interface OrderToSend {
  readonly clientOrderId: string;
  readonly symbol: string;
  /** BUY, SELL, SELL_SHORT, or the character of Side (54). */
  readonly side: string;
  /** MARKET or LIMIT, or the character of OrdType (40). */
  readonly orderType: string;
  readonly quantity: string | number | bigint;
  /** Of a limit order. */
  readonly price?: string | number | bigint | undefined;
  /** DAY, GTC, OPG, IOC or FOK, or the character of TimeInForce (59). */
  readonly timeInForce?: string | undefined;
  readonly account?: string | undefined;
  /** Further fields of the body, by tag; none that the order itself writes. */
  readonly tags?: readonly (readonly [tag: number, value: string])[];
  /** `FIX.4.4:US->THEM`; without it the only one that is logged on. */
  readonly session?: string | undefined;
}

/** What became of an order: SENT once it is written, or REFUSED by a rule, with what was measured and the limit. */
export type SendOrderResult =
  | { readonly status: 'SENT'; readonly clientOrderId: string; readonly msgSeqNum: number }
  | { readonly status: 'REFUSED'; readonly rule: string; readonly value: string; readonly limit: string };

export type Refused = Extract<SendOrderResult, { status: 'REFUSED' }>;

const SIDES: Readonly<Record<string, string>> = { BUY: '1', SELL: '2', SELL_SHORT: '5', '1': '1', '2': '2', '5': '5' };
const ORD_TYPES: Readonly<Record<string, string>> = { MARKET: '1', LIMIT: '2', '1': '1', '2': '2' };
const TIMES: Readonly<Record<string, string>> = {
  DAY: '0',
  GTC: '1',
  OPG: '2',
  IOC: '3',
  FOK: '4',
  '0': '0',
  '1': '1',
  '2': '2',
  '3': '3',
  '4': '4',
};
/** Printable, one byte a character: what a text field of ours may hold. */
const TEXT = /^[\x20-\x7e\xa0-\xff]+$/;

function isText(value: unknown): boolean {
  return typeof value === 'string' && TEXT.test(value);
}

const DECIMAL_MAX = 1n << 63n;

/** The order as the gate judges it, or the field that is none. */
export function readOrder(order: OrderToSend, session: string): JudgedOrder | Refused {
  const { clientOrderId, symbol, account = '' } = order;
  const side = SIDES[String(order.side).toUpperCase()];
  const ordType = ORD_TYPES[String(order.orderType).toUpperCase()];
  const timeInForce = TIMES[String(order.timeInForce ?? 'DAY').toUpperCase()];
  const quantity = amount(order.quantity);
  const price = order.price === undefined ? undefined : amount(order.price);
  const isId = isText(clientOrderId) && clientOrderId.length <= CL_ORD_ID_SIZE_MAX;
  if (!isId) return refused('clientOrderId', clientOrderId, `1 to ${CL_ORD_ID_SIZE_MAX} printable characters`);
  if (!isText(symbol)) return refused('symbol', symbol, 'printable characters');
  if (account !== '' && !isText(account)) return refused('account', account, 'printable characters');
  if (side === undefined) return refused('side', order.side, Object.keys(SIDES).join(', '));
  if (ordType === undefined) return refused('orderType', order.orderType, Object.keys(ORD_TYPES).join(', '));
  if (timeInForce === undefined) return refused('timeInForce', order.timeInForce, Object.keys(TIMES).join(', '));
  if (quantity === undefined) return refused('quantity', order.quantity, 'a number above 0 of at most 8 decimals');
  if ((ordType === '2') !== (price !== undefined))
    return refused(
      'price',
      order.price,
      ordType === '2' ? 'a number above 0 of at most 8 decimals' : 'none of a market order',
    );
  // The gate knows an order without an account as one of the account -.
  return {
    clOrdID: clientOrderId,
    account: account || '-',
    symbol,
    session,
    side,
    ordType,
    timeInForce,
    quantity,
    price,
  };
}

/** A price of a symbol at 10^-8. Throws ConfigError (HR_CONFIG) for what is none. */
export function readAmount(symbol: string, price: string | number | bigint): bigint {
  const known = amount(price);
  if (known === undefined)
    throw new ConfigError(
      'HR_CONFIG',
      `the price ${String(price)} of ${symbol} is no number above 0 of at most 8 decimals`,
    );
  return known;
}

function amount(value: string | number | bigint): bigint | undefined {
  const amount = parseDecimal(String(value), DECIMAL_SCALE);
  return amount !== undefined && amount > 0n && amount < DECIMAL_MAX ? amount : undefined;
}

function refused(rule: string, value: unknown, limit: string): Refused {
  return { status: 'REFUSED', rule, value: String(value), limit };
}

/** The body of the NewOrderSingle: what the gate judged, in the fields of the session's version. */
export function orderFields(
  order: JudgedOrder,
  { account, timeInForce, tags = [] }: OrderToSend,
  { beginString, timestampDecimals }: SessionSettings,
  nowNs: bigint,
): MessageField[] {
  const { clOrdID, quantity, ordType, price, side, symbol } = order;
  return [
    ...(account === undefined || account === '' ? [] : [field(1, account)]),
    field(11, clOrdID),
    // HandlInst was required until FIX.4.3: 1, automated, without a broker's hand.
    ...(beginString < 'FIX.4.4' && tags.every(([tag]) => tag !== 21) ? [field(21, '1')] : []),
    decimalOf(38, quantity),
    field(40, ordType),
    ...(price === undefined ? [] : [decimalOf(44, price)]),
    field(54, side),
    field(55, symbol),
    ...(timeInForce === undefined ? [] : [field(59, order.timeInForce)]),
    ...(isBefore42(beginString) ? [] : [timestampOf(60, nowNs, timestampDecimals)]),
    ...tags.map(([tag, value]) => field(tag, value)),
  ].sort((a, b) => a.tag - b.tag);
}
