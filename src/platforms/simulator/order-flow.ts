import type { FixMessage } from '../../codec/index.js';
import { DECIMAL_SCALE, SeededRandom, parseDecimal } from '../../model/index.js';
import { systemNowNs } from '../../trading/index.js';
import { dateOf, decimalOf, field, groupOf, timestampOf, type MessageField } from '../message-fields.js';
import type { Play } from './orders.js';
import { TAG as T } from './tags.js';

interface SentOrder {
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: bigint;
}

const ONE = 100_000_000n;
const QUANTITY_MAX = 500;
const CANCEL_PERCENT = 10;
/** Of the time that passed unseen, so much is made up for at once. */
const CATCH_UP_MS = 100;
/** Orders sent and not ended; no more are sent while so many are open. */
const OPEN_MAX = 10_000;

/** Orders that the platform itself sends: a buy side's, to the desk. What is filled it allocates to two accounts. */
export class OrderFlow {
  readonly #choice: SeededRandom;
  readonly #open = new Map<string, SentOrder>();
  #lastMs = 0;
  #owed = 0;
  #sent = 0;

  constructor(private readonly play: Play) {
    this.#choice = new SeededRandom(play.options.seed ^ 0xf10);
  }

  /** Whether it has sent all that it may, and all of that has ended. */
  get isDone(): boolean {
    const { ordersMax } = this.play.options;
    return ordersMax > 0 && this.#sent >= ordersMax && this.#open.size === 0;
  }

  /** It is logged on: from now on orders are owed. */
  begin(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  tick(nowMs: number): void {
    const { ordersPerSecond, ordersMax } = this.play.options;
    this.#owed += (Math.min(nowMs - this.#lastMs, CATCH_UP_MS) * ordersPerSecond) / 1000;
    this.#lastMs = nowMs;
    for (; this.#owed >= 1; this.#owed--) {
      if (this.#open.size >= OPEN_MAX || (ordersMax > 0 && this.#sent >= ordersMax)) continue;
      this.#order();
      if (this.#choice.percent(CANCEL_PERCENT)) this.#cancel();
    }
  }

  /** Takes 8, 9 and P; false for another type. */
  take(message: FixMessage): boolean {
    const { counts } = this.play;
    const { msgType } = message;
    if (msgType === '8') this.#report(message);
    else if (msgType === '9' || msgType === 'j') counts.rejectsReceived++;
    else if (msgType === 'P' || msgType === 'AS' || msgType === 'AK') counts.allocationAnswersReceived++;
    else return false;
    return true;
  }

  #order(): void {
    const { options, counts, send, newID } = this.play;
    const [symbol, price] = this.#choice.of([...options.prices]);
    const order: SentOrder = {
      account: this.#choice.of(options.accounts),
      symbol,
      side: this.#choice.percent(50) ? '1' : '2',
      quantity: BigInt(1 + this.#choice.below(QUANTITY_MAX)) * ONE,
    };
    const clOrdID = newID('S');
    this.#sent++;
    this.#open.set(clOrdID, order);
    counts.ordersSent++;
    send('D', [
      ...this.#shared(clOrdID, order),
      field(T.HandlInst, '1'),
      field(T.OrdType, '2'),
      decimalOf(T.Price, price),
      field(T.TimeInForce, '0'),
    ]);
  }

  #cancel(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const [origClOrdID, order] = oldest;
    this.play.counts.cancelsSent++;
    this.play.send('F', [...this.#shared(this.play.newID('X'), order), field(T.OrigClOrdID, origClOrdID)]);
  }

  #shared(clOrdID: string, { account, symbol, side, quantity }: SentOrder): MessageField[] {
    return [
      field(T.Account, account),
      field(T.ClOrdID, clOrdID),
      decimalOf(T.OrderQty, quantity),
      field(T.Side, side),
      field(T.Symbol, symbol),
      timestampOf(T.TransactTime, systemNowNs(), 3),
    ];
  }

  #report(message: FixMessage): void {
    const { counts } = this.play;
    const status = message.textOf(T.OrdStatus);
    // A cancel is reported under its own ClOrdID.
    const clOrdID = message.textOf(T.OrigClOrdID) ?? message.textOf(T.ClOrdID) ?? '';
    const order = this.#open.get(clOrdID);
    counts.reportsReceived++;
    if (status === '1' || status === '2') counts.fillsReceived++;
    if (status === '8') counts.rejectsReceived++;
    if (status !== '2' && status !== '4' && status !== '8') return;
    this.#open.delete(clOrdID);
    if (status === '2' && order !== undefined && this.play.rules.allows('in', 'J'))
      this.#allocate(clOrdID, order, message);
  }

  #allocate(clOrdID: string, order: SentOrder, message: FixMessage): void {
    const first = (order.quantity / (2n * ONE)) * ONE;
    const shares = [first, order.quantity - first].filter(quantity => quantity > 0n);
    const nowNs = systemNowNs();
    const isFrom44 = this.play.beginString >= 'FIX.4.4';
    this.play.counts.allocationsSent++;
    this.play.send('J', [
      decimalOf(T.AvgPx, parseDecimal(message.textOf(T.AvgPx) ?? '', DECIMAL_SCALE) ?? 0n),
      decimalOf(T.Quantity, order.quantity),
      field(T.Side, order.side),
      field(T.Symbol, order.symbol),
      timestampOf(T.TransactTime, nowNs, 3),
      field(T.AllocID, this.play.newID('A')),
      field(T.AllocTransType, '0'),
      groupOf(T.NoOrders, [[field(T.ClOrdID, clOrdID)]]),
      dateOf(T.TradeDate, nowNs),
      groupOf(
        T.NoAllocs,
        shares.map((quantity, index) => [
          field(T.AllocAccount, `${order.account}-${index + 1}`),
          decimalOf(T.AllocQty, quantity),
        ]),
      ),
      isFrom44 ? field(T.AllocType, '1') : undefined,
      isFrom44 ? field(T.AllocNoOrdersType, '1') : undefined,
    ]);
  }
}
