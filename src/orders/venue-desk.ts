import { rowStatus, rowTag, type FixMessage } from '../codec/index.js';
import { EXECUTION, EXECUTION_EFFECT, EXECUTION_KIND, STATUS, statusName } from '../model/index.js';
import { deadLetter } from './dead-letter.js';
import { effectOf } from './execution-effect.js';
import { ExecutionFrame } from './execution-frame.js';
import { haltAccount } from './gate-command.js';
import { venueClOrdId, venueIdOf, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { ORDER_STATE } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { ReceivedRow } from './received-row.js';
import { forwardBody } from './reports.js';
import { UnsentDesk } from './unsent-desk.js';

/** RefSeqNum (45) and Text (58) of a Reject or BusinessMessageReject. */
const REF_SEQ_NUM = 45;
const TEXT = 58;

/** What the venue reports: each report changes its order, is written to the ledger, and goes to the client under the client's ids. */
export class VenueDesk {
  readonly unsent: UnsentDesk;
  readonly #context: LaneContext;
  readonly #frame: ExecutionFrame;
  readonly #received: ReceivedRow;
  #halted = false;

  constructor(context: LaneContext) {
    this.#context = context;
    this.#frame = new ExecutionFrame(context);
    this.#received = new ReceivedRow(context, EXECUTION, this.#frame.rows, EXECUTION_EFFECT.sizeBytes);
    this.unsent = new UnsentDesk(context, this.#frame);
  }

  handle(venue: LaneSession, message: FixMessage): void {
    const { meter } = this.#context;
    meter.count('reportsIn');
    if (message.msgType === '8') return this.#executionReport(venue, message);
    if (message.msgType === '9') return this.#orderCancelReject(venue, message);
    if (message.msgType === 'j' && this.rejected(message)) return meter.count('requestRejects');
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

  #executionReport(venue: LaneSession, message: FixMessage): void {
    const frame = this.#frame;
    const result = this.#received.take(message, venue.index);
    if (rowStatus(result) !== STATUS.ok.code) {
      return this.#lost(venue, message, `${STATUS[statusName(rowStatus(result))].text} (tag ${rowTag(result)})`);
    }
    const slot = frame.find(frame.clOrdId);
    if (slot === NO_SLOT) return this.#refuse(venue, message, 'the ClOrdID (11) is not of an order sent from here');
    frame.takeClientIds(slot);
    if (frame.apply(slot, EXECUTION_KIND.report) === 0)
      return this.#lost(venue, message, 'its quantities cannot be those of the order, or do not fit the position');
    this.#context.meter.count('executions');
    this.#forward(slot, message);
  }

  #orderCancelReject(venue: LaneSession, message: FixMessage): void {
    this.#frame.clear();
    const slot = this.#frame.find(message.textOf(11) ?? '');
    const row = this.#context.orders.table.row;
    if (slot === NO_SLOT || row.at(slot).sequence('pendingVenueId') !== this.#frame.venueId) {
      return this.#refuse(venue, message, 'the ClOrdID (11) is not of a cancel or replace in flight');
    }
    this.#frame.takeClientIds(slot);
    this.#frame.apply(slot, EXECUTION_KIND.requestRejected);
    this.#context.meter.count('requestRejects');
    this.#forward(slot, message);
  }

  #forward(slot: number, message: FixMessage): void {
    const { orders, sessions, nowNs } = this.#context;
    const client = sessions[orders.table.row.at(slot).u32('sessionIndex')];
    if (client === undefined) return;
    const ids = { clOrdId: this.#frame.clOrdId, origClOrdId: this.#frame.origClOrdId || undefined };
    client.session.send(message.msgType, encoder => forwardBody(encoder, message, ids), nowNs, client);
  }

  /** The slot of the order that one of our own messages to the venue is about, or NO_SLOT when the venue has answered that message. */
  unreportedSlotOf(message: FixMessage): number {
    const request = this.unsent.unanswered(venueIdOf(this.#context, message.textOf(11) ?? ''));
    return request?.msgType === message.msgType ? request.slot : NO_SLOT;
  }

  /** Asks the venue what became of an order that it may have forgotten (OrderStatusRequest, H). */
  requestStatus(slot: number): void {
    const { venue, orders, symbols, nowNs } = this.#context;
    const row = orders.table.row.at(slot);
    if (row.u8('state') !== ORDER_STATE.unknown) return;
    const clOrdId = venueClOrdId(this.#context, row.sequence('venueId'));
    const side = String.fromCharCode(row.u8('side'));
    const symbol = symbols.nameOf(row.u32('symbolIndex'));
    venue.session.send('H', encoder => void encoder.field(11, clOrdId).field(55, symbol).field(54, side), nowNs, venue);
  }

  /** A report that changed nothing here although it may be a fill: the order's account trades no more until somebody has looked. */
  #lost(venue: LaneSession, message: FixMessage, reason: string): void {
    const { orders, accounts } = this.#context;
    this.#refuse(venue, message, reason);
    const execType = message.textOf(150);
    if (execType !== undefined && effectOf(message.textOf(20) ?? '', execType) === 'none') return;
    const slot = this.#frame.find(message.textOf(11) ?? '');
    if (slot === NO_SLOT) return venue.event('warning', `an ExecutionReport of no known order was lost: ${reason}`);
    const accountIndex = orders.table.row.at(slot).u32('accountIndex');
    const why = `an ExecutionReport could not be applied: ${reason}`;
    if (!haltAccount(this.#context, accountIndex, why)) return;
    this.#halted = true;
    venue.event('warning', `account ${accounts.nameOf(accountIndex)} is halted: ${why}`);
  }

  #refuse(venue: LaneSession, message: FixMessage, reason: string): void {
    deadLetter(this.#context.group, venue.index, message, reason);
    this.#context.meter.count('reportsDeadLettered');
    venue.event('dead-letter', `${message.msgType} ${message.textOf(34) ?? ''}: ${reason}`);
  }
}
