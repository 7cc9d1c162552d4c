import { EXECUTION, EXECUTION_KIND } from '../model/index.js';
import type { CancelDesk } from './cancel-desk.js';
import type { ExecutionFrame } from './execution-frame.js';
import { clientTold, type LaneContext } from './lane-context.js';
import { ORDER_STATE, REPLACE_UNKNOWN, isOwnCancel, type OrderRow } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { CXL_REJ_REASON, cancelRejected, ordStatusOf, unsentReport } from './reports.js';

const REJECTED = 0x38;

/** One of our requests to the venue: of which order, its MsgType, and the number in its ClOrdID. */
interface SentRequest {
  readonly slot: number;
  readonly msgType: string;
  readonly venueId: number;
}

/** MsgSeqNums that one SequenceReset-GapFill passed over: `end` is its NewSeqNo. */
export interface Gap {
  readonly begin: number;
  readonly end: number;
}

/**
 * Requests that were written to the ledger and do not live at the venue: never received, gap-filled, or refused as a message. Their
 * exposure is released, then the client is told.
 */
export class UnsentDesk {
  readonly #context: LaneContext;
  readonly #frame: ExecutionFrame;
  readonly #cancels: CancelDesk;

  constructor(context: LaneContext, frame: ExecutionFrame, cancels: CancelDesk) {
    this.#context = context;
    this.#frame = frame;
    this.#cancels = cancels;
  }

  /** A new order is over by it; a cancel or replace leaves its order as it was, also one that has finished meanwhile. */
  giveUp(slot: number, msgType: string, reason: string): void {
    const row = this.#context.orders.table.row.at(slot);
    this.#frame.clear();
    this.#frame.venueId = row.sequence(msgType === 'D' ? 'venueId' : 'pendingVenueId');
    this.#frame.takeClientIds(slot);
    this.#context.meter.count('ordersUnsent');
    if (msgType === 'D') this.#orderUnsent(slot, reason);
    else this.#requestUnsent(slot, msgType, reason);
  }

  /**
   * The venue refused our message `refSeqNum` as a message: by Reject (3) or BusinessMessageReject (j). False when that is no request it has
   * not answered yet.
   */
  refused(refSeqNum: number, reason: string): boolean {
    const { venue } = this.#context;
    // An outbound frame follows the decision that approved it.
    const venueId = venue.sent.sequenceOf(refSeqNum) - 1;
    const request = this.unanswered(venueId);
    if (request === undefined) return false;
    const isOwn = isOwnCancel(this.#context.orders.table.row.at(request.slot));
    this.giveUp(request.slot, request.msgType, reason);
    if (isOwn) this.#cancels.rejected(request.slot, reason);
    return true;
  }

  /** The venue rejected a cancel or replace in a message that cannot be passed on: its order stays as it was, and the client is told in our words. */
  rejected({ slot, msgType, venueId }: SentRequest, reason: string): void {
    this.#frame.clear();
    this.#frame.venueId = venueId;
    this.#frame.takeClientIds(slot);
    const isOwn = isOwnCancel(this.#context.orders.table.row.at(slot));
    this.#requestUnsent(slot, msgType, reason);
    if (isOwn) this.#cancels.rejected(slot, reason);
  }

  /** The request approved by the frame `venueId`, unless the venue has answered it: an order by any report, the others by one that ended them. */
  unanswered(venueId: number): SentRequest | undefined {
    const { table } = this.#context.orders;
    const slot = venueId > 0 ? table.findVenue(venueId) : NO_SLOT;
    return slot === NO_SLOT ? undefined : unansweredOf(table.row.at(slot), slot).find(one => one.venueId === venueId);
  }

  /**
   * Our answer to a ResendRequest passed over these MsgSeqNums: what was among them and still unanswered is not at the venue, also what the
   * ledger no longer holds as a message.
   */
  gapFilled(gaps: readonly Gap[], reason: string): void {
    const { table } = this.#context.orders;
    for (const slot of table.liveSlots()) {
      const row = table.row.at(slot);
      const numbers = { D: row.u32('venueMsgSeqNum'), other: row.u32('pendingMsgSeqNum') };
      for (const { msgType } of unansweredOf(row, slot))
        if (isPassedOver(gaps, msgType === 'D' ? numbers.D : numbers.other)) this.giveUp(slot, msgType, reason);
    }
  }

  /**
   * The venue forgot its sequence: each cancel and replace in flight is rejected to its client, who may cancel again. Each is a group of its
   * own, and the session frame that makes their orders unknown comes last: cut short, all are told again. Returns how many orders it had not
   * reported.
   */
  forgotten(): number {
    const { orders, group } = this.#context;
    const { table } = orders;
    for (const slot of table.liveSlots()) {
      const request = unansweredOf(table.row.at(slot), slot).find(({ msgType }) => msgType !== 'D');
      if (request === undefined || isOwnCancel(table.row.at(slot))) continue;
      this.#frame.clear();
      this.#frame.venueId = request.venueId;
      this.#frame.takeClientIds(slot);
      this.#tellRejected(
        slot,
        request.msgType,
        'the venue reset its sequence: what became of this request is not known',
      );
      group.end();
    }
    return orders.markUnknown();
  }

  #orderUnsent(slot: number, reason: string): void {
    const { instanceId, symbols, nowNs, orders } = this.#context;
    const { execution } = this.#frame;
    execution.setUint8(EXECUTION.offset.execType, REJECTED);
    execution.setUint8(EXECUTION.offset.ordStatus, REJECTED);
    const sequence = this.#frame.apply(slot, EXECUTION_KIND.unsent);
    const client = clientTold(this.#context, slot);
    const row = orders.table.row.at(slot);
    const report = {
      orderId: 'NONE',
      execId: client.execIdOf(instanceId, sequence),
      clOrdId: row.text('clOrdId'),
      text: reason,
      symbol: symbols.nameOf(row.u32('symbolIndex')),
    };
    client.tell('8', body => unsentReport(body, row.at(slot), report), nowNs);
  }

  #requestUnsent(slot: number, msgType: string, reason: string): void {
    const isOwn = isOwnCancel(this.#context.orders.table.row.at(slot));
    this.#frame.apply(slot, EXECUTION_KIND.requestRejected);
    if (!isOwn) this.#tellRejected(slot, msgType, reason);
  }

  #tellRejected(slot: number, msgType: string, reason: string): void {
    const client = clientTold(this.#context, slot);
    const row = this.#context.orders.table.row.at(slot);
    const report = {
      orderId: row.text('orderId') || 'NONE',
      execId: '',
      clOrdId: this.#frame.clOrdId,
      origClOrdId: row.text('clOrdId'),
      text: reason,
      ordStatus: ordStatusOf(row),
      reason: CXL_REJ_REASON.broker,
      msgType,
    };
    client.tell('9', body => cancelRejected(body, report), this.#context.nowNs);
  }
}

/** What the venue has not answered of an order: the order itself, and its cancel or replace in flight. */
function unansweredOf(row: OrderRow, slot: number): SentRequest[] {
  const found: SentRequest[] = [];
  const { pendingMsgType } = row;
  if (row.u8('state') === ORDER_STATE.sent) found.push({ slot, msgType: 'D', venueId: row.sequence('venueId') });
  if (pendingMsgType !== 0 && pendingMsgType !== REPLACE_UNKNOWN && row.u8('state') !== ORDER_STATE.canceled)
    found.push({ slot, msgType: String.fromCharCode(pendingMsgType), venueId: row.sequence('pendingVenueId') });
  return found;
}

/** Whether a number lies in one of the gaps, which ascend. */
function isPassedOver(gaps: readonly Gap[], msgSeqNum: number): boolean {
  let [low, high] = [0, gaps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (gaps[middle]!.end <= msgSeqNum) low = middle + 1;
    else high = middle;
  }
  return gaps[low] !== undefined && gaps[low]!.begin <= msgSeqNum;
}
