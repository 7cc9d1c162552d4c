import { EXECUTION, EXECUTION_EFFECT, EXECUTION_KIND, FRAME_TYPE, TOPICS } from '../model/index.js';
import { venueIdOf, type LaneContext } from './lane-context.js';
import { ORDER_ROW, copyText, isOwnCancel, setText, textOf } from './order-row.js';
import { NO_SLOT } from './order-table.js';

const TOPIC = TOPICS.indexOf('executions');
const AT = EXECUTION_EFFECT.sizeBytes;

/** The frame of what happens to an order at the venue: effect row and execution row side by side, filled in, applied to the order, then written. */
export class ExecutionFrame {
  readonly rows = new Uint8Array(AT + EXECUTION.sizeBytes);
  readonly execution = new DataView(this.rows.buffer, AT, EXECUTION.sizeBytes);
  readonly #effect = new DataView(this.rows.buffer, 0, AT);
  readonly #context: LaneContext;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  clear(): void {
    this.rows.fill(0);
  }

  /** ClOrdID (11) of the execution row: the venue's as received, the client's after takeClientIds. */
  get clOrdId(): string {
    return textOf(this.rows, AT + EXECUTION.offset.clOrdId);
  }

  get origClOrdId(): string {
    return textOf(this.rows, AT + EXECUTION.offset.origClOrdId);
  }

  /** The number in our ClOrdID that the frame names. */
  get venueId(): number {
    return Number(this.#effect.getBigUint64(EXECUTION_EFFECT.offset.venueId, true));
  }

  set venueId(venueId: number) {
    this.#effect.setBigUint64(EXECUTION_EFFECT.offset.venueId, BigInt(venueId), true);
  }

  /** The price that an order has which the venue restated. */
  set restatedPrice(price: bigint) {
    this.#effect.setBigInt64(EXECUTION_EFFECT.offset.price, price, true);
  }

  /** Names the order of one of our ClOrdIDs and returns its slot, NO_SLOT when it is of none. */
  find(clOrdId: string): number {
    this.venueId = venueIdOf(this.#context, clOrdId);
    return this.venueId === 0 ? NO_SLOT : this.#context.orders.table.findVenue(this.venueId);
  }

  /** Puts the client's ClOrdID and OrigClOrdID into the execution row: of the client's pending request when the venue named that one. */
  takeClientIds(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    const isNamed = row.pendingMsgType !== 0 && row.sequence('pendingVenueId') === this.venueId;
    const pending = isNamed && !isOwnCancel(row);
    const clOrdId = AT + EXECUTION.offset.clOrdId;
    const origClOrdId = AT + EXECUTION.offset.origClOrdId;
    const own = row.offset + ORDER_ROW.offset.clOrdId;
    copyText(row.bytes, pending ? row.offset + ORDER_ROW.offset.pendingClOrdId : own, this.rows, clOrdId);
    if (pending) copyText(row.bytes, own, this.rows, origClOrdId);
    else setText(this.rows, origClOrdId, '');
  }

  /** Changes the order, then writes the frame that makes the same change on replay. Returns its sequence, 0 when the report cannot be applied. */
  apply(slot: number, kind: number): number {
    const { group, orders, venue, meter } = this.#context;
    const sequence = group.journal.nextSequence;
    this.#effect.setUint32(EXECUTION_EFFECT.offset.kind, kind, true);
    const { live } = orders.table;
    const restatedPrice = this.#effect.getBigInt64(EXECUTION_EFFECT.offset.price, true);
    const reported = { venueId: this.venueId, sequence, restatedPrice };
    if (kind === EXECUTION_KIND.requestRejected) orders.requestRejected(slot, reported);
    else if (kind === EXECUTION_KIND.inDoubt) orders.doubt(slot);
    else if (kind === EXECUTION_KIND.disputed) orders.dispute(slot);
    else if (!orders.executed(slot, this.execution, reported)) return 0;
    this.#describe(slot);
    group.add({ type: FRAME_TYPE.execution, topic: TOPIC, source: venue.index }, this.rows);
    if (live !== orders.table.live) meter.set('ordersLive', orders.table.live);
    return sequence;
  }

  #describe(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    const effect = this.#effect;
    const offset = EXECUTION_EFFECT.offset;
    effect.setUint32(offset.sessionIndex, row.u32('sessionIndex'), true);
    effect.setUint32(offset.accountIndex, row.u32('accountIndex'), true);
    effect.setUint32(offset.symbolIndex, row.u32('symbolIndex'), true);
    effect.setBigInt64(offset.quantity, row.i64('quantity'), true);
    effect.setBigInt64(offset.price, row.i64('price'), true);
    effect.setBigInt64(offset.openQuantity, row.i64('openQuantity'), true);
  }
}
