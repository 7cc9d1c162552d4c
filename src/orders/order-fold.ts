import { DECISION, EXECUTION, ORDER, ORDER_MSG_TYPE, STATUS, invariant } from '../model/index.js';
import { hasLimitPrice, type Gate } from '../risk/index.js';
import { ORDER_ROW, ORDER_STATE, copyText, textOf } from './order-row.js';
import type { OrderRow } from './order-row.js';
import { NO_SLOT, OrderTable } from './order-table.js';

/** OrdStatus (39) of an execution → our state; absent = the status changes nothing of it. */
const STATE_OF_ORD_STATUS: Readonly<Record<string, number>> = {
  '0': ORDER_STATE.open,
  '1': ORDER_STATE.partiallyFilled,
  '2': ORDER_STATE.filled,
  '3': ORDER_STATE.canceled, // done for day: nothing of it can trade any more
  '4': ORDER_STATE.canceled,
  '8': ORDER_STATE.rejected,
  C: ORDER_STATE.expired,
};

/** ExecType (150) values that carry a fill: F (4.3 on), 1 and 2 (4.2). */
const FILL = new Set([0x46, 0x31, 0x32]);
const REPLACED = 0x35;

/**
 * Every change of an order and of the exposure it holds, called with the same rows when a message arrives and when its frame is read back
 * after a restart, so both end in the same state. Nothing here reads a clock, a socket or the ledger.
 */
export class OrderFold {
  readonly table: OrderTable;
  readonly #gate: Gate;

  constructor(table: OrderTable, gate: Gate) {
    this.table = table;
    this.#gate = gate;
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
    for (const field of ['side', 'ordType', 'timeInForce'] as const)
      row.setU8(field, order.getUint8(ORDER.offset[field]));
    const quantity = i64(order, ORDER.offset.quantity);
    row.setI64('quantity', quantity);
    row.setI64('price', i64(order, ORDER.offset.price));
    row.setI64('reservedPrice', reservedPrice(order, decision));
    row.setI64('openQuantity', quantity);
    row.setSequence('venueId', sequence);
    row.setSequence('changedSequence', sequence);
    row.setU8('state', ORDER_STATE.sent);
    copyText(bytesOf(order), ORDER.offset.clOrdId, row.bytes, row.offset + ORDER_ROW.offset.clOrdId);
    this.#reserve(row, quantity, row.i64('reservedPrice'));
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
    const msgType = order.getUint8(ORDER.offset.msgType);
    row.setU32('pendingMsgType', msgType);
    row.setSequence('pendingVenueId', sequence);
    row.setSequence('changedSequence', sequence);
    copyText(bytesOf(order), ORDER.offset.clOrdId, row.bytes, row.offset + ORDER_ROW.offset.pendingClOrdId);
    if (msgType === ORDER_MSG_TYPE.replace) this.#reserveReplacement(row, order, decision);
    this.table.index(slot);
    return slot;
  }

  #reserveReplacement(row: OrderRow, order: DataView, decision: DataView): void {
    const quantity = i64(order, ORDER.offset.quantity);
    const open = quantity > row.i64('cumQuantity') ? quantity - row.i64('cumQuantity') : 0n;
    row.setI64('pendingQuantity', quantity);
    row.setI64('pendingPrice', i64(order, ORDER.offset.price));
    row.setI64('pendingReservedPrice', reservedPrice(order, decision));
    row.setI64('pendingOpenQuantity', open);
    this.#reserve(row, open, row.i64('pendingReservedPrice'));
  }

  /** One ExecutionReport's effect: fills move exposure to the position, a replace swaps reservations, an end releases the rest. */
  executed(slot: number, execution: DataView, sequence: number): void {
    const row = this.table.row.at(slot);
    const execType = execution.getUint8(EXECUTION.offset.execType);
    row.setSequence('changedSequence', sequence);
    copyText(bytesOf(execution), EXECUTION.offset.orderId, row.bytes, row.offset + ORDER_ROW.offset.orderId);
    if (FILL.has(execType)) this.#fill(row, execution);
    if (execType === REPLACED) this.#replaced(slot);
    const state = STATE_OF_ORD_STATUS[String.fromCharCode(execution.getUint8(EXECUTION.offset.ordStatus))];
    if (state === undefined || this.table.isFinished(slot)) return;
    if (state >= ORDER_STATE.filled) this.#finish(slot, state);
    else this.table.row.at(slot).setU8('state', state);
  }

  #fill(row: OrderRow, execution: DataView): void {
    const filled = i64(execution, EXECUTION.offset.lastQty);
    const price = i64(execution, EXECUTION.offset.lastPx);
    const open = row.i64('openQuantity');
    const within = filled < open ? filled : open;
    const [account, symbol, side] = scopeOf(row);
    if (within > 0n) this.#expectOk(this.#gate.fill(account, symbol, side, within, row.i64('reservedPrice'), price));
    // A venue that fills more than was open still changed our position.
    if (filled > within) this.#expectOk(this.#gate.trade(account, symbol, side, filled - within, price));
    row.setI64('openQuantity', open - within);
    row.setI64('cumQuantity', row.i64('cumQuantity') + filled);
    this.#shrinkPending(row, filled);
  }

  #shrinkPending(row: OrderRow, filled: bigint): void {
    const pendingOpen = row.i64('pendingOpenQuantity');
    const shrink = filled < pendingOpen ? filled : pendingOpen;
    if (shrink === 0n) return;
    this.#release(row, shrink, row.i64('pendingReservedPrice'));
    row.setI64('pendingOpenQuantity', pendingOpen - shrink);
  }

  #replaced(slot: number): void {
    const row = this.table.row.at(slot);
    if (row.u32('pendingMsgType') !== ORDER_MSG_TYPE.replace) return;
    this.table.forget(slot);
    this.#release(row, row.i64('openQuantity'), row.i64('reservedPrice'));
    row.setI64('openQuantity', row.i64('pendingOpenQuantity'));
    row.setI64('reservedPrice', row.i64('pendingReservedPrice'));
    row.setI64('quantity', row.i64('pendingQuantity'));
    row.setI64('price', row.i64('pendingPrice'));
    row.setText('clOrdId', row.text('pendingClOrdId'));
    row.setSequence('venueId', row.sequence('pendingVenueId'));
    this.#clearPending(row);
    this.table.index(slot);
  }

  /** OrderCancelReject: the request in flight is over, the order stays as it was. */
  requestRejected(slot: number, sequence: number): void {
    const row = this.table.row.at(slot);
    row.setSequence('changedSequence', sequence);
    this.#release(row, row.i64('pendingOpenQuantity'), row.i64('pendingReservedPrice'));
    this.table.forget(slot);
    this.#clearPending(row);
    this.table.index(slot);
  }

  /** The venue forgot its sequence: what it never reported may or may not live there. Exposure stays; nothing is sent again. */
  markUnknown(sequence: number): number[] {
    const unknown: number[] = [];
    for (const slot of this.table.liveSlots()) {
      const row = this.table.row.at(slot);
      if (row.u8('state') !== ORDER_STATE.sent) continue;
      row.setU8('state', ORDER_STATE.unknown);
      row.setSequence('changedSequence', sequence);
      unknown.push(slot);
    }
    return unknown;
  }

  #finish(slot: number, state: number): void {
    const row = this.table.row.at(slot);
    this.#release(row, row.i64('openQuantity'), row.i64('reservedPrice'));
    this.#release(row, row.i64('pendingOpenQuantity'), row.i64('pendingReservedPrice'));
    row.setI64('openQuantity', 0n);
    row.setI64('pendingOpenQuantity', 0n);
    this.table.finish(slot, state);
  }

  #clearPending(row: OrderRow): void {
    row.setU32('pendingMsgType', 0);
    row.setSequence('pendingVenueId', 0);
    row.setI64('pendingQuantity', 0n);
    row.setI64('pendingPrice', 0n);
    row.setI64('pendingReservedPrice', 0n);
    row.setI64('pendingOpenQuantity', 0n);
    row.setText('pendingClOrdId', '');
  }

  #reserve(row: OrderRow, quantity: bigint, price: bigint): void {
    if (quantity > 0n) this.#expectOk(this.#gate.reserve(...scopeOf(row), quantity, price));
  }

  #release(row: OrderRow, quantity: bigint, price: bigint): void {
    if (quantity > 0n) this.#expectOk(this.#gate.release(...scopeOf(row), quantity, price));
  }

  #expectOk(status: number): void {
    invariant(status === STATUS.ok.code, 'the gate refused a change of exposure that its check had allowed', {
      status,
    });
  }
}

function i64(view: DataView, offset: number): bigint {
  return view.getBigInt64(offset, true);
}

function scopeOf(row: OrderRow): [account: number, symbol: number, side: number] {
  return [row.u32('accountIndex'), row.u32('symbolIndex'), row.u8('side')];
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** What an order without a limit price (a market order) reserves at: the reference price its decision records. */
function reservedPrice(order: DataView, decision: DataView): bigint {
  return hasLimitPrice(order) ? i64(order, ORDER.offset.price) : i64(decision, DECISION.offset.referencePrice);
}
