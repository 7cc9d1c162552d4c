import type { FixEncoder, FixMessage } from '../../codec/index.js';
import { SeededRandom, parseDecimal } from '../../model/index.js';
import type { ApplicationVerdict } from '../../session/index.js';
import { systemNowNs, type EngineSession } from '../engine.js';
import type { CounterpartyCounts, CounterpartyOptions } from './options.js';
import { ORDER_TAG as T } from './tags.js';

// Quantities and prices are integers at 10^-8, as everywhere.
const SCALE = 8;
const ONE = 100_000_000n;

interface VenueOrder {
  readonly orderID: string;
  clOrdID: string;
  readonly symbol: string;
  readonly side: string;
  quantity: bigint;
  price: bigint;
  cumQty: bigint;
  /** Sum of quantity × price of the fills, at 10^-16. */
  paid: bigint;
}

interface Report {
  readonly execType: string;
  readonly ordStatus: string;
  readonly text?: string;
  readonly origClOrdID?: string;
  readonly last?: { readonly quantity: bigint; readonly price: bigint };
}

const CANCEL_RESPONSE: Readonly<Record<string, string>> = { F: '1', G: '2' };
const TOO_LATE = 0;
const UNKNOWN_ORDER = 1;

/** A venue that takes orders, rejects a few, and fills some of the rest at their own price, wholly or in part. */
export class DemoVenue {
  readonly #choice: SeededRandom;
  readonly #open = new Map<string, VenueOrder>();
  // OrderIDs and ExecIDs are new in each run: a counterparty that remembers the last run must not take them for repetitions.
  readonly #run = Date.now().toString(36).toUpperCase();
  #nextID = 1;

  constructor(
    private readonly options: CounterpartyOptions,
    private readonly counts: CounterpartyCounts['venue'],
  ) {
    this.#choice = new SeededRandom(options.seed ^ 0x5eed);
  }

  onLogon(): void {
    this.counts.logons++;
  }

  onMessage(session: EngineSession, message: FixMessage): ApplicationVerdict {
    const msgType = message.msgType;
    if (msgType === 'D') this.#order(session, message);
    else if (msgType === 'F') this.#cancel(session, message);
    else if (msgType === 'G') this.#replace(session, message);
    else if (msgType === 'H') this.#status(session, message);
    else return 'unsupportedMessageType';
    return 'taken';
  }

  #order(session: EngineSession, message: FixMessage): void {
    this.counts.ordersReceived++;
    const order: VenueOrder = {
      orderID: `V${this.#run}-${this.#nextID++}`,
      clOrdID: message.textOf(T.ClOrdID) ?? '',
      symbol: message.textOf(T.Symbol) ?? '',
      side: message.textOf(T.Side) ?? '1',
      quantity: decimalOf(message, T.OrderQty),
      price: decimalOf(message, T.Price),
      cumQty: 0n,
      paid: 0n,
    };
    if (this.#choice.percent(this.options.venueRejectPercent)) {
      this.counts.rejectsSent++;
      return this.#report(session, order, { execType: '8', ordStatus: '8', text: 'rejected by the venue' });
    }
    this.#report(session, order, { execType: '0', ordStatus: '0' });
    this.#keep(session, order);
    this.#trade(session, order);
  }

  #trade(session: EngineSession, order: VenueOrder): void {
    const drawn = this.#choice.share() * 100;
    const { venueFillPercent, venuePartialFillPercent } = this.options;
    if (drawn < venueFillPercent) this.#fill(session, order, order.quantity - order.cumQty);
    else if (drawn < venueFillPercent + venuePartialFillPercent) {
      const half = ((order.quantity - order.cumQty) / (2n * ONE)) * ONE;
      if (half > 0n) this.#fill(session, order, half);
    }
  }

  #fill(session: EngineSession, order: VenueOrder, quantity: bigint): void {
    if (quantity <= 0n) return;
    order.cumQty += quantity;
    order.paid += quantity * order.price;
    const done = order.cumQty === order.quantity;
    if (done) this.#open.delete(order.clOrdID);
    this.counts.fillsSent++;
    const execType = this.options.beginString === 'FIX.4.2' ? (done ? '2' : '1') : 'F';
    this.#report(session, order, {
      execType,
      ordStatus: done ? '2' : '1',
      last: { quantity, price: order.price },
    });
  }

  #cancel(session: EngineSession, message: FixMessage): void {
    this.counts.cancelsReceived++;
    const origClOrdID = message.textOf(T.OrigClOrdID) ?? '';
    const order = this.#open.get(origClOrdID);
    if (order === undefined) return this.#cancelReject(session, message, UNKNOWN_ORDER);
    this.#open.delete(origClOrdID);
    order.clOrdID = message.textOf(T.ClOrdID) ?? '';
    this.#report(session, order, { execType: '4', ordStatus: '4', origClOrdID });
  }

  #replace(session: EngineSession, message: FixMessage): void {
    this.counts.replacesReceived++;
    const origClOrdID = message.textOf(T.OrigClOrdID) ?? '';
    const order = this.#open.get(origClOrdID);
    if (order === undefined) return this.#cancelReject(session, message, UNKNOWN_ORDER);
    const quantity = decimalOf(message, T.OrderQty);
    if (quantity <= order.cumQty) return this.#cancelReject(session, message, TOO_LATE);
    this.#open.delete(origClOrdID);
    order.clOrdID = message.textOf(T.ClOrdID) ?? '';
    order.quantity = quantity;
    order.price = decimalOf(message, T.Price);
    this.#keep(session, order);
    this.#report(session, order, { execType: '5', ordStatus: order.cumQty > 0n ? '1' : '0', origClOrdID });
    this.#trade(session, order);
  }

  #status(session: EngineSession, message: FixMessage): void {
    const clOrdID = message.textOf(T.ClOrdID) ?? '';
    const order = this.#open.get(clOrdID);
    if (order !== undefined)
      return this.#report(session, order, { execType: 'I', ordStatus: order.cumQty > 0n ? '1' : '0' });
    const unknown = { clOrdID, symbol: message.textOf(T.Symbol) ?? '', side: message.textOf(T.Side) ?? '1' };
    const nothing = { orderID: 'NONE', quantity: 0n, price: 0n, cumQty: 0n, paid: 0n };
    this.#report(session, { ...unknown, ...nothing }, { execType: 'I', ordStatus: '8', text: 'unknown order' });
  }

  // At the bound the oldest order is cancelled, unasked.
  #keep(session: EngineSession, order: VenueOrder): void {
    this.#open.set(order.clOrdID, order);
    const [oldest] = this.#open.values();
    if (this.#open.size <= this.options.openOrdersMax || oldest === undefined) return;
    this.#open.delete(oldest.clOrdID);
    this.#report(session, oldest, { execType: '4', ordStatus: '4', text: 'cancelled by the venue' });
  }

  #report(session: EngineSession, order: VenueOrder, report: Report): void {
    this.counts.reportsSent++;
    session.send('8', encoder => this.#writeReport(encoder, order, report));
  }

  #writeReport(encoder: FixEncoder, order: VenueOrder, report: Report): void {
    const ended = report.ordStatus === '4' || report.ordStatus === '8';
    const leaves = ended ? 0n : order.quantity - order.cumQty;
    const average = order.cumQty === 0n ? 0n : order.paid / order.cumQty;
    encoder.decimalField(T.AvgPx, average).field(T.ClOrdID, order.clOrdID).decimalField(T.CumQty, order.cumQty);
    encoder.field(T.ExecID, `E${this.#run}-${this.#nextID++}`);
    if (this.options.beginString === 'FIX.4.2') encoder.field(T.ExecTransType, '0');
    if (report.last !== undefined)
      encoder.decimalField(T.LastPx, report.last.price).decimalField(T.LastQty, report.last.quantity);
    encoder.field(T.OrderID, order.orderID).decimalField(T.OrderQty, order.quantity);
    encoder.field(T.OrdStatus, report.ordStatus);
    if (report.origClOrdID !== undefined) encoder.field(T.OrigClOrdID, report.origClOrdID);
    encoder.field(T.Side, order.side).field(T.Symbol, order.symbol);
    if (report.text !== undefined) encoder.field(T.Text, report.text);
    encoder.timestampField(T.TransactTime, systemNowNs(), 3);
    encoder.field(T.ExecType, report.execType).decimalField(T.LeavesQty, leaves);
  }

  #cancelReject(session: EngineSession, message: FixMessage, reason: number): void {
    this.counts.rejectsSent++;
    const origClOrdID = message.textOf(T.OrigClOrdID) ?? '';
    const order = this.#open.get(origClOrdID);
    session.send('9', encoder => {
      encoder.field(T.ClOrdID, message.textOf(T.ClOrdID) ?? '').field(T.OrderID, order?.orderID ?? 'NONE');
      encoder.field(T.OrdStatus, order === undefined ? '8' : '1').field(T.OrigClOrdID, origClOrdID);
      encoder.field(T.CxlRejReason, reason).field(T.CxlRejResponseTo, CANCEL_RESPONSE[message.msgType] ?? '1');
    });
  }
}

function decimalOf(message: FixMessage, tag: number): bigint {
  return parseDecimal(message.textOf(tag) ?? '', SCALE) ?? 0n;
}
