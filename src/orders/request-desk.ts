import { rowStatus, rowTag, utcTimestampText, type FixEncoder, type FixMessage } from '../codec/index.js';
import {
  DECISION,
  DECISION_PAIR_SIZE,
  DECISION_SIZE,
  FRAME_HEADER_SIZE,
  FRAME_TYPE,
  ORDER,
  ORDER_FLAG,
  ORDER_MSG_TYPE,
  ORDER_STATE_FAULT,
  RULE_BIT,
  STATUS,
  TOPICS,
  formatDecimal,
  statusName,
  type RuleName,
} from '../model/index.js';
import { refusalText } from '../risk/index.js';
import { deadLetter } from './dead-letter.js';
import { DisputeDesk } from './dispute-desk.js';
import { isInReserve, journalFullReason, venueClOrdId, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { ListDesk } from './list-desk.js';
import { ORDER_STATE, takesRequest, textOf } from './order-row.js';
import { refusedByRule, ruleOrder } from './order-rule.js';
import { NO_SLOT } from './order-table.js';
import { ReceivedRow } from './received-row.js';
import {
  CXL_REJ_REASON,
  approvedReport,
  cancelRejected,
  forwardBody,
  ordStatusOf,
  refusedReport,
  type ForwardedIds,
  type OwnReport,
} from './reports.js';
import { REQUEST_BYTES_FREE } from './reserve-use.js';
import { StatusDesk } from './status-desk.js';
import { translateRequest } from './translation.js';

const TOPIC = { accepted: TOPICS.indexOf('orders.accepted'), refused: TOPICS.indexOf('orders.refused') };
/** BusinessRejectReason (380). */
const UNSUPPORTED_MESSAGE_TYPE = '3';
const REJECT_OTHER = '0';
const UNKNOWN_ID = '1';
const TAKES_NONE = 'this session is for drop copies: it takes no requests';
/** HandlInst (21): automated, no intervention. CxlType (125) of FIX.4.0: all that remains. */
const AUTOMATED = '1';
const FULL = 'F';

const RESERVE_LOGOUT =
  'journalFull: the disk is full, and more messages only use up what cancels need; try again later';

/** Orders, cancels and replaces of clients: projected to a row, judged, written to the ledger, and passed on or refused. */
export class RequestDesk {
  readonly #context: LaneContext;
  /** Order row and decision row of the request in hand, side by side as their frame holds them. */
  readonly #rows = new Uint8Array(ORDER.sizeBytes + DECISION_SIZE);
  readonly #order = new DataView(this.#rows.buffer, 0, ORDER.sizeBytes);
  readonly #decision = new DataView(this.#rows.buffer, ORDER.sizeBytes, DECISION_SIZE);
  readonly #received: ReceivedRow;
  readonly #statuses: StatusDesk;
  readonly #disputes: DisputeDesk;
  readonly #lists: ListDesk;
  /** Time spent in the gate since the batch began, in ms of performance.now(); the lane reads and clears it. */
  gateMs = 0;
  #ruleWords = '';
  requests = 0;
  /** Bytes of the ledger when `spareReserve` looked last; of those since, what is free to requests. */
  #seenBytes = 0;
  #requestBytes = 0;

  constructor(context: LaneContext) {
    this.#context = context;
    this.#received = new ReceivedRow(context, ORDER, this.#rows, 0);
    this.#statuses = new StatusDesk(context);
    this.#disputes = new DisputeDesk(context);
    this.#lists = new ListDesk(context, (client, order) => this.#request(client, order));
  }

  clearTimes(): void {
    this.gateMs = 0;
    this.requests = 0;
  }

  handle(client: LaneSession, message: FixMessage): void {
    const { group } = this.#context;
    const before = group.bytes;
    this.#handle(client, message);
    const bytes = FRAME_HEADER_SIZE + message.end - message.start + group.bytes - before;
    this.#requestBytes += Math.min(bytes, REQUEST_BYTES_FREE);
  }

  #handle(client: LaneSession, message: FixMessage): void {
    const msgType = message.msgType;
    if (client.isForCopies) return this.#businessReject(client, message, REJECT_OTHER, TAKES_NONE);
    if (msgType === 'H' || msgType === 'Q') return this.#asks(client, message);
    if (msgType === 'E' && !client.isDirect) return this.#lists.handle(client, message);
    const isRequest = msgType === 'D' || msgType === 'F' || msgType === 'G';
    if (!isRequest || (client.isDirect && msgType !== 'D')) {
      this.#businessReject(client, message, UNSUPPORTED_MESSAGE_TYPE, 'Unsupported Message Type');
      return;
    }
    this.#request(client, message);
  }

  /** Judges an order, cancel or replace and sends it on; false when it was refused. */
  #request(client: LaneSession, message: FixMessage): boolean {
    this.requests++;
    this.#context.meter.count('requests');
    const result = this.#project(client, message);
    if (rowStatus(result) !== STATUS.ok.code) {
      this.#unreadable(client, message, result);
      return false;
    }
    const started = performance.now();
    const slot = this.#judge(client);
    this.gateMs += performance.now() - started;
    this.#settle(client, message, slot);
    return this.#decision.getUint32(DECISION.offset.failedMask, true) === 0;
  }

  /** What changes no order: an OrderStatusRequest is answered, a DontKnowTrade recorded. While the disk is full each counts as refused. */
  #asks(client: LaneSession, message: FixMessage): void {
    this.#countRefusal(client);
    if (message.msgType === 'H') return this.#statuses.handle(client, message);
    if (this.#disputes.handle(client, message)) return;
    this.#businessReject(client, message, UNKNOWN_ID, 'the OrderID (37) is of no order of this session');
  }

  /** Whether a client may log on: not while the disk is full and it was logged out for what it took of the reserve. */
  mayConnect(client: LaneSession): boolean {
    if (!isInReserve(this.#context)) client.reserveUse.clear();
    return !client.reserveUse.isSpent;
  }

  /** A read begins: what it takes of the ledger counts from here. */
  beginRead(): void {
    this.#seenBytes = this.#context.group.bytes;
    this.#requestBytes = 0;
  }

  /**
   * Called behind each message of a read. While the disk is full cancels that pass are free; a client that goes on with what is refused, or
   * with session-level messages, is logged out, and nothing behind that is read of it.
   */
  spareReserve(client: LaneSession): void {
    const { group, nowNs, venue } = this.#context;
    const sessionBytes = group.bytes - this.#seenBytes - this.#requestBytes;
    this.beginRead();
    if (!isInReserve(this.#context)) return client.reserveUse.clear();
    if (client === venue) return;
    client.reserveUse.addSessionBytes(sessionBytes, nowNs);
    if (!client.reserveUse.isSpent || client.closing !== undefined) return;
    client.session.logout(RESERVE_LOGOUT, nowNs, client);
    client.closing = RESERVE_LOGOUT;
  }

  #countRefusal(client: LaneSession): void {
    if (isInReserve(this.#context)) client.reserveUse.countRefusal();
  }

  #project(client: LaneSession, message: FixMessage): number {
    const { accounts } = this.#context;
    const result = this.#received.take(message, client.index);
    const order = this.#order;
    if (message.find(1) < 0 && client.defaultAccount !== undefined) {
      order.setUint32(ORDER.offset.accountIndex, accounts.lookupText(client.defaultAccount), true);
    }
    order.setBigUint64(ORDER.offset.sourceSequence, BigInt(client.inboundSequence), true);
    return result;
  }

  /** Fills the decision row; returns the slot of the order that a cancel or replace names. */
  #judge(client: LaneSession): number {
    const { gate, orders, venue } = this.#context;
    const msgType = this.#order.getUint8(ORDER.offset.msgType);
    let slot = NO_SLOT;
    let fault: number | undefined;
    if (msgType !== ORDER_MSG_TYPE.newOrder) {
      slot = orders.table.findClient(client.index, textOf(this.#rows, ORDER.offset.origClOrdId));
      fault = this.#orderFault(slot);
    }
    if (msgType === ORDER_MSG_TYPE.replace && fault === undefined) this.#replaces(slot);
    gate.check(this.#rows, 0, this.#rows, ORDER.sizeBytes);
    if (fault !== undefined) this.#fail('orderState', fault);
    if (msgType === ORDER_MSG_TYPE.newOrder && !orders.table.hasRoom)
      this.#fail('openOrders', orders.table.live + 1, orders.table.capacity);
    if (this.#isIdTaken(client.index, slot)) this.#failTaken(msgType);
    if (msgType !== ORDER_MSG_TYPE.cancel) this.#applyRules();
    if (!client.isDirect && !venue.isActive) this.#fail('venueDown');
    if (msgType !== ORDER_MSG_TYPE.cancel && journalFullReason(this.#context) !== undefined) this.#fail('journalFull');
    return slot;
  }

  /** An embedder's rules see what the gate let pass; the first that refuses is told in its own words. */
  #applyRules(): void {
    const { rules } = this.#context;
    this.#ruleWords = '';
    if (rules.length === 0 || this.#decision.getUint32(DECISION.offset.failedMask, true) !== 0) return;
    const words = refusedByRule(rules, ruleOrder(this.#order, this.#rows, this.#context));
    if (words === undefined) return;
    this.#ruleWords = words;
    this.#fail('custom');
  }

  /** Order and decision, and behind them the words of an embedder's rule that refused. */
  #payload(): Uint8Array {
    return this.#ruleWords === '' ? this.#rows : Buffer.concat([this.#rows, Buffer.from(this.#ruleWords, 'utf8')]);
  }

  /** Why a cancel or replace cannot change the order it names, or undefined. One without an Account (1) is for the order's. */
  #orderFault(slot: number): number | undefined {
    const { table } = this.#context.orders;
    if (slot === NO_SLOT || table.isFinished(slot)) return 0;
    const row = table.row.at(slot);
    const order = this.#order;
    const { offset } = ORDER;
    if ((order.getUint32(offset.flags, true) & ORDER_FLAG.hasAccount) === 0)
      order.setUint32(offset.accountIndex, row.u32('accountIndex'), true);
    let fault = 0;
    if (order.getUint32(offset.accountIndex, true) !== row.u32('accountIndex')) fault |= ORDER_STATE_FAULT.account;
    if (order.getUint32(offset.symbolIndex, true) !== row.u32('symbolIndex')) fault |= ORDER_STATE_FAULT.symbol;
    if (order.getUint8(offset.side) !== row.u8('side')) fault |= ORDER_STATE_FAULT.side;
    if (fault === 0 && !takesRequest(row, order.getUint8(offset.msgType))) fault = ORDER_STATE_FAULT.pending;
    return fault === 0 ? undefined : fault;
  }

  /** Whether the request's ClOrdID is that of an open order other than the one it names: that one could not be found by it any more. */
  #isIdTaken(sessionIndex: number, named: number): boolean {
    const { table } = this.#context.orders;
    const other = table.findClient(sessionIndex, textOf(this.#rows, ORDER.offset.clOrdId));
    return other !== NO_SLOT && other !== named && !table.isFinished(other);
  }

  /** The gate refuses a ClOrdID that it remembers, but forgets the oldest, and never judges a cancel. */
  #failTaken(msgType: number): void {
    if (msgType === ORDER_MSG_TYPE.cancel) this.#fail('orderState', ORDER_STATE_FAULT.clOrdId);
    else this.#fail('duplicateClOrdId', 1);
  }

  #replaces(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    this.#context.gate.replaced(row.i64('openQuantity'), row.i64('cumQuantity'), row.i64('reservedPrice'));
  }

  #fail(rule: RuleName, measured = 0, limit = 0): void {
    const bit = 1 << RULE_BIT[rule];
    const decision = this.#decision;
    for (const mask of [DECISION.offset.failedMask, DECISION.offset.evaluatedMask]) {
      decision.setUint32(mask, (decision.getUint32(mask, true) | bit) >>> 0, true);
    }
    const pair = DECISION.sizeBytes + RULE_BIT[rule] * DECISION_PAIR_SIZE;
    decision.setBigInt64(pair, BigInt(measured), true);
    decision.setBigInt64(pair + 8, BigInt(limit), true);
  }

  #settle(client: LaneSession, message: FixMessage, slot: number): void {
    const { group, meter } = this.#context;
    const failedMask = this.#decision.getUint32(DECISION.offset.failedMask, true);
    const refused = failedMask !== 0;
    const topic = refused ? TOPIC.refused : TOPIC.accepted;
    const payload = this.#payload();
    const sequence = group.add({ type: FRAME_TYPE.decision, topic, source: client.index }, payload);
    meter.count(refused ? 'refused' : 'accepted');
    meter.countFailures(failedMask);
    if (!refused)
      return client.isDirect ? this.#keep(client, message, sequence) : this.#passOn(client, message, sequence);
    this.#refuse(client, message, { slot, sequence, text: refusalText(payload, ORDER.sizeBytes) });
    this.#countRefusal(client);
  }

  #passOn(client: LaneSession, message: FixMessage, sequence: number): void {
    const { gate, orders, venue, meter } = this.#context;
    const isNew = this.#order.getUint8(ORDER.offset.msgType) === ORDER_MSG_TYPE.newOrder;
    const named = isNew ? 0 : this.#venueIdOfNamed();
    gate.accepted(this.#rows, 0);
    const slot = orders.accepted(this.#order, this.#decision, sequence);
    const ids = {
      clOrdId: venueClOrdId(this.#context, sequence),
      origClOrdId: isNew ? undefined : venueClOrdId(this.#context, named),
    };
    // A cancel only lowers risk: no halt takes it out of what is on its way.
    if (message.msgType !== 'F') venue.orderInHand = { approvedBy: sequence, slot, msgType: message.msgType };
    const msgSeqNum = venue.session.send(
      message.msgType,
      encoder => this.#write(encoder, client, message, ids),
      this.#context.nowNs,
      venue,
    );
    venue.orderInHand = undefined;
    orders.sentAs(sequence, msgSeqNum);
    meter.count('ordersToVenue');
  }

  /** As the client wrote it; what the venue's version asks for and the client's has not is put behind it. */
  #write(encoder: FixEncoder, client: LaneSession, message: FixMessage, ids: ForwardedIds): void {
    const { venue, nowNs } = this.#context;
    if (client.version.name === venue.version.name) return forwardBody(encoder, message, ids);
    const quantity = formatDecimal(this.#order.getBigInt64(ORDER.offset.quantity, true), 8);
    const time = utcTimestampText(nowNs, 3);
    const known = new Map([
      [21, AUTOMATED],
      [38, quantity],
      [60, time],
      [125, FULL],
    ]);
    translateRequest(encoder, message, { ids, known }, venue.version);
  }

  /** A direct order is held like any other, under our ClOrdID; it leaves only when its session asks once more. */
  #keep(client: LaneSession, message: FixMessage, sequence: number): void {
    const { gate, orders, nowNs } = this.#context;
    gate.accepted(this.#rows, 0);
    orders.accepted(this.#order, this.#decision, sequence);
    const id = venueClOrdId(this.#context, sequence);
    const clOrdId = textOf(this.#rows, ORDER.offset.clOrdId);
    client.session.send(
      '8',
      encoder => approvedReport(encoder, message, { orderId: id, execId: id, clOrdId, text: 'approved' }),
      nowNs,
      client,
    );
  }

  #venueIdOfNamed(): number {
    const { table } = this.#context.orders;
    const sessionIndex = this.#order.getUint32(ORDER.offset.sessionIndex, true);
    return table.row
      .at(table.findClient(sessionIndex, textOf(this.#rows, ORDER.offset.origClOrdId)))
      .sequence('venueId');
  }

  #refuse(client: LaneSession, message: FixMessage, refusal: { slot: number; sequence: number; text: string }): void {
    const report: OwnReport = {
      orderId: 'NONE',
      execId: client.execIdOf(this.#context.instanceId, refusal.sequence),
      clOrdId: textOf(this.#rows, ORDER.offset.clOrdId),
      origClOrdId: textOf(this.#rows, ORDER.offset.origClOrdId),
      text: refusal.text,
    };
    const { nowNs } = this.#context;
    if (message.msgType === 'D') {
      client.tell('8', body => refusedReport(body, message, report), nowNs);
      return;
    }
    const reject = { ...report, ...this.#cancelRejectReason(refusal.slot), msgType: message.msgType };
    client.tell('9', body => cancelRejected(body, reject), nowNs);
  }

  #cancelRejectReason(slot: number): { orderId: string; ordStatus: string; reason: string } {
    if (slot === NO_SLOT) return { orderId: 'NONE', ordStatus: '8', reason: CXL_REJ_REASON.unknownOrder };
    const row = this.#context.orders.table.row.at(slot);
    const finished = row.u8('state') >= ORDER_STATE.filled;
    return {
      orderId: row.text('orderId') || 'NONE',
      ordStatus: ordStatusOf(row),
      reason: finished ? CXL_REJ_REASON.tooLate : CXL_REJ_REASON.broker,
    };
  }

  /** A request that cannot become a row: nothing is guessed; its bytes and the reason go to the dead-letter topic. */
  #unreadable(client: LaneSession, message: FixMessage, result: number): void {
    const reason = `${STATUS[statusName(rowStatus(result))].text} (tag ${rowTag(result)})`;
    deadLetter(this.#context.group, client.index, message, reason);
    this.#context.meter.count('deadLettered');
    this.#businessReject(client, message, REJECT_OTHER, reason);
  }

  #businessReject(client: LaneSession, message: FixMessage, reason: string, text: string): void {
    const refSeqNum = message.textOf(34) ?? '0';
    // FIX.4.0 and 4.1 have no BusinessMessageReject: there it is a Reject.
    const msgType = client.version.layout('j') === undefined ? '3' : 'j';
    client.tell(
      msgType,
      body => void body.field(45, refSeqNum).field(372, message.msgType).field(380, reason).field(58, text),
      this.#context.nowNs,
    );
    this.#countRefusal(client);
  }
}
