import type { FixMessage } from '../../codec/index.js';
import { systemNowNs } from '../../trading/index.js';
import { decimalOf, field, groupOf, timestampOf, type MessageField } from '../message-fields.js';
import { amountOf, type Play } from './orders.js';
import { TAG as T } from './tags.js';

const ACCEPTED = '0';
const REJECTED = '1';
const INCORRECT_QUANTITY = 1;
const CANCEL = '2';
const ONE = 100_000_000n;

interface Share {
  readonly account: string;
  readonly quantity: bigint;
}

/**
 * Answers an allocation: accepted where its accounts' quantities add up to the block's. A platform whose profile has them goes on, from FIX.4.4, with an
 * AllocationReport for the block and a Confirmation for each account.
 */
export function answerAllocation(play: Play, message: FixMessage): void {
  play.counts.allocationsReceived++;
  const shares = sharesOf(message);
  const quantity = amountOf(message, T.Quantity) ?? 0n;
  const isCancel = message.textOf(T.AllocTransType) === CANCEL;
  const addsUp =
    isCancel || (shares.length > 0 && shares.reduce((sum, share) => sum + share.quantity, 0n) === quantity);
  answer(play, 'P', [
    copyOf(message, T.AllocID),
    copyOf(message, T.TradeDate),
    timestampOf(T.TransactTime, systemNowNs(), 3),
    field(T.AllocStatus, addsUp ? ACCEPTED : REJECTED),
    addsUp ? undefined : field(T.AllocRejCode, INCORRECT_QUANTITY),
    addsUp ? undefined : field(T.Text, 'the accounts do not add up to the block'),
  ]);
  if (!addsUp || isCancel || play.beginString < 'FIX.4.4') return;
  if (play.rules.allows('in', 'AS')) answer(play, 'AS', blockReport(play, message, shares));
  if (!play.rules.allows('in', 'AK')) return;
  for (const share of shares) answer(play, 'AK', confirmation(play, message, share));
}

function answer(play: Play, msgType: string, fields: readonly (MessageField | undefined)[]): void {
  play.counts.allocationAnswersSent++;
  play.send(msgType, fields);
}

function copyOf(message: FixMessage, tag: number): MessageField | undefined {
  const value = message.textOf(tag);
  return value === undefined ? undefined : field(tag, value);
}

/** The entries of NoAllocs: each begins with its account. */
function sharesOf(message: FixMessage): Share[] {
  const shares: { account: string; quantity: bigint }[] = [];
  for (let index = message.find(T.NoAllocs) + 1; index > 0 && index < message.fieldCount; index++) {
    const tag = message.tagAt(index);
    if (tag === T.AllocAccount) shares.push({ account: message.text(index), quantity: 0n });
    const last = shares.at(-1);
    if (tag === T.AllocQty && last !== undefined) last.quantity = amountOf(message, T.AllocQty, index) ?? 0n;
  }
  return shares;
}

function blockReport(play: Play, message: FixMessage, shares: readonly Share[]): (MessageField | undefined)[] {
  return [
    ...[T.AvgPx, T.Quantity, T.Side, T.Symbol, T.AllocID, T.TradeDate].map(tag => copyOf(message, tag)),
    ordersOf(message),
    timestampOf(T.TransactTime, systemNowNs(), 3),
    field(T.AllocTransType, '0'),
    groupOf(
      T.NoAllocs,
      shares.map(({ account, quantity }) => [field(T.AllocAccount, account), decimalOf(T.AllocQty, quantity)]),
    ),
    field(T.AllocStatus, ACCEPTED),
    field(T.AllocReportID, play.newID('R')),
    // Sell-side calculated: what the platform made of the instruction.
    field(T.AllocReportType, '3'),
    field(T.AllocNoOrdersType, message.textOf(T.AllocNoOrdersType) ?? '1'),
  ];
}

/** NoOrders with the ClOrdID of each. */
function ordersOf(message: FixMessage): MessageField | undefined {
  const from = message.find(T.NoOrders);
  if (from < 0) return undefined;
  const orders: string[] = [];
  for (let index = from + 1; index < message.fieldCount && orders.length < message.integer(from); index++)
    if (message.tagAt(index) === T.ClOrdID) orders.push(message.text(index));
  return groupOf(
    T.NoOrders,
    orders.map(clOrdID => [field(T.ClOrdID, clOrdID)]),
  );
}

function confirmation(play: Play, message: FixMessage, { account, quantity }: Share): (MessageField | undefined)[] {
  const gross = (quantity * (amountOf(message, T.AvgPx) ?? 0n)) / ONE;
  return [
    ...[T.AvgPx, T.Side, T.Symbol, T.AllocID, T.TradeDate].map(tag => copyOf(message, tag)),
    timestampOf(T.TransactTime, systemNowNs(), 3),
    field(T.AllocAccount, account),
    decimalOf(T.AllocQty, quantity),
    decimalOf(T.NetMoney, gross),
    decimalOf(T.GrossTradeAmt, gross),
    field(T.ConfirmID, play.newID('C')),
    field(T.ConfirmTransType, '0'),
    field(T.ConfirmStatus, '4'),
    field(T.ConfirmType, '2'),
    groupOf(T.NoCapacities, [[field(T.OrderCapacity, 'A'), decimalOf(T.OrderCapacityQty, quantity)]]),
  ];
}
