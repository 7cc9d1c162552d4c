import { DECISION, EXECUTION, ORDER, ORDER_MSG_TYPE, invariant } from '../model/index.js';
import { hasLimitPrice, type Gate } from '../risk/index.js';
import { BookedFills } from './booked-fills.js';
import { isReplaced, isRestated, ordStatusAfter, positionEffect, stateAfter } from './execution-effect.js';
import { OrderExposure } from './order-exposure.js';
import { ORDER_ROW, ORDER_STATE, REPLACE_UNKNOWN, copyText, textOf } from './order-row.js';
import type { OrderRow } from './order-row.js';
import { reconcileFills } from './reconcile-fills.js';
import { NO_SLOT, OrderTable } from './order-table.js';

/** Which id at the venue a report named, the ledger sequence of its frame, and the price a restated order has now. */
export interface Reported {
  readonly venueId: number;
  readonly sequence: number;
  readonly restatedPrice: bigint;
}

const PENDING_STATUSES: ReadonlySet<number> = new Set([0x36, 0x45]);

/**
 * Every change of an order and of the exposure it holds, called with the same rows when a message arrives and when its frame is read back
 * after a restart, so both end in the same state. Nothing here reads a clock, a socket or the ledger.
 */
export class OrderFold {
  readonly table: OrderTable;
  readonly booked: BookedFills;
  readonly #exposure: OrderExposure;

  /** `isDirect`: whether orders of a session are none of the venue's. */
  constructor(
    table: OrderTable,
    gate: Gate,
    private readonly isDirect: (sessionIndex: number) => boolean = () => false,
  ) {
    this.table = table;
    this.booked = new BookedFills(table.capacity);
    this.#exposure = new OrderExposure(gate);
  }

  /** A request that passed: `order` and `decision` are the rows of its decision frame, `sequence` that frame's. Returns the order's slot. */
  accepted(order: DataView, decision: DataView, sequence: number): number {
    const msgType = order.getUint8(ORDER.offset.msgType);
    if (msgType === ORDER_MSG_TYPE.cancel || msgType === ORDER_MSG_TYPE.replace)
      return this.#pending(order, decision, sequence);
    return this.#newOrder(order, decision, sequence);
  }

  #newOrder(order: DataView, decision: DataView, sequence: number): number {
    const slot = this.table.allocate();
    invariant(slot !== NO_SLOT, 'an order was accepted without a row for it');
    const row = this.table.row.at(slot);
    for (const field of ['accountIndex', 'symbolIndex', 'sessionIndex'] as const) {
      row.setU32(field, order.getUint32(ORDER.offset[field], true));
    }
    row.setU8('side', order.getUint8(ORDER.offset.side));
    const quantity = i64(order, ORDER.offset.quantity);
    row.setI64('quantity', quantity);
    row.setI64('price', i64(order, ORDER.offset.price));
    row.setI64('reservedPrice', reservedPrice(order, decision));
    row.setI64('openQuantity', quantity);
    row.setSequence('venueId', sequence);
    row.setSequence('firstVenueId', sequence);
    row.setU8('state', ORDER_STATE.sent);
    row.setU8('timeInForce', order.getUint8(ORDER.offset.timeInForce));
    copyText(bytesOf(order), ORDER.offset.clOrdId, row.bytes, row.offset + ORDER_ROW.offset.clOrdId);
    this.#exposure.reserve(row, quantity, row.i64('reservedPrice'));
    this.table.index(slot);
    return slot;
  }

  #pending(order: DataView, decision: DataView, sequence: number): number {
    const slot = this.table.findClient(
      order.getUint32(ORDER.offset.sessionIndex, true),
      textOf(bytesOf(order), ORDER.offset.origClOrdId),
    );
    invariant(slot !== NO_SLOT, 'a cancel or replace was accepted for an order that is not known');
    const row = this.table.row.at(slot);
    if (row.pendingMsgType === REPLACE_UNKNOWN) this.table.keepPendingId(slot);
    const msgType = order.getUint8(ORDER.offset.msgType);
    row.pendingMsgType = msgType;
    row.setSequence('pendingVenueId', sequence);
    copyText(bytesOf(order), ORDER.offset.clOrdId, row.bytes, row.offset + ORDER_ROW.offset.pendingClOrdId);
    if (msgType === ORDER_MSG_TYPE.replace) this.#reserveReplacement(row, order, decision);
    this.table.index(slot);
    return slot;
  }

  #reserveReplacement(row: OrderRow, order: DataView, decision: DataView): void {
    row.setI64('pendingQuantity', i64(order, ORDER.offset.quantity));
    row.setI64('pendingPrice', i64(order, ORDER.offset.price));
    row.setI64('pendingReservedPrice', reservedPrice(order, decision));
    this.#exposure.matchPending(row);
  }

  /** The request approved by the frame `decisionSequence` left for the venue under this MsgSeqNum. */
  sentAs(decisionSequence: number, msgSeqNum: number): void {
    const slot = this.table.findVenue(decisionSequence);
    if (slot === NO_SLOT) return;
    const row = this.table.row.at(slot);
    if (row.sequence('venueId') === decisionSequence) row.setU32('venueMsgSeqNum', msgSeqNum);
    else if (row.sequence('pendingVenueId') === decisionSequence) row.setU32('pendingMsgSeqNum', msgSeqNum);
  }

  /**
   * Whether a fill's ExecID is that of one booked before: `same` when the order's CumQty holds it already, `other` when it says that more was
   * filled.
   */
  repeats(slot: number, execution: DataView): 'nothing' | 'same' | 'other' {
    if (positionEffect(execution) !== 'fill') return 'nothing';
    const row = this.table.row.at(slot);
    if (!this.booked.has(this.booked.keyOf(row.sequence('firstVenueId'), bytesOf(execution)))) return 'nothing';
    return i64(execution, EXECUTION.offset.cumQty) <= row.i64('cumQuantity') ? 'same' : 'other';
  }

  /**
   * Whether a report's CumQty tells of fills that were never reported, of an order whose reports have all come. A status report says no more
   * than where the order stands; busts and corrects change CumQty themselves.
   */
  contradicts(slot: number, execution: DataView): boolean {
    const effect = positionEffect(execution);
    if (effect !== 'fill' && effect !== 'none') return false;
    const row = this.table.row.at(slot);
    return row.u8('wasInDoubt') === 0 && reconcileFills(row, execution).missed > 0n;
  }

  /** The client does not know a trade of the order. */
  dispute(slot: number): void {
    const row = this.table.row.at(slot);
    row.setU32('disputes', row.u32('disputes') + 1);
  }

  /** From now on CumQty alone says what is filled, and the venue is asked; nothing is released. */
  doubt(slot: number): void {
    const row = this.table.row.at(slot);
    row.setU8('wasInDoubt', 1);
    if (!this.table.isFinished(slot)) row.setU8('state', ORDER_STATE.unknown);
  }

  /**
   * One ExecutionReport's effect: fills move exposure to the position, a replace swaps reservations, an end releases the rest. False, with
   * nothing changed, when its numbers cannot be those of the order or do not fit.
   */
  executed(slot: number, execution: DataView, reported: Reported): boolean {
    const row = this.table.row.at(slot);
    if (isRestated(execution) && !this.#restatementFits(row, execution, reported)) return false;
    if (!this.#move(slot, execution)) return false;
    const bytes = bytesOf(execution);
    if (positionEffect(execution) === 'fill') this.booked.keep(this.booked.keyOf(row.sequence('firstVenueId'), bytes));
    copyText(bytes, EXECUTION.offset.orderId, row.bytes, row.offset + ORDER_ROW.offset.orderId);
    if (!this.table.isFinished(slot) && replaces(row, execution, reported.venueId))
      this.#replaced(slot, reported.venueId);
    if (isRestated(execution)) this.#restated(slot, execution, reported.restatedPrice);
    this.#settle(slot, execution, reported);
    this.#note(slot, execution, reported.venueId);
    return true;
  }

  #restatementFits(row: OrderRow, execution: DataView, { restatedPrice }: Reported): boolean {
    const leaves = i64(execution, EXECUTION.offset.leavesQty);
    const missed = i64(execution, EXECUTION.offset.cumQty) - row.i64('cumQuantity');
    return leaves >= 0n && this.#exposure.fits(row, missed > 0n ? missed : 0n, leaves, restatedPrice);
  }

  /** What the venue made of the order: its CumQty and LeavesQty, and a price. One that was over lives again when the report says so. */
  #restated(slot: number, execution: DataView, price: bigint): void {
    const row = this.table.row.at(slot);
    const leaves = i64(execution, EXECUTION.offset.leavesQty);
    const state = stateAfter(execution, row.u8('timeInForce')) ?? row.u8('state');
    const isFinished = this.table.isFinished(slot);
    if (state >= ORDER_STATE.filled || (isFinished && leaves === 0n)) return;
    if (isFinished) this.table.reopen(slot, state);
    row.setI64('quantity', i64(execution, EXECUTION.offset.cumQty) + leaves);
    if (price !== row.i64('price')) {
      this.#exposure.setOpen(row, 0n);
      row.setI64('price', price);
      row.setI64('reservedPrice', price);
    }
    this.#exposure.setOpen(row, leaves);
  }

  /** Where the venue says the order stands, and how much of it can trade: of its own numbers and the venue's LeavesQty the greater is held. */
  #note(slot: number, execution: DataView, venueId: number): void {
    const row = this.table.row.at(slot);
    row.setU8('ordStatus', ordStatusAfter(execution));
    const cumulative = i64(execution, EXECUTION.offset.cumQty);
    const average = i64(execution, EXECUTION.offset.avgPx);
    if (average !== 0n || cumulative === 0n) row.setI64('avgPx', average);
    const isCurrent = venueId === row.sequence('venueId') || venueId === row.sequence('pendingVenueId');
    if (!isCurrent || cumulative !== row.i64('cumQuantity') || this.table.isFinished(slot)) return;
    const rest = row.i64('quantity') - cumulative;
    const leaves = i64(execution, EXECUTION.offset.leavesQty);
    const held = rest > leaves ? rest : leaves;
    if (held === row.i64('openQuantity') || held < 0n) return;
    if (this.#exposure.fits(row, 0n, held, row.i64('reservedPrice'))) this.#exposure.setOpen(row, held);
  }

  #move(slot: number, execution: DataView): boolean {
    const effect = positionEffect(execution);
    if (effect === 'bust') return this.#correct(slot, execution, 0n);
    if (effect === 'correct') return this.#correct(slot, execution, i64(execution, EXECUTION.offset.lastQty));
    return this.#book(this.table.row.at(slot), execution);
  }

  /** Whatever a report says happened: behind it the row has at least its CumQty. */
  #book(row: OrderRow, execution: DataView): boolean {
    const { fresh, told, missed } = reconcileFills(row, execution);
    const { lastPx, avgPx } = EXECUTION.offset;
    const fill = { quantity: fresh, price: i64(execution, lastPx) };
    if (!this.#exposure.fillBoth(row, { quantity: missed, price: i64(execution, avgPx) }, fill)) return false;
    row.setI64('toldQuantity', row.i64('toldQuantity') - told + missed);
    return true;
  }

  /**
   * A trade cancel or correct. No row remembers single executions: what was taken back is found by the report's CumQty against the row's,
   * and `booked` is the quantity that stands in its place. LeavesQty says how much of the order can trade again.
   */
  #correct(slot: number, execution: DataView, booked: bigint): boolean {
    const row = this.table.row.at(slot);
    const cumulative = i64(execution, EXECUTION.offset.cumQty);
    const leaves = i64(execution, EXECUTION.offset.leavesQty);
    if (booked < 0n || leaves < 0n || cumulative < booked) return false;
    const price = i64(execution, EXECUTION.offset.lastPx);
    const more = cumulative - row.i64('cumQuantity');
    const correction =
      more > booked ? { reversed: 0n, booked: more, price } : { reversed: booked - more, booked, price };
    const state = stateAfter(execution, row.u8('timeInForce'));
    const isLive = state === undefined ? !this.table.isFinished(slot) : state < ORDER_STATE.filled;
    const open = isLive ? leaves : row.i64('openQuantity');
    if (!this.#exposure.fits(row, correction.reversed + correction.booked, open + row.i64('pendingQuantity'), price))
      return false;
    this.#exposure.correct(row, correction);
    row.setI64('cumQuantity', cumulative);
    if (row.i64('toldQuantity') > cumulative) row.setI64('toldQuantity', cumulative);
    this.#exposure.setOpen(row, open);
    this.#exposure.matchPending(row);
    if (isLive && open > 0n && this.table.isFinished(slot)) this.table.reopen(slot, state ?? ORDER_STATE.open);
    return true;
  }

  #replaced(slot: number, venueId: number): void {
    const row = this.table.row.at(slot);
    const isKept = isKeptReplace(row, venueId);
    this.#exposure.release(row, row.i64('openQuantity'), row.i64('reservedPrice'));
    row.setI64('openQuantity', row.i64('pendingOpenQuantity'));
    row.setI64('reservedPrice', row.i64('pendingReservedPrice'));
    // A replace below what is filled already makes the order what is filled.
    const [wanted, filledQuantity] = [row.i64('pendingQuantity'), row.i64('cumQuantity')];
    row.setI64('quantity', wanted > filledQuantity ? wanted : filledQuantity);
    row.setI64('price', row.i64('pendingPrice'));
    row.setU32('venueMsgSeqNum', isKept ? 0 : row.u32('pendingMsgSeqNum'));
    if (isKept) this.table.takeOverVenueId(slot, venueId);
    else this.table.takeOverIds(slot);
    const filled = row.i64('cumQuantity') > 0n;
    row.setU8('state', filled ? ORDER_STATE.partiallyFilled : ORDER_STATE.open);
    this.#replaceIsOver(row);
  }

  /** A replace was answered. A cancel that went out beside one of unknown fate waits on. */
  #replaceIsOver(row: OrderRow): void {
    if (row.pendingMsgType === ORDER_MSG_TYPE.cancel) clearReplacement(row);
    else this.#clearPending(row);
  }

  #settle(slot: number, execution: DataView, { venueId, sequence }: Reported): void {
    const row = this.table.row.at(slot);
    const state = stateAfter(execution, row.u8('timeInForce'));
    if (state === undefined || this.table.isFinished(slot)) return;
    // What is rejected under the id of a request is the request.
    if (state === ORDER_STATE.rejected && venueId !== row.sequence('venueId')) return;
    if (state >= ORDER_STATE.filled) this.#finish(slot, state, sequence);
    else row.setU8('state', state);
  }

  /** OrderCancelReject: the request in flight is over, the order stays as it was; one that was filled meanwhile ends with it. */
  requestRejected(slot: number, { venueId, sequence }: Pick<Reported, 'venueId' | 'sequence'>): void {
    const row = this.table.row.at(slot);
    if (PENDING_STATUSES.has(row.u8('ordStatus'))) row.setU8('ordStatus', settledStatus(row));
    const wasFinished = this.table.isFinished(slot);
    if (isKeptReplace(row, venueId)) {
      this.#exposure.release(row, row.i64('pendingOpenQuantity'), row.i64('pendingReservedPrice'));
      return this.#replaceIsOver(row);
    }
    this.#dropRequest(slot);
    if (!wasFinished && row.u8('state') === ORDER_STATE.filled) this.table.finish(slot, ORDER_STATE.filled, sequence);
  }

  /** A rejected cancel leaves a replace of unknown fate beside the order as it was. */
  #dropRequest(slot: number): void {
    const row = this.table.row.at(slot);
    this.table.dropPending(slot);
    if (row.pendingMsgType === ORDER_MSG_TYPE.cancel && row.i64('pendingOpenQuantity') > 0n) {
      row.pendingMsgType = REPLACE_UNKNOWN;
      row.setU32('pendingMsgSeqNum', 0);
      return;
    }
    this.#exposure.release(row, row.i64('pendingOpenQuantity'), row.i64('pendingReservedPrice'));
    this.#clearPending(row);
  }

  /**
   * The venue forgot its sequence: what it never reported, and what it never answered of cancels and replaces, may or may not live there, and
   * it may have lost its book with it. Exposure stays, a replace's too; nothing is sent again. Returns how many orders it had not reported.
   */
  markUnknown(): number {
    let unreported = 0;
    for (const slot of this.table.liveSlots()) {
      const row = this.table.row.at(slot);
      if (this.isDirect(row.u32('sessionIndex'))) continue;
      const { pendingMsgType } = row;
      const isPending = pendingMsgType !== 0 && pendingMsgType !== REPLACE_UNKNOWN;
      if (isPending || row.u8('state') === ORDER_STATE.sent) unreported++;
      if (pendingMsgType === ORDER_MSG_TYPE.cancel) this.#dropRequest(slot);
      if (pendingMsgType === ORDER_MSG_TYPE.replace) row.pendingMsgType = REPLACE_UNKNOWN;
      row.setU32('venueMsgSeqNum', 0);
      row.setU32('pendingMsgSeqNum', 0);
      this.doubt(slot);
    }
    return unreported;
  }

  /** Orders whose state only the venue knows: it is asked once its session is up. */
  *unknownSlots(): Generator<number> {
    for (const slot of this.table.liveSlots()) {
      const row = this.table.row.at(slot);
      if (row.u8('state') === ORDER_STATE.unknown && !this.isDirect(row.u32('sessionIndex'))) yield slot;
    }
  }

  #finish(slot: number, state: number, sequence: number): void {
    const row = this.table.row.at(slot);
    this.#exposure.setOpen(row, 0n);
    if (state === ORDER_STATE.filled && row.pendingMsgType === ORDER_MSG_TYPE.replace) {
      // The replace may have come to the venue before the last fill: it can leave more open, so its reservation waits for the answer.
      row.setU8('state', state);
      return;
    }
    row.setI64('pendingQuantity', 0n);
    this.#exposure.matchPending(row);
    this.table.finish(slot, state, sequence);
  }

  #clearPending(row: OrderRow): void {
    row.pendingMsgType = 0;
    row.setU32('pendingMsgSeqNum', 0);
    clearReplacement(row);
  }
}

function clearReplacement(row: OrderRow): void {
  row.setI64('pendingQuantity', 0n);
  row.setI64('pendingPrice', 0n);
  row.setI64('pendingReservedPrice', 0n);
  row.setI64('pendingOpenQuantity', 0n);
}

/**
 * Whether an id at the venue is that of a replace of unknown fate whose place in the row a later cancel took. It leads to the order from
 * outside the row, and is younger than the order's own.
 */
export function isKeptReplace(row: OrderRow, venueId: number): boolean {
  const { pendingMsgType } = row;
  if (pendingMsgType !== ORDER_MSG_TYPE.cancel && pendingMsgType !== REPLACE_UNKNOWN) return false;
  const isYounger = venueId > row.sequence('venueId') && venueId !== row.sequence('pendingVenueId');
  return isYounger && row.i64('pendingQuantity') > 0n;
}

/** Whether a report makes the pending replace the order: it says so, or is about one of unknown fate under its own id and no end. */
function replaces(row: OrderRow, execution: DataView, venueId: number): boolean {
  if (isKeptReplace(row, venueId)) return true;
  const { pendingMsgType } = row;
  if (pendingMsgType !== ORDER_MSG_TYPE.replace && pendingMsgType !== REPLACE_UNKNOWN) return false;
  if (isReplaced(execution)) return row.sequence('pendingVenueId') !== 0;
  return pendingMsgType === REPLACE_UNKNOWN && row.sequence('pendingVenueId') === venueId;
}

/** OrdStatus (39) of an order whose pending request came to nothing. */
function settledStatus(row: OrderRow): number {
  const filled = row.i64('cumQuantity');
  if (filled === 0n) return 0x30;
  return filled < row.i64('quantity') ? 0x31 : 0x32;
}

function i64(view: DataView, offset: number): bigint {
  return view.getBigInt64(offset, true);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** What an order without a limit price (a market order) reserves at: the reference price its decision records. */
function reservedPrice(order: DataView, decision: DataView): bigint {
  return hasLimitPrice(order) ? i64(order, ORDER.offset.price) : i64(decision, DECISION.offset.referencePrice);
}
