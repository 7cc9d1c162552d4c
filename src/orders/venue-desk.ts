import { REJECT_REASON, rowStatus, rowTag, type FixEncoder, type FixMessage } from '../codec/index.js';
import {
  DECIMAL_SCALE,
  EXECUTION,
  EXECUTION_EFFECT,
  EXECUTION_KIND,
  NO_INDEX,
  ORDER_MSG_TYPE,
  STATUS,
  formatDecimal,
  parseDecimal,
  statusName,
  type StatusName,
} from '../model/index.js';
import { directionOf } from '../risk/index.js';
import type { VersionedBody } from './application-version.js';
import type { CancelDesk } from './cancel-desk.js';
import { deadLetter } from './dead-letter.js';
import {
  completeReport,
  effectOf,
  isRestated,
  leavesFault,
  ordStatusAfter,
  positionEffect,
} from './execution-effect.js';
import { ExecutionFrame } from './execution-frame.js';
import { haltAccount } from './gate-command.js';
import { clientOf, clientTold, venueClOrdId, venueIdOf, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { isKeptReplace } from './order-fold.js';
import { ORDER_STATE, REPLACE_UNKNOWN, isOwnCancel, type OrderRow } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { ReceivedRow } from './received-row.js';
import { forwardBody, ordStatusOf, type ForwardedIds } from './reports.js';
import { translateReport } from './translation.js';
import { UnsentDesk } from './unsent-desk.js';

/** RefSeqNum (45) and Text (58) of a Reject or BusinessMessageReject. */
const REF_SEQ_NUM = 45;
const TEXT = 58;
const LAST_PX = 31;
const ORDER_QTY = 38;
const PRICE = 44;

const NOT_OURS = 'the ClOrdID (11) is not of an order sent from here';
const NO_LONGER_KNOWN = 'the order of its ClOrdID (11) is no longer known';

/** SessionRejectReason (373) by why a report has no row; of any other fault the value is incorrect. */
const REJECT_REASONS: Readonly<Partial<Record<StatusName, number>>> = {
  missingTag: REJECT_REASON.requiredTagMissing,
  emptyValue: REJECT_REASON.tagSpecifiedWithoutValue,
  badNumber: REJECT_REASON.incorrectDataFormat,
};

/** What the venue reports: each report changes its order, is written to the ledger, and goes to the client under the client's ids. */
export class VenueDesk {
  readonly unsent: UnsentDesk;
  readonly #context: LaneContext;
  readonly #frame: ExecutionFrame;
  readonly #received: ReceivedRow;
  readonly #cancels: CancelDesk;
  /** CxlRejResponseTo (434) of the request whose reject is in hand: 1 of a cancel, 2 of a replace. */
  #responseTo = '1';
  #halted = false;

  constructor(context: LaneContext, cancels: CancelDesk) {
    this.#context = context;
    this.#cancels = cancels;
    this.#frame = new ExecutionFrame(context);
    this.#received = new ReceivedRow(context, EXECUTION, this.#frame.rows, EXECUTION_EFFECT.sizeBytes);
    this.unsent = new UnsentDesk(context, this.#frame, cancels);
  }

  handle(venue: LaneSession, message: FixMessage): void {
    const { meter } = this.#context;
    meter.count('reportsIn');
    if (message.msgType === '8') return this.#executionReport(venue, message);
    if (message.msgType === '9') return this.#orderCancelReject(venue, message);
    if (message.msgType === 'j' && this.rejected(message)) return meter.count('requestRejects');
    if (message.msgType === 'j' && saysUnknownId(message)) return this.#forgotten(venue, message);
    this.#refuse(venue, message, 'no message of the venue that changes an order');
  }

  /** Whether an account was halted since this was asked last: what of its orders still waits must be taken out. */
  takeHalted(): boolean {
    const halted = this.#halted;
    this.#halted = false;
    return halted;
  }

  /** A Reject (3) or BusinessMessageReject (j) of the venue. True when it refused an order, cancel or replace, which is then over. */
  rejected(message: FixMessage): boolean {
    const words = message.textOf(TEXT) ?? '';
    const reason = words === '' ? `the venue refused the message (35=${message.msgType})` : words;
    return this.unsent.refused(message.integerOf(REF_SEQ_NUM), reason);
  }

  /** A message that the session itself refused, as the dictionary does not allow it. An ExecutionReport may be a fill all the same. */
  refused(venue: LaneSession, message: FixMessage, reason: string): void {
    this.#context.meter.count('reportsIn');
    if (message.msgType === '8') return this.#lost(venue, message, reason);
    this.#refuse(venue, message, reason);
    if (message.msgType === '9') this.#endRequest(message, reason);
  }

  /** The cancel or replace that a refused OrderCancelReject names is over, whatever else it says: kept, it would keep away every later one. */
  #endRequest(message: FixMessage, reason: string): void {
    const request = this.unsent.unanswered(venueIdOf(this.#context, message.textOf(11) ?? ''));
    if (request === undefined || request.msgType === 'D') return;
    this.unsent.rejected(request, `the venue rejected it in a message that is not valid: ${reason}`);
  }

  #executionReport(venue: LaneSession, message: FixMessage): void {
    const frame = this.#frame;
    const result = this.#received.take(message, venue.index);
    if (rowStatus(result) !== STATUS.ok.code) return this.#unreadable(venue, message, result);
    const slot = frame.find(frame.clOrdId);
    if (frame.execution.getUint8(EXECUTION.offset.execType) === 0) this.#complete(message, slot);
    if (slot === NO_SLOT)
      return this.#notKnown(venue, message, { dkReason: 'D', reason: frame.venueId > 0 ? NO_LONGER_KNOWN : NOT_OURS });
    const row = this.#context.orders.table.row.at(slot);
    const isDirect = clientOf(this.#context, slot).isDirect;
    if (isDirect !== venue.isDirect) return this.#refuse(venue, message, 'the order is not one of this session');
    if (saysUnknownOrder(message) && isInDoubt(row, frame.venueId)) return this.#forgotten(venue, message);
    if (isOfRequest(row, frame.venueId) && saysRejected(message)) return this.#requestRejected(venue, message, slot);
    this.#book(venue, message, slot);
  }

  /** FIX.4.0 has no ExecType. */
  #complete(message: FixMessage, slot: number): void {
    const row = this.#context.orders.table.row.at(Math.max(slot, 0));
    const accepts = slot !== NO_SLOT && isOfReplace(row, this.#frame.venueId);
    completeReport(this.#frame.execution, decimalOf(message, ORDER_QTY), accepts);
  }

  /** What a report says of its order: booked, unless it cannot be so. */
  #book(venue: LaneSession, message: FixMessage, slot: number): void {
    const { meter, orders } = this.#context;
    const frame = this.#frame;
    const repeated = orders.repeats(slot, frame.execution);
    if (repeated === 'same') return this.#refuse(venue, message, 'the fill of this ExecID (17) is booked already');
    if (repeated === 'other')
      return this.#notKnown(venue, message, {
        dkReason: 'Z',
        reason: 'its ExecID (17) is that of another fill of the order',
      });
    if (this.#isOtherSide(slot))
      return this.#notKnown(venue, message, { dkReason: 'B', reason: "its Side (54) is not the order's" });
    if (!isWhole(message, frame.execution))
      return this.#lost(venue, message, 'a fill needs a LastQty (32) above 0 and a LastPx (31)');
    if (orders.contradicts(slot, frame.execution)) return this.#contradicted(venue, message, slot);
    frame.takeClientIds(slot);
    if (isRestated(frame.execution)) this.#priceRestated(slot, message);
    if (frame.apply(slot, EXECUTION_KIND.report) === 0)
      return this.#notKnown(venue, message, {
        dkReason: 'Z',
        reason: 'its quantities cannot be those of the order, or do not fit the position',
      });
    meter.count('executions');
    this.#checkLeaves(venue, slot);
    this.#forward(venue, slot, message);
  }

  /** Price (44) of an order that the venue restated; one that the report does not name is as it was. */
  #priceRestated(slot: number, message: FixMessage): void {
    const row = this.#context.orders.table.row.at(slot);
    this.#frame.restatedPrice = message.has(PRICE) ? decimalOf(message, PRICE) : row.i64('price');
  }

  /**
   * LeavesQty = OrderQty − CumQty, of every report about the order under an id that it has now. A venue that says otherwise counts another
   * order than we do: it is told to whoever watches, and the greater of both stays reserved.
   */
  #checkLeaves(venue: LaneSession, slot: number): void {
    const { orders, meter } = this.#context;
    const row = orders.table.row.at(slot);
    const { execution, venueId } = this.#frame;
    if (venueId !== row.sequence('venueId') && venueId !== row.sequence('pendingVenueId')) return;
    const expected = leavesFault(execution, row.i64('quantity'));
    if (expected === undefined) return;
    meter.count('leavesBroken');
    const [said, meant] = [execution.getBigInt64(EXECUTION.offset.leavesQty, true), expected].map(quantityText);
    const words = `LeavesQty (151) is ${said} where OrderQty less CumQty is ${meant}`;
    venue.event(
      'warning',
      `the venue's report of ${row.text('clOrdId')} does not add up: ${words}; the greater is held`,
    );
  }

  #orderCancelReject(venue: LaneSession, message: FixMessage): void {
    this.#frame.clear();
    this.#requestRejected(venue, message, this.#frame.find(message.textOf(11) ?? ''));
  }

  /** By OrderCancelReject, or by an ExecutionReport of OrdStatus 8 under an id that is not the order's own: the order stays as it was. */
  #requestRejected(venue: LaneSession, message: FixMessage, slot: number): void {
    const row = this.#context.orders.table.row.at(Math.max(slot, 0));
    const isPending = slot !== NO_SLOT && row.sequence('pendingVenueId') === this.#frame.venueId;
    if (!isPending && (slot === NO_SLOT || !isKeptReplace(row, this.#frame.venueId)))
      return this.#refuse(venue, message, 'the ClOrdID (11) is not of a cancel or replace in flight');
    const isOwn = isPending && isOwnCancel(row);
    this.#responseTo = row.pendingMsgType === ORDER_MSG_TYPE.cancel ? '1' : '2';
    this.#frame.takeClientIds(slot);
    this.#frame.apply(slot, EXECUTION_KIND.requestRejected);
    this.#context.meter.count('requestRejects');
    if (isOwn) return this.#cancels.rejected(slot, message.textOf(TEXT) ?? '');
    // Of a replace whose id is kept outside the row the client was told when the venue forgot it.
    if (isPending) this.#forward(venue, slot, message);
  }

  /** More was filled than the venue reported, though nothing is known to be missing: the report is lost, and the venue is asked where the order stands. */
  #contradicted(venue: LaneSession, message: FixMessage, slot: number): void {
    const reason = 'its CumQty (14) tells of fills that were never reported';
    this.#refuse(venue, message, reason);
    this.#alarm(venue, message, { slot, reason });
    this.#frame.takeClientIds(slot);
    this.#frame.apply(slot, EXECUTION_KIND.inDoubt);
    this.requestStatus(slot);
  }

  #forward(from: LaneSession, slot: number, message: FixMessage): void {
    const { nowNs } = this.#context;
    const client = clientTold(this.#context, slot);
    const ids = { clOrdId: this.#frame.clOrdId, origClOrdId: this.#frame.origClOrdId || undefined };
    const write = (encoder: FixEncoder): void =>
      client.version.name === from.version.name
        ? forwardBody(encoder, message, ids)
        : this.#translate(encoder, message, { from, client, slot, ids });
    client.session.send(message.msgType, write, nowNs, client);
  }

  #translate(
    encoder: FixEncoder,
    message: FixMessage,
    { from, client, slot, ids }: { from: LaneSession; client: LaneSession; slot: number; ids: ForwardedIds },
  ): void {
    const { orders } = this.#context;
    const row = orders.table.row.at(slot);
    const { execution } = this.#frame;
    const { msgType } = message;
    const isReport = msgType === '8';
    const known = new Map([
      [6, quantityText(row.i64('avgPx'))],
      [17, String(this.#context.group.journal.nextSequence - 1)],
      [31, '0'],
      [32, '0'],
      [38, quantityText(row.i64('quantity'))],
      [434, this.#responseTo],
    ]);
    const report = {
      msgType,
      ...ids,
      execType: isReport ? String.fromCharCode(execution.getUint8(EXECUTION.offset.execType)) : '',
      leavesQty: isReport ? quantityText(execution.getBigInt64(EXECUTION.offset.leavesQty, true)) : '',
      ordStatus: isReport ? String.fromCharCode(ordStatusAfter(execution)) : (message.textOf(39) ?? ordStatusOf(row)),
      known,
    };
    translateReport(encoder, message, report, { from: from.version, to: client.version });
  }

  /** The slot of the order that one of our own messages to the venue is about, or NO_SLOT when the venue has answered that message. */
  unreportedSlotOf(message: FixMessage): number {
    const request = this.unsent.unanswered(venueIdOf(this.#context, message.textOf(11) ?? ''));
    return request?.msgType === message.msgType ? request.slot : NO_SLOT;
  }

  /** Asks the venue what became of an order that it may have forgotten (OrderStatusRequest, H), and of a replace of it. */
  requestStatus(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    if (row.u8('state') !== ORDER_STATE.unknown || clientOf(this.#context, slot).isDirect) return;
    const ids = [row.sequence('venueId')];
    if (row.pendingMsgType === REPLACE_UNKNOWN && row.sequence('pendingVenueId') > 0)
      ids.push(row.sequence('pendingVenueId'));
    for (const id of ids) this.#askStatus(slot, id);
  }

  #askStatus(slot: number, venueId: number): void {
    const { venue, orders, symbols, nowNs, meter } = this.#context;
    const row = orders.table.row.at(slot);
    const clOrdId = venueClOrdId(this.#context, venueId);
    const side = String.fromCharCode(row.u8('side'));
    const symbol = symbols.nameOf(row.u32('symbolIndex'));
    venue.tell('H', body => void body.field(11, clOrdId).field(55, symbol).field(54, side), nowNs);
    meter.count('statusRequests');
  }

  /** The venue says that it has no such order. What it did before it forgot may yet come to light: nothing is released. */
  #forgotten(venue: LaneSession, message: FixMessage): void {
    this.#context.meter.count('ordersForgotten');
    this.#refuse(venue, message, 'the venue does not know an order that may live there: its exposure is held');
  }

  /** An ExecutionReport that cannot become a row: the venue is told by a Reject (3), as it alone can correct it. */
  #unreadable(venue: LaneSession, message: FixMessage, result: number): void {
    const { nowNs } = this.#context;
    const [status, tag] = [statusName(rowStatus(result)), rowTag(result)];
    const reason = `${STATUS[status].text} (tag ${tag})`;
    const refSeqNum = message.textOf(34) ?? '';
    // Reject is a message of the transport: FIXT's, which has all of these, and is in no application version of it.
    const layout = venue.version.layout('3');
    venue.session.send(
      '3',
      encoder => {
        encoder.field(REF_SEQ_NUM, refSeqNum).field(TEXT, reason);
        if (layout?.members.has(371) === false) return;
        encoder
          .field(371, tag)
          .field(372, '8')
          .field(373, REJECT_REASONS[status] ?? REJECT_REASON.valueIsIncorrect);
      },
      nowNs,
      venue,
    );
    this.#lost(venue, message, reason);
  }

  /** A trade that cannot be one of ours: not booked, and the venue is told so by a DontKnowTrade. */
  #notKnown(venue: LaneSession, message: FixMessage, { dkReason, reason }: { dkReason: string; reason: string }): void {
    this.#lost(venue, message, reason);
    if (venue.isDirect || positionEffect(this.#frame.execution) !== 'fill') return;
    this.#context.meter.count('tradesNotKnown');
    const repeat = [37, 17, 55, 54, 32, 31].map(tag => [tag, message.textOf(tag)] as const);
    const write = (body: VersionedBody): void => {
      for (const [tag, value] of repeat) if (value !== undefined) body.field(tag, value);
      body
        .field(127, dkReason)
        .field(58, reason)
        .needed(38, message.textOf(38) ?? '0');
    };
    venue.tell('Q', write, this.#context.nowNs);
  }

  /** Whether a fill buys where its order sells, or the other way. */
  #isOtherSide(slot: number): boolean {
    const { execution } = this.#frame;
    const side = this.#context.orders.table.row.at(slot).u8('side');
    if (positionEffect(execution) !== 'fill') return false;
    return directionOf(execution.getUint8(EXECUTION.offset.side)) !== directionOf(side);
  }

  /** A report that changed nothing here. When it may be a trade, its account trades no more until somebody has looked, if that can be told. */
  #lost(venue: LaneSession, message: FixMessage, reason: string): void {
    this.#refuse(venue, message, reason);
    const slot = this.#frame.find(message.textOf(11) ?? '');
    if (mayTrade(message, slot)) this.#alarm(venue, message, { slot, reason });
  }

  #alarm(venue: LaneSession, message: FixMessage, { slot, reason }: { slot: number; reason: string }): void {
    const { accounts, meter } = this.#context;
    meter.count('executionsUnbooked');
    const accountIndex = this.#accountOf(message, slot);
    if (accountIndex === NO_INDEX)
      return venue.event('warning', `an ExecutionReport that may be a fill was booked to no account: ${reason}`);
    const why = `an ExecutionReport could not be applied: ${reason}`;
    if (!haltAccount(this.#context, accountIndex, why)) return;
    this.#halted = true;
    venue.event('warning', `account ${accounts.nameOf(accountIndex)} is halted: ${why}`);
  }

  /** Whose trade it may be: the order's account; without the order the Account (1) it names, unless it is about an order of somebody else's. */
  #accountOf(message: FixMessage, slot: number): number {
    const { orders, accounts } = this.#context;
    if (slot !== NO_SLOT) return orders.table.row.at(slot).u32('accountIndex');
    const isOthers = (message.textOf(11) ?? '') !== '' && this.#frame.venueId === 0;
    return isOthers ? NO_INDEX : accounts.lookupText(message.textOf(1) ?? '');
  }

  #refuse(venue: LaneSession, message: FixMessage, reason: string): void {
    deadLetter(this.#context.group, venue.index, message, reason);
    this.#context.meter.count('reportsDeadLettered');
    venue.event('dead-letter', `${message.msgType} ${message.textOf(34) ?? ''}: ${reason}`);
  }
}

/** Whether a report may have moved a position. What a status report adds up to concerns a known order alone. */
function mayTrade(message: FixMessage, slot: number): boolean {
  const execType = message.textOf(150);
  if (execType === undefined) return true;
  const effect = effectOf(message.textOf(20) ?? '', execType);
  return effect !== 'none' && (effect !== 'status' || slot !== NO_SLOT);
}

/** Whether only the venue knows what became of an order, or of its replace under the id named: not that of a request that waits for its answer. */
function isInDoubt(row: OrderRow, venueId: number): boolean {
  const isReplaceUnknown = row.pendingMsgType === REPLACE_UNKNOWN;
  if (venueId === row.sequence('pendingVenueId') && !isReplaceUnknown) return false;
  return row.u8('state') === ORDER_STATE.unknown || isReplaceUnknown || isKeptReplace(row, venueId);
}

/** Whether an id is not the order's own: that of a request, or of one that is over. */
function isOfRequest(row: OrderRow, venueId: number): boolean {
  return venueId !== row.sequence('venueId');
}

/** Whether an id is that of the replace in flight. */
function isOfReplace(row: OrderRow, venueId: number): boolean {
  return row.pendingMsgType === ORDER_MSG_TYPE.replace && row.sequence('pendingVenueId') === venueId;
}

/** An ExecutionReport of OrdStatus 8 that moves no position. */
function saysRejected(message: FixMessage): boolean {
  if (message.textOf(39) !== '8') return false;
  const effect = effectOf(message.textOf(20) ?? '', message.textOf(150) ?? '');
  return effect === 'none' || effect === 'status';
}

/** Whether a fill says how much, and at what price: 0 may be one, so the field itself must be there. */
function isWhole(message: FixMessage, execution: DataView): boolean {
  if (positionEffect(execution) !== 'fill') return true;
  return execution.getBigInt64(EXECUTION.offset.lastQty, true) > 0n && message.find(LAST_PX) >= 0;
}

/** An ExecutionReport that answers "unknown order": OrdStatus 8 with OrdRejReason (103) 5, or a status report with no reason at all. */
function saysUnknownOrder(message: FixMessage): boolean {
  if (message.textOf(39) !== '8') return false;
  const reason = message.textOf(103);
  if (reason !== undefined) return reason === '5';
  return effectOf(message.textOf(20) ?? '', message.textOf(150) ?? '') === 'status';
}

/** A decimal field at 10^-8; 0 where it is absent or has more digits than that. */
function decimalOf(message: FixMessage, tag: number): bigint {
  return parseDecimal(message.textOf(tag) ?? '', DECIMAL_SCALE) ?? 0n;
}

function quantityText(quantity: bigint): string {
  return formatDecimal(quantity, DECIMAL_SCALE);
}

/** A BusinessMessageReject that answers our OrderStatusRequest (372=H) by BusinessRejectReason (380) 1, Unknown ID. */
function saysUnknownId(message: FixMessage): boolean {
  return message.textOf(372) === 'H' && message.textOf(380) === '1';
}
