import type { FixEncoder, FixMessage } from '../../codec/index.js';
import { SeededRandom } from '../../model/index.js';
import type { ApplicationVerdict } from '../../session/index.js';
import { systemNowNs, type EngineSession } from '../engine.js';
import type { CounterpartyCounts, CounterpartyOptions } from './options.js';
import { ORDER_TAG as T } from './tags.js';

interface OpenOrder {
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly priceCents: number;
  readonly quantity: number;
}

interface NewOrder extends OpenOrder {
  readonly clOrdID: string;
}

const TICK_MS = 10;
// Of the time that passed unseen (a stopped process), so much is made up for at once.
const CATCH_UP_MS = 100;
const CANCEL_PERCENT = 8;
const REPLACE_PERCENT = 8;
/** A price so far off that no collar lets it pass. */
const FAR_FACTOR = 3;
const CENT = 1_000_000n;

/** The order client: sends orders, cancels and replaces at a steady rate and counts what comes back. */
export class OrderClient {
  readonly #choice: SeededRandom;
  /** Sent and not answered yet. */
  readonly #sent = new Map<string, OpenOrder>();
  /** Acknowledged: what is cancelled and replaced. */
  readonly #open = new Map<string, OpenOrder>();
  /** ClOrdIDs tell this run from the last one: an id is never used twice, whatever the seed. */
  readonly #run = Date.now().toString(36).toUpperCase();
  #session: EngineSession | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #owed = 0;
  #nextID = 1;
  #last: NewOrder | undefined;

  constructor(
    private readonly options: CounterpartyOptions,
    private readonly counts: CounterpartyCounts['client'],
  ) {
    this.#choice = new SeededRandom(options.seed);
  }

  onLogon(session: EngineSession): void {
    this.counts.logons++;
    this.#session = session;
  }

  /** Sends from now on, once it is logged on. */
  begin(): void {
    if (this.#session === undefined) return;
    clearInterval(this.#timer);
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Sends no more; what is open stays open. */
  stop(): void {
    clearInterval(this.#timer);
    this.#session = undefined;
  }

  onMessage(message: FixMessage): ApplicationVerdict {
    const msgType = message.msgType;
    if (msgType === '8') this.#report(message);
    else if (msgType === '9') this.counts.cancelRejects++;
    else if (msgType === 'j') this.counts.rejects++;
    else return 'unsupportedMessageType';
    return 'taken';
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#owed += (Math.min(nowMs - this.#lastMs, CATCH_UP_MS) * this.options.ordersPerSecond) / 1000;
    this.#lastMs = nowMs;
    for (; this.#owed >= 1; this.#owed--) this.#sendOne();
  }

  #sendOne(): void {
    if (this.#open.size > 0 && this.#choice.percent(CANCEL_PERCENT)) this.#cancel();
    else if (this.#open.size > 0 && this.#choice.percent(REPLACE_PERCENT)) this.#replace();
    else this.#order();
  }

  #newID(): string {
    return `${this.#run}-${this.#nextID++}`;
  }

  #order(): void {
    const order = this.#choice.percent(this.options.breakLimitsPercent) ? this.#badOrder() : this.#goodOrder();
    this.#last = order;
    this.counts.ordersSent++;
    this.#remember(order.clOrdID, order);
    this.#session?.send('D', encoder => writeOrder(encoder, order));
  }

  #goodOrder(): NewOrder {
    const { name, priceCents } = this.#choice.of(this.options.symbols);
    const offCents = Math.round(priceCents * 0.01 * (this.#choice.share() - 0.5));
    return {
      clOrdID: this.#newID(),
      account: this.#choice.of(this.options.accounts),
      symbol: name,
      side: this.#choice.percent(50) ? '1' : '2',
      priceCents: priceCents + offCents,
      quantity: 1 + this.#choice.below(this.options.quantityMax),
    };
  }

  #badOrder(): NewOrder {
    const order = this.#goodOrder();
    const last = this.#last ?? order;
    switch (this.#choice.below(6)) {
      case 0:
        return { ...order, quantity: this.options.quantityTooLarge };
      case 1:
        return { ...order, priceCents: order.priceCents * FAR_FACTOR };
      case 2:
        return { ...order, symbol: 'NOSUCH' };
      case 3:
        return { ...order, symbol: this.options.restrictedSymbol };
      case 4:
        return { ...order, clOrdID: last.clOrdID };
      default:
        return { ...last, clOrdID: order.clOrdID };
    }
  }

  #cancel(): void {
    const [origClOrdID, order] = this.#oldest();
    const clOrdID = this.#newID();
    this.counts.cancelsSent++;
    this.#session?.send('F', encoder => {
      encoder.field(T.Account, order.account).field(T.ClOrdID, clOrdID).field(T.OrderQty, order.quantity);
      encoder.field(T.OrigClOrdID, origClOrdID).field(T.Side, order.side).field(T.Symbol, order.symbol);
      encoder.timestampField(T.TransactTime, systemNowNs(), 3);
    });
  }

  #replace(): void {
    const [origClOrdID, order] = this.#oldest();
    const clOrdID = this.#newID();
    const changed = { ...order, quantity: order.quantity + 1 + this.#choice.below(10) };
    this.counts.replacesSent++;
    this.#remember(clOrdID, changed);
    this.#session?.send('G', encoder => {
      encoder.field(T.Account, order.account).field(T.ClOrdID, clOrdID).field(T.HandlInst, '1');
      encoder.field(T.OrderQty, changed.quantity);
      encoder.field(T.OrdType, '2').field(T.OrigClOrdID, origClOrdID).decimalField(T.Price, priceOf(changed));
      encoder.field(T.Side, order.side).field(T.Symbol, order.symbol).field(T.TimeInForce, '0');
      encoder.timestampField(T.TransactTime, systemNowNs(), 3);
    });
  }

  // Taken out: each order is cancelled or replaced once, and a replaced one goes on under its new ClOrdID.
  #oldest(): [string, OpenOrder] {
    const [first] = this.#open;
    if (first === undefined) throw new RangeError('no order is open');
    this.#open.delete(first[0]);
    return first;
  }

  #remember(clOrdID: string, order: OpenOrder): void {
    this.#sent.set(clOrdID, order);
    this.#bound(this.#sent);
  }

  #acknowledged(clOrdID: string): void {
    const order = this.#sent.get(clOrdID);
    if (order === undefined) return;
    this.#sent.delete(clOrdID);
    this.#open.set(clOrdID, order);
    this.#bound(this.#open);
  }

  #bound(orders: Map<string, OpenOrder>): void {
    const [oldest] = orders.keys();
    if (orders.size > this.options.openOrdersMax && oldest !== undefined) orders.delete(oldest);
  }

  #report(message: FixMessage): void {
    const status = message.textOf(T.OrdStatus) ?? '';
    const execType = message.textOf(T.ExecType) ?? '';
    const clOrdID = message.textOf(T.ClOrdID) ?? '';
    if (status === '8') this.#refused(message);
    else if (execType === '0') this.counts.accepted++;
    else if (execType === '5') this.counts.replaced++;
    else if (status === '4') this.counts.canceled++;
    else if (status === '1') this.counts.partialFills++;
    else if (status === '2') this.counts.fills++;
    if (execType === '0' || execType === '5') this.#acknowledged(clOrdID);
    if (status === '2' || status === '4' || status === '8') this.#forget(clOrdID);
  }

  #forget(clOrdID: string): void {
    this.#sent.delete(clOrdID);
    this.#open.delete(clOrdID);
  }

  #refused(message: FixMessage): void {
    this.counts.refused++;
    const rule = /^\w+/.exec(message.textOf(T.Text) ?? '')?.[0] ?? 'unnamed';
    this.counts.refusedByRule[rule] = (this.counts.refusedByRule[rule] ?? 0) + 1;
  }
}

function priceOf(order: OpenOrder): bigint {
  return BigInt(order.priceCents) * CENT;
}

function writeOrder(encoder: FixEncoder, order: NewOrder): void {
  encoder.field(T.Account, order.account).field(T.ClOrdID, order.clOrdID).field(T.HandlInst, '1');
  encoder.field(T.OrderQty, order.quantity);
  encoder.field(T.OrdType, '2').decimalField(T.Price, priceOf(order)).field(T.Side, order.side);
  encoder.field(T.Symbol, order.symbol).field(T.TimeInForce, '0');
  encoder.timestampField(T.TransactTime, systemNowNs(), 3);
}
