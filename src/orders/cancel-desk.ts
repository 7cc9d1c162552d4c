import { FixBatch, type FixMessage } from '../codec/index.js';
import { DECISION_SIZE, FRAME_TYPE, ORDER, ORDER_FLAG, ORDER_MSG_TYPE, TOPICS, invariant } from '../model/index.js';
import { venueClOrdId, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { ORDER_ROW, copyText, takesRequest } from './order-row.js';
import { ownCancel } from './reports.js';

const TOPIC = TOPICS.indexOf('orders.accepted');
/** 1,000 a second: what else goes to the venue does not wait behind them. */
const CANCELS_A_TICK = 100;
const NS_PER_MS = 1_000_000n;
const NEVER = 2n ** 63n;
const TEXT = 'cancel on disconnect';

/** Open orders that are to be cancelled, by the ledger sequence of the frame that first approved each: the slot of its row. */
type Leftovers = Map<number, number>;

/**
 * Cancel on disconnect: when a client is not back within its `graceMs`, the gateway cancels the orders it left open. A frame in the ledger
 * begins it and another ends it; each cancel is a decision with its outbound message, a group of its own. So a restart goes on where it
 * stopped: an order whose cancel the ledger holds waits for the venue's answer, the others are still to be cancelled. What was begun is
 * finished, also when the client is back meanwhile; orders it sends then are not concerned.
 */
export class CancelDesk {
  /** Whether clients can log on: before the port is open and while the gateway closes nobody is away by his own fault. */
  mayReturn = false;
  readonly #context: LaneContext;
  readonly #leftovers = new Map<LaneSession, Leftovers>();
  /** Of each session that is away, when its orders are cancelled, ns of the batch clock; NEVER once that was begun. */
  readonly #deadlines = new Map<LaneSession, bigint>();
  readonly #rows = new Uint8Array(ORDER.sizeBytes + DECISION_SIZE);
  readonly #order = new DataView(this.#rows.buffer, 0, ORDER.sizeBytes);
  readonly #batch = new FixBatch(undefined, {});
  readonly #decision = new DataView(this.#rows.buffer, ORDER.sizeBytes, DECISION_SIZE);

  constructor(context: LaneContext) {
    this.#context = context;
    for (const session of context.sessions)
      if (session.cancelBefore > 0) this.#leftovers.set(session, this.#openOrders(session.index, session.cancelBefore));
  }

  /** Begins what is due, and sends a share of the cancels; called on a timer. */
  tick(): void {
    for (const session of this.#context.sessions) this.look(session);
    let room = CANCELS_A_TICK;
    for (const [session, leftovers] of this.#leftovers) {
      room -= this.#cancelSome(leftovers, room);
      if (leftovers.size === 0) this.#end(session);
    }
  }

  /** Looks whether a session is away, and for too long. */
  look(session: LaneSession): void {
    const { cancelOnDisconnect: option, loggedOut, isActive } = session;
    if (option === undefined || !this.mayReturn) return;
    if (isActive || (loggedOut && !option.onLogout)) return void this.#deadlines.delete(session);
    const { nowNs } = this.#context;
    const deadline = this.#deadlines.get(session) ?? nowNs + BigInt(option.graceMs) * NS_PER_MS;
    this.#deadlines.set(session, deadline);
    if (nowNs < deadline) return;
    this.#deadlines.set(session, NEVER);
    this.#begin(session);
  }

  /** The venue rejected a cancel of ours: it is not asked again, until the client leaves again or the gateway starts anew. */
  rejected(slot: number, reason: string): void {
    const { orders, sessions, meter } = this.#context;
    const row = orders.table.row.at(slot);
    const session = sessions[row.u32('sessionIndex')];
    meter.count('cancelsOnDisconnectRejected');
    if (session === undefined) return;
    this.#leftovers.get(session)?.delete(row.sequence('firstVenueId'));
    if (orders.table.isFinished(slot)) return;
    session.event('warning', `the venue does not cancel ${row.text('clOrdId')}, which its client left open: ${reason}`);
  }

  #begin(session: LaneSession): void {
    const before = this.#context.group.journal.nextSequence;
    const leftovers = this.#openOrders(session.index, before);
    const begun = this.#leftovers.get(session);
    // Also when a restart goes on with all of them.
    if ([...leftovers.keys()].every(first => begun?.has(first))) return;
    session.cancelBefore = before;
    this.#write(session, 1);
    this.#leftovers.set(session, leftovers);
    session.event(
      'warning',
      `the client left ${leftovers.size} orders open and is not back in time: they are cancelled`,
    );
  }

  #end(session: LaneSession): void {
    this.#leftovers.delete(session);
    session.cancelBefore = 0;
    this.#write(session, 0);
    session.event('cancel', 'no order that the client left open waits for a cancel any more');
  }

  #write(session: LaneSession, value: number): void {
    const payload = new Uint8Array([value, 0, 0, 0]);
    const { group } = this.#context;
    group.add({ type: FRAME_TYPE.cancelOnDisconnect, topic: 0, source: session.index }, payload);
    group.end();
  }

  /** Of a session, those approved before a ledger sequence. */
  #openOrders(index: number, before: number): Leftovers {
    const { table } = this.#context.orders;
    const found: Leftovers = new Map();
    for (const slot of table.liveSlots()) {
      const row = table.row.at(slot);
      const first = row.sequence('firstVenueId');
      if (row.u32('sessionIndex') === index && first < before) found.set(first, slot);
    }
    return found;
  }

  /** Cancels at most `room` of them and forgets those that are over; the others wait for an answer, or for the venue. */
  #cancelSome(leftovers: Leftovers, room: number): number {
    const { orders, venue } = this.#context;
    let sent = 0;
    for (const [first, slot] of leftovers) {
      const row = orders.table.row.at(slot);
      if (row.sequence('firstVenueId') !== first || orders.table.isFinished(slot)) leftovers.delete(first);
      else if (sent < room && venue.isActive && takesRequest(row, ORDER_MSG_TYPE.cancel)) {
        this.#cancel(slot);
        sent++;
      }
    }
    return sent;
  }

  #cancel(slot: number): void {
    const { group, orders, venue, symbols, nowNs, meter } = this.#context;
    const row = orders.table.row.at(slot);
    const origClOrdId = venueClOrdId(this.#context, row.sequence('venueId'));
    const original = this.#original(row.u32('venueMsgSeqNum'), origClOrdId);
    this.#fill(slot);
    const source = row.u32('sessionIndex');
    const sequence = group.add({ type: FRAME_TYPE.decision, topic: TOPIC, source }, this.#rows);
    const found = orders.accepted(this.#order, this.#decision, sequence);
    invariant(found === slot, 'a ClOrdID leads to another order than the one it is of', { slot, found });
    const symbol = symbols.nameOf(row.u32('symbolIndex'));
    const cancel = { clOrdId: venueClOrdId(this.#context, sequence), origClOrdId, symbol, nowNs, text: TEXT, original };
    orders.sentAs(
      sequence,
      venue.tell('F', body => ownCancel(body, row.at(slot), cancel), nowNs),
    );
    meter.count('cancelsOnDisconnect');
    venue.endGroup();
  }

  /** The venue's own message of an order, read back; undefined where its number no longer leads to it, as after a reset. */
  #original(msgSeqNum: number, clOrdId: string): FixMessage | undefined {
    let found: FixMessage | undefined;
    this.#context.venue.messages.read(msgSeqNum, msgSeqNum, (_, bytes) => {
      if (this.#batch.scan(Uint8Array.from(bytes), 0, bytes.length) === 1) found = this.#batch.select(0);
      return false;
    });
    return found?.textOf(11) === clOrdId ? found : undefined;
  }

  /** The rows of an accepted cancel, as a client's would be, but under no ClOrdID of a client. */
  #fill(slot: number): void {
    const row = this.#context.orders.table.row.at(slot);
    const { offset } = ORDER;
    const order = this.#order;
    this.#rows.fill(0);
    for (const field of ['accountIndex', 'symbolIndex', 'sessionIndex'] as const)
      order.setUint32(offset[field], row.u32(field), true);
    order.setUint8(offset.msgType, ORDER_MSG_TYPE.cancel);
    order.setUint8(offset.side, row.u8('side'));
    order.setBigInt64(offset.quantity, row.i64('quantity'), true);
    order.setBigUint64(offset.transactTimeNs, this.#context.nowNs, true);
    order.setBigUint64(offset.sourceSequence, BigInt(this.#sourceOf(row.u32('sessionIndex'))), true);
    order.setUint32(offset.flags, ORDER_FLAG.byGateway | ORDER_FLAG.hasAccount, true);
    copyText(row.bytes, row.offset + ORDER_ROW.offset.clOrdId, this.#rows, offset.origClOrdId);
  }

  /** The frame that began it stands where a client's request would. */
  #sourceOf(sessionIndex: number): number {
    return this.#context.sessions[sessionIndex]?.cancelBefore ?? 0;
  }
}
