import { rowStatus, rowTag, type FixMessage } from '../codec/index.js';
import { EXECUTION, EXECUTION_EFFECT, EXECUTION_KIND, FRAME_TYPE, STATUS, TOPICS, statusName } from '../model/index.js';
import { deadLetter } from './dead-letter.js';
import { venueClOrdId, venueIdOf, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { ORDER_ROW, ORDER_STATE, copyText, setText, textOf } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { ReceivedRow } from './received-row.js';
import { CXL_REJ_REASON, cancelRejected, forwardBody, ordStatusOf, unsentReport } from './reports.js';

const TOPIC_EXECUTIONS = TOPICS.indexOf('executions');
const REJECTED = 0x38;

/** What the venue reports: each report changes its order, is written to the ledger, and goes to the client under the client's ids. */
export class VenueDesk {
  readonly #context: LaneContext;
  /** Effect row and execution row of the report in hand, side by side as their frame holds them. */
  readonly #rows = new Uint8Array(EXECUTION_EFFECT.sizeBytes + EXECUTION.sizeBytes);
  readonly #effect = new DataView(this.#rows.buffer, 0, EXECUTION_EFFECT.sizeBytes);
  readonly #execution = new DataView(this.#rows.buffer, EXECUTION_EFFECT.sizeBytes, EXECUTION.sizeBytes);
  readonly #received: ReceivedRow;

  constructor(context: LaneContext) {
    this.#context = context;
    this.#received = new ReceivedRow(context, EXECUTION, this.#rows, EXECUTION_EFFECT.sizeBytes);
  }

  handle(venue: LaneSession, message: FixMessage): void {
    const { meter } = this.#context;
    meter.count('reportsIn');
    if (message.msgType === '8') return this.#executionReport(venue, message);
    if (message.msgType === '9') return this.#orderCancelReject(venue, message);
    this.#refuse(
      venue,
      message,
      'no order message of the venue: only ExecutionReport and OrderCancelReject change orders',
    );
  }

  #executionReport(venue: LaneSession, message: FixMessage): void {
    const result = this.#received.take(message, venue.index);
    if (rowStatus(result) !== STATUS.ok.code) {
      return this.#refuse(venue, message, `${STATUS[statusName(rowStatus(result))].text} (tag ${rowTag(result)})`);
    }
    const slot = this.#slotOf(textOf(this.#rows, EXECUTION_EFFECT.sizeBytes + EXECUTION.offset.clOrdId));
    if (slot === NO_SLOT) return this.#refuse(venue, message, 'the ClOrdID (11) is not of an order sent from here');
    this.#takeClientIds(slot);
    this.#apply(slot, EXECUTION_KIND.report);
    this.#context.meter.count('executions');
    this.#forward(slot, message);
  }

  #orderCancelReject(venue: LaneSession, message: FixMessage): void {
    this.#rows.fill(0);
    const slot = this.#slotOf(message.textOf(11) ?? '');
    const row = this.#context.orders.table.row;
    if (slot === NO_SLOT || row.at(slot).u32('pendingMsgType') === 0) {
      return this.#refuse(venue, message, 'the ClOrdID (11) is not of a cancel or replace in flight');
    }
    this.#takeClientIds(slot);
    this.#apply(slot, EXECUTION_KIND.requestRejected);
    this.#context.meter.count('requestRejects');
    this.#forward(slot, message);
  }

  #slotOf(clOrdId: string): number {
    const venueId = venueIdOf(this.#context, clOrdId);
    this.#effect.setBigUint64(EXECUTION_EFFECT.offset.venueId, BigInt(venueId), true);
    return venueId === 0 ? NO_SLOT : this.#context.orders.table.findVenue(venueId);
  }

  /** Puts the client's ClOrdID and OrigClOrdID into the execution row: of the pending request when the venue named that one. */
  #takeClientIds(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    const named = Number(this.#effect.getBigUint64(EXECUTION_EFFECT.offset.venueId, true));
    const pending = row.u32('pendingMsgType') !== 0 && row.sequence('pendingVenueId') === named;
    const base = EXECUTION_EFFECT.sizeBytes;
    const clOrdId = base + EXECUTION.offset.clOrdId;
    const origClOrdId = base + EXECUTION.offset.origClOrdId;
    const own = row.offset + ORDER_ROW.offset.clOrdId;
    copyText(row.bytes, pending ? row.offset + ORDER_ROW.offset.pendingClOrdId : own, this.#rows, clOrdId);
    if (pending) copyText(row.bytes, own, this.#rows, origClOrdId);
    else setText(this.#rows, origClOrdId, '');
  }

  /** Changes the order, then writes the frame that makes the same change on replay. */
  #apply(slot: number, kind: number): number {
    const { group, orders } = this.#context;
    const sequence = group.journal.nextSequence;
    this.#effect.setUint32(EXECUTION_EFFECT.offset.kind, kind, true);
    const live = !orders.table.isFinished(slot);
    if (kind === EXECUTION_KIND.requestRejected) orders.requestRejected(slot, sequence);
    else orders.executed(slot, this.#execution, sequence);
    this.#describe(slot);
    const head = { type: FRAME_TYPE.execution, topic: TOPIC_EXECUTIONS, source: this.#context.venue.index };
    group.add(head, this.#rows);
    if (live && orders.table.isFinished(slot)) this.#context.meter.set('ordersLive', orders.table.live);
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

  #forward(slot: number, message: FixMessage): void {
    const { orders, sessions, nowNs } = this.#context;
    const client = sessions[orders.table.row.at(slot).u32('sessionIndex')];
    if (client === undefined) return;
    const base = EXECUTION_EFFECT.sizeBytes;
    const ids = {
      clOrdId: textOf(this.#rows, base + EXECUTION.offset.clOrdId),
      origClOrdId: textOf(this.#rows, base + EXECUTION.offset.origClOrdId) || undefined,
    };
    client.session.send(message.msgType, encoder => forwardBody(encoder, message, ids), nowNs, client);
  }

  /**
   * The slot of the order that one of our own messages to the venue is about, or NO_SLOT when the venue has answered that message: an order
   * (D) by any report, a cancel or replace (F, G) by one that ended it.
   */
  unreportedSlotOf(message: FixMessage): number {
    const slot = this.#slotOf(message.textOf(11) ?? '');
    if (slot === NO_SLOT) return NO_SLOT;
    const row = this.#context.orders.table.row.at(slot);
    if (message.msgType === 'D') return row.u8('state') === ORDER_STATE.sent ? slot : NO_SLOT;
    const named = Number(this.#effect.getBigUint64(EXECUTION_EFFECT.offset.venueId, true));
    const isPending = row.u32('pendingMsgType') !== 0 && row.sequence('pendingVenueId') === named;
    return isPending && row.u8('state') !== ORDER_STATE.canceled ? slot : NO_SLOT;
  }

  /**
   * A request that was written to the ledger but is known not to have reached the venue: its exposure is released and the client told.
   * A new order is over by that; a cancel or replace leaves its order as it was, also one that has finished meanwhile.
   */
  unsent(slot: number, msgType: string, reason: string): void {
    const { orders, sessions, meter } = this.#context;
    const row = orders.table.row.at(slot);
    const client = sessions[row.u32('sessionIndex')];
    if (client === undefined) return;
    const venueId = row.sequence(msgType === 'D' ? 'venueId' : 'pendingVenueId');
    this.#rows.fill(0);
    this.#effect.setBigUint64(EXECUTION_EFFECT.offset.venueId, BigInt(venueId), true);
    this.#takeClientIds(slot);
    meter.count('ordersUnsent');
    if (msgType === 'D') this.#orderUnsent(slot, client, reason);
    else this.#requestUnsent(slot, client, { msgType, reason });
  }

  #orderUnsent(slot: number, client: LaneSession, reason: string): void {
    const row = this.#context.orders.table.row;
    this.#execution.setUint8(EXECUTION.offset.execType, REJECTED);
    this.#execution.setUint8(EXECUTION.offset.ordStatus, REJECTED);
    const sequence = this.#apply(slot, EXECUTION_KIND.unsent);
    const report = {
      orderId: 'NONE',
      execId: `${this.#context.instanceId}-${sequence}`,
      clOrdId: row.at(slot).text('clOrdId'),
      text: reason,
      beginString: client.session.settings.beginString,
      symbol: this.#context.symbols.nameOf(row.u32('symbolIndex')),
    };
    client.session.send('8', encoder => unsentReport(encoder, row.at(slot), report), this.#context.nowNs, client);
  }

  #requestUnsent(slot: number, client: LaneSession, request: { msgType: string; reason: string }): void {
    this.#apply(slot, EXECUTION_KIND.requestRejected);
    const row = this.#context.orders.table.row.at(slot);
    const base = EXECUTION_EFFECT.sizeBytes;
    const report = {
      orderId: row.text('orderId') || 'NONE',
      execId: '',
      clOrdId: textOf(this.#rows, base + EXECUTION.offset.clOrdId),
      origClOrdId: row.text('clOrdId'),
      text: request.reason,
      ordStatus: ordStatusOf(row.u8('state')),
      reason: CXL_REJ_REASON.broker,
      msgType: request.msgType,
    };
    client.session.send('9', encoder => cancelRejected(encoder, report), this.#context.nowNs, client);
  }

  /** Asks the venue what became of an order that it may have forgotten (OrderStatusRequest, H). */
  requestStatus(slot: number): void {
    const { venue, orders, symbols, nowNs } = this.#context;
    const row = orders.table.row.at(slot);
    const clOrdId = venueClOrdId(this.#context, row.sequence('venueId'));
    const side = String.fromCharCode(row.u8('side'));
    const symbol = symbols.nameOf(row.u32('symbolIndex'));
    venue.session.send('H', encoder => void encoder.field(11, clOrdId).field(55, symbol).field(54, side), nowNs, venue);
  }

  #refuse(venue: LaneSession, message: FixMessage, reason: string): void {
    deadLetter(this.#context.group, venue.index, message, reason);
    this.#context.meter.count('reportsDeadLettered');
    venue.event('dead-letter', `${message.msgType} ${message.textOf(34) ?? ''}: ${reason}`);
  }
}
