import { DECIMAL_SCALE, parseDecimal } from '../model/index.js';
import { decimalOf, field, groupOf, timestampOf, type MessageField } from './message-fields.js';
import type { FieldRefusal } from './rules.js';

/** An AllocationInstruction in words. Quantities and prices are decimal texts. */
export interface AllocationToSend {
  /** AllocID (70): of no other allocation. */
  readonly allocationId: string;
  /** NEW unless told. REPLACE and CANCEL name the allocation they change. */
  readonly type?: 'NEW' | 'REPLACE' | 'CANCEL' | undefined;
  /** RefAllocID (72). */
  readonly originalAllocationId?: string | undefined;
  /** The orders that were filled, by their clientOrderId. */
  readonly orders: readonly string[];
  readonly symbol: string;
  /** BUY, SELL or SELL_SHORT. */
  readonly side: string;
  readonly quantity: string | number | bigint;
  readonly averagePrice: string | number | bigint;
  /** YYYYMMDD. */
  readonly tradeDate: string;
  readonly accounts: readonly { readonly account: string; readonly quantity: string | number | bigint }[];
}

/** The desk's answer to an AllocationReport (AS). */
export interface AllocationReportAnswer {
  /** AllocReportID (755) and AllocID (70) of the report. */
  readonly allocationReportId: string;
  readonly allocationId: string;
  /** YYYYMMDD. */
  readonly tradeDate: string;
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly text?: string | undefined;
}

/** The desk's answer to a Confirmation (AK). */
export interface ConfirmationAnswer {
  /** ConfirmID (664). */
  readonly confirmId: string;
  /** YYYYMMDD. */
  readonly tradeDate: string;
  readonly status: 'AFFIRMED' | 'REJECTED';
  readonly text?: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = { NEW: '0', REPLACE: '1', CANCEL: '2' };
const SIDES: Readonly<Record<string, string>> = { BUY: '1', SELL: '2', SELL_SHORT: '5' };

/** The body of the message, or what of it is none. The quantities of the accounts must add up to that of the block. */
export function allocationFields(
  allocation: AllocationToSend,
  beginString: string,
  nowNs: bigint,
): readonly MessageField[] | FieldRefusal {
  const {
    type = 'NEW',
    originalAllocationId,
    allocationId,
    symbol,
    orders = [],
    accounts = [],
    tradeDate,
  } = allocation;
  const transType = TYPES[type];
  const side = SIDES[allocation.side];
  const quantity = amountOf(allocation.quantity);
  const averagePrice = amountOf(allocation.averagePrice);
  const shares = accounts.map(share => amountOf(share.quantity));
  if (!isText(allocationId)) return refused('allocationId', allocationId, TEXT);
  if (!isText(symbol)) return refused('symbol', symbol, TEXT);
  if (!DATE.test(tradeDate)) return refused('tradeDate', tradeDate, A_DAY);
  if (transType === undefined) return refused('type', type, 'NEW, REPLACE or CANCEL');
  if ((type === 'NEW') !== (originalAllocationId === undefined))
    return refused(
      'originalAllocationId',
      originalAllocationId,
      type === 'NEW' ? 'none of a new one' : `needed to ${type}`,
    );
  if (side === undefined) return refused('side', allocation.side, Object.keys(SIDES).join(', '));
  if (quantity === undefined) return refused('quantity', allocation.quantity, AMOUNT);
  if (averagePrice === undefined) return refused('averagePrice', allocation.averagePrice, AMOUNT);
  if (orders.length === 0) return refused('orders', '', 'one order or more');
  if (accounts.length === 0) return refused('accounts', '', 'one account or more');
  const wrong = shares.findIndex(share => share === undefined);
  if (wrong >= 0) return refused(`accounts[${wrong}].quantity`, accounts[wrong]?.quantity, AMOUNT);
  const sum = shares.reduce<bigint>((total, share) => total + (share ?? 0n), 0n);
  if (sum !== quantity)
    return refused('accounts', decimalOf(0, sum).value, `${decimalOf(0, quantity).value}, the quantity of the block`);
  const isFrom44 = beginString >= 'FIX.4.4';
  return [
    decimalOf(6, averagePrice),
    decimalOf(53, quantity),
    field(54, side),
    field(55, symbol),
    timestampOf(60, nowNs, 3),
    field(70, allocationId),
    field(71, transType),
    ...(originalAllocationId === undefined ? [] : [field(72, originalAllocationId)]),
    groupOf(
      73,
      orders.map(clOrdID => [field(11, clOrdID)]),
    ),
    field(75, tradeDate),
    groupOf(
      78,
      accounts.map(({ account }, index) => [field(79, account), decimalOf(80, shares[index] ?? 0n)]),
    ),
    // AllocType: calculated; AllocNoOrdersType: the orders are named.
    ...(isFrom44 ? [field(626, '1'), field(857, '1')] : []),
  ];
}

/** The body of an AllocationReportAck (AT), or what of it is none. */
export function reportAnswerFields(
  { allocationReportId, allocationId, tradeDate, status, text }: AllocationReportAnswer,
  nowNs: bigint,
): readonly MessageField[] | FieldRefusal {
  // AllocStatus: 0 accepted, 1 block level reject; AllocRejCode 7, other: the text says it.
  const allocStatus = ({ ACCEPTED: '0', REJECTED: '1' } as Readonly<Record<string, string>>)[status];
  if (!isText(allocationReportId)) return refused('allocationReportId', allocationReportId, TEXT);
  if (!isText(allocationId)) return refused('allocationId', allocationId, TEXT);
  if (!DATE.test(tradeDate)) return refused('tradeDate', tradeDate, A_DAY);
  if (allocStatus === undefined) return refused('status', status, 'ACCEPTED or REJECTED');
  return [
    ...(text === undefined ? [] : [field(58, text)]),
    timestampOf(60, nowNs, 3),
    field(70, allocationId),
    field(75, tradeDate),
    field(87, allocStatus),
    ...(status === 'REJECTED' ? [field(88, '7')] : []),
    field(755, allocationReportId),
  ];
}

/** The body of a ConfirmationAck (AU), or what of it is none. */
export function confirmationAnswerFields(
  { confirmId, tradeDate, status, text }: ConfirmationAnswer,
  nowNs: bigint,
): readonly MessageField[] | FieldRefusal {
  // AffirmStatus: 3 affirmed, 2 confirm rejected; ConfirmRejReason 99, other.
  const affirmStatus = ({ AFFIRMED: '3', REJECTED: '2' } as Readonly<Record<string, string>>)[status];
  if (!isText(confirmId)) return refused('confirmId', confirmId, TEXT);
  if (!DATE.test(tradeDate)) return refused('tradeDate', tradeDate, A_DAY);
  if (affirmStatus === undefined) return refused('status', status, 'AFFIRMED or REJECTED');
  return [
    ...(text === undefined ? [] : [field(58, text)]),
    timestampOf(60, nowNs, 3),
    field(75, tradeDate),
    field(664, confirmId),
    ...(status === 'REJECTED' ? [field(774, '99')] : []),
    field(940, affirmStatus),
  ];
}

const A_DAY = 'a day as YYYYMMDD';
const TEXT = 'text of one character or more';
const DATE = /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
const AMOUNT = 'a number above 0 of at most 8 decimals';

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function amountOf(value: string | number | bigint): bigint | undefined {
  const amount = parseDecimal(String(value), DECIMAL_SCALE);
  return amount !== undefined && amount > 0n ? amount : undefined;
}

function refused(rule: string, value: unknown, limit: string): FieldRefusal {
  return { rule, value: String(value ?? ''), limit };
}
