import type { FixMessage } from '../../codec/index.js';
import { DECIMAL_SCALE, SeededRandom, parseDecimal } from '../../model/index.js';
import { systemNowNs } from '../../trading/index.js';
import { decimalOf, field, timestampOf } from '../message-fields.js';
import type { PlatformRules } from '../rules.js';
import type { PlayOptions, Send, SimulatorCounts } from './options.js';
import type { Positions } from './positions.js';
import { TAG as T } from './tags.js';

const ONE = 100_000_000n;

interface OpenOrder {
  readonly orderID: string;
  clOrdID: string;
  readonly account: string | undefined;
  readonly symbol: string;
  readonly side: string;
  readonly ordType: string;
  quantity: bigint;
  /** Of a limit order. */
  price: bigint | undefined;
  cumQty: bigint;
  /** Sum of quantity × price of the fills, at 10^-16. */
  paid: bigint;
  /** Parts in which what is open will be filled, while it trades. */
  parts: number;
  /** Custom tags that its reports have too. */
  readonly further: readonly [tag: number, value: string][];
}

interface Report {
  readonly execType: string;
  readonly ordStatus: string;
  readonly origClOrdID?: string;
  readonly last?: { readonly quantity: bigint; readonly price: bigint };
  readonly text?: string;
  readonly isStatus?: boolean;
  readonly ordRejReason?: number;
}

const UNKNOWN_SYMBOL = 1;
const BROKER_OPTION = 0;
const UNKNOWN_ORDER = 1;
const TOO_LATE = 0;
const FILLS_A_TICK_MAX = 1_000;

/** What the parts of a simulator share. */
export interface Play {
  readonly rules: PlatformRules;
  readonly beginString: string;
  readonly options: PlayOptions;
  readonly counts: SimulatorCounts;
  readonly send: Send;
  /** A new OrderID, ExecID …: of no other run. */
  newID(prefix: string): string;
}

/** The platform's order book: rejects, fills at its own price in parts, replaces and cancels. What happens hangs on the seed alone. */
export class PlatformOrders {
  readonly #choice: SeededRandom;
  readonly #open = new Map<string, OpenOrder>();
  readonly #trading = new Set<OpenOrder>();
  readonly #isBefore43: boolean;

  constructor(
    private readonly play: Play,
    private readonly positions: Positions,
  ) {
    this.#choice = new SeededRandom(play.options.seed);
    this.#isBefore43 = play.beginString < 'FIX.4.3';
  }

  /** Takes D, F, G and H; false for another type. */
  take(message: FixMessage): boolean {
    const { msgType } = message;
    if (msgType === 'D') this.#order(message);
    else if (msgType === 'F') this.#cancel(message);
    else if (msgType === 'G') this.#replace(message);
    else if (msgType === 'H') this.#status(message);
    else return false;
    return true;
  }

  /** One part of each order that trades. */
  tick(): void {
    let fills = 0;
    for (const order of this.#trading) {
      this.#fillPart(order);
      if (++fills === FILLS_A_TICK_MAX) return;
    }
  }

  #order(message: FixMessage): void {
    const { counts, options, newID } = this.play;
    counts.ordersReceived++;
    const order: OpenOrder = {
      orderID: newID('O'),
      clOrdID: message.textOf(T.ClOrdID) ?? '',
      account: message.textOf(T.Account),
      symbol: message.textOf(T.Symbol) ?? '',
      side: message.textOf(T.Side) ?? '1',
      ordType: message.textOf(T.OrdType) ?? '1',
      quantity: amountOf(message, T.OrderQty) ?? 0n,
      price: amountOf(message, T.Price),
      cumQty: 0n,
      paid: 0n,
      parts: 0,
      further: this.#furtherOf(message),
    };
    const known = options.prices.has(order.symbol);
    if (!known) return this.#reject(order, UNKNOWN_SYMBOL, 'unknown symbol');
    if (this.#choice.percent(options.rejectPercent)) return this.#reject(order, BROKER_OPTION, 'rejected by chance');
    if (order.quantity <= 0n) return this.#reject(order, BROKER_OPTION, 'a quantity above 0 is needed');
    this.#report(order, { execType: '0', ordStatus: '0' });
    this.#keep(order);
    this.#trade(order);
  }

  #furtherOf(message: FixMessage): [number, string][] {
    const layout = this.play.rules.dictionary.message('8');
    return this.play.rules.customTags.flatMap(({ tag }): [number, string][] => {
      const value = message.textOf(tag);
      return value === undefined || !layout?.members.has(tag) ? [] : [[tag, value]];
    });
  }

  #reject(order: OpenOrder, ordRejReason: number, text: string): void {
    this.play.counts.rejectsSent++;
    this.#report(order, { execType: '8', ordStatus: '8', ordRejReason, text });
  }

  /** Begins to trade where the market's price is as good as the order's. */
  #trade(order: OpenOrder): void {
    const price = this.play.options.prices.get(order.symbol) ?? 0n;
    const isBuy = order.side === '1';
    const trades = order.price === undefined || (isBuy ? order.price >= price : order.price <= price);
    if (!trades) return;
    order.parts = 1 + this.#choice.below(this.play.options.fillPartsMax);
    this.#trading.add(order);
  }

  #fillPart(order: OpenOrder): void {
    const leaves = order.quantity - order.cumQty;
    const share = (leaves / BigInt(order.parts) / ONE) * ONE;
    const quantity = order.parts === 1 || share === 0n ? leaves : share;
    order.parts--;
    const price = this.play.options.prices.get(order.symbol) ?? 0n;
    order.cumQty += quantity;
    order.paid += quantity * price;
    this.positions.add(order.account ?? '', order.symbol, order.side === '1' ? quantity : -quantity);
    const done = order.cumQty === order.quantity;
    if (done) this.#drop(order);
    this.play.counts.fillsSent++;
    const ordStatus = done ? '2' : '1';
    this.#report(order, { execType: this.#isBefore43 ? ordStatus : 'F', ordStatus, last: { quantity, price } });
  }

  #cancel(message: FixMessage): void {
    this.play.counts.cancelsReceived++;
    const order = this.#open.get(message.textOf(T.OrigClOrdID) ?? '');
    if (order === undefined) return this.#cancelReject(message, UNKNOWN_ORDER, undefined);
    const origClOrdID = order.clOrdID;
    this.#drop(order);
    order.clOrdID = message.textOf(T.ClOrdID) ?? '';
    this.#report(order, { execType: '4', ordStatus: '4', origClOrdID });
  }

  #replace(message: FixMessage): void {
    this.play.counts.replacesReceived++;
    const order = this.#open.get(message.textOf(T.OrigClOrdID) ?? '');
    const quantity = amountOf(message, T.OrderQty);
    if (order === undefined || quantity === undefined) return this.#cancelReject(message, UNKNOWN_ORDER, order);
    if (quantity <= order.cumQty) return this.#cancelReject(message, TOO_LATE, order);
    const origClOrdID = order.clOrdID;
    this.#drop(order);
    order.clOrdID = message.textOf(T.ClOrdID) ?? '';
    order.quantity = quantity;
    order.price = amountOf(message, T.Price);
    this.#keep(order);
    this.#report(order, { execType: '5', ordStatus: this.#replacedStatus(order), origClOrdID });
    this.#trade(order);
  }

  /** Until FIX.4.2 Replaced (5) is a status, which a partial fill outranks. */
  #replacedStatus(order: OpenOrder): string {
    if (order.cumQty > 0n) return '1';
    return this.#isBefore43 ? '5' : '0';
  }

  #status(message: FixMessage): void {
    this.play.counts.statusRequestsReceived++;
    const clOrdID = message.textOf(T.ClOrdID) ?? '';
    const order = this.#open.get(clOrdID);
    const ordStatus = order === undefined ? '8' : order.cumQty > 0n ? '1' : '0';
    const report = { execType: this.#isBefore43 ? ordStatus : 'I', ordStatus, isStatus: true };
    if (order !== undefined) return this.#report(order, report);
    const symbol = message.textOf(T.Symbol) ?? '';
    const side = message.textOf(T.Side) ?? '1';
    const nothing = { orderID: 'NONE', ordType: '1', quantity: 0n, price: undefined, cumQty: 0n, paid: 0n, parts: 0 };
    const unknown: OpenOrder = { ...nothing, clOrdID, account: undefined, symbol, side, further: [] };
    this.#report(unknown, { ...report, text: 'unknown order' });
  }

  #keep(order: OpenOrder): void {
    this.#open.set(order.clOrdID, order);
    const [oldest] = this.#open.values();
    if (this.#open.size <= this.play.options.openOrdersMax || oldest === undefined) return;
    this.#drop(oldest);
    this.#report(oldest, { execType: '4', ordStatus: '4', text: 'cancelled by the platform' });
  }

  #drop(order: OpenOrder): void {
    this.#open.delete(order.clOrdID);
    this.#trading.delete(order);
  }

  #report(order: OpenOrder, report: Report): void {
    const { origClOrdID, last, text, ordRejReason, execType, ordStatus, isStatus = false } = report;
    const ended = ordStatus === '4' || ordStatus === '8';
    const average = order.cumQty === 0n ? 0n : order.paid / order.cumQty;
    this.play.counts.reportsSent++;
    this.play.send('8', [
      order.account === undefined ? undefined : field(T.Account, order.account),
      decimalOf(T.AvgPx, average),
      field(T.ClOrdID, order.clOrdID),
      decimalOf(T.CumQty, order.cumQty),
      field(T.ExecID, this.play.newID('E')),
      this.#isBefore43 ? field(T.ExecTransType, isStatus ? '3' : '0') : undefined,
      last && decimalOf(T.LastPx, last.price),
      last && decimalOf(T.LastQty, last.quantity),
      field(T.OrderID, order.orderID),
      decimalOf(T.OrderQty, order.quantity),
      field(T.OrdStatus, ordStatus),
      field(T.OrdType, order.ordType),
      origClOrdID === undefined ? undefined : field(T.OrigClOrdID, origClOrdID),
      order.price === undefined ? undefined : decimalOf(T.Price, order.price),
      field(T.Side, order.side),
      field(T.Symbol, order.symbol),
      text === undefined ? undefined : field(T.Text, text),
      timestampOf(T.TransactTime, systemNowNs(), 3),
      ordRejReason === undefined ? undefined : field(T.OrdRejReason, ordRejReason),
      field(T.ExecType, execType),
      decimalOf(T.LeavesQty, ended ? 0n : order.quantity - order.cumQty),
      ...order.further.map(([tag, value]) => field(tag, value)),
    ]);
  }

  #cancelReject(message: FixMessage, reason: number, order: OpenOrder | undefined): void {
    this.play.counts.rejectsSent++;
    this.play.send('9', [
      field(T.ClOrdID, message.textOf(T.ClOrdID) ?? ''),
      field(T.OrderID, order?.orderID ?? 'NONE'),
      field(T.OrdStatus, order === undefined ? '8' : order.cumQty > 0n ? '1' : '0'),
      field(T.OrigClOrdID, message.textOf(T.OrigClOrdID) ?? ''),
      field(T.CxlRejReason, reason),
      field(T.CxlRejResponseTo, message.msgType === 'F' ? '1' : '2'),
    ]);
  }
}

/** At 10^-8, of the first such field from `from` on; undefined where it is not there, or has digits beyond. */
export function amountOf(message: FixMessage, tag: number, from = 0): bigint | undefined {
  const index = message.find(tag, from);
  return index < 0 ? undefined : parseDecimal(message.text(index), DECIMAL_SCALE);
}
