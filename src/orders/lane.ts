import type { FixMessage } from '../codec/index.js';
import { FRAME_TYPE, InvariantError, STATUS, TOPICS, statusName } from '../model/index.js';
import { isAdmin, type ApplicationVerdict, type ThrottleOutcome } from '../session/index.js';
import { SLOW_CONSUMER, type Transport } from '../trading/index.js';
import type { BatchClock } from '../observe/index.js';
import { CancelDesk } from './cancel-desk.js';
import { applyGateCommand } from './gate-command.js';
import type { LaneContext } from './lane-context.js';
import type { LaneApplication, LaneSession, SentMessage } from './lane-session.js';
import { RequestDesk } from './request-desk.js';
import type { Gap } from './unsent-desk.js';
import { takeOutHalted } from './halted-egress.js';
import { VenueDesk } from './venue-desk.js';

const NOT_RECEIVED = 'the venue did not receive it before the connection was lost';
const ORDER_MESSAGES = new Set(['D', 'F', 'G']);
/** A venue that reset is asked about 100 orders a second, so that new orders do not wait behind the questions. */
const STATUS_ASKED_A_TICK = 10;

export interface LaneHost {
  readonly clock: Pick<BatchClock, 'read' | 'utcOffsetNs'>;
  /** Drains the rings of other threads (prices, loads) at the start of each batch. */
  readonly drain: () => void;
  /** Wakes the readers of the ledger when there is more that they may show. */
  readonly wakeReaders: () => void;
  /** What is acknowledged and published waits for this: frames written, or frames synced. */
  readonly waitsForSync: boolean;
  /** An order the venue asks for again is sent again when it is younger than this and nothing halts it; else gap-filled. */
  readonly resendOrdersWithinNs: bigint;
  readonly event: (session: LaneSession, kind: string, text: string) => void;
}

/**
 * The order lane: one thread owns sockets, sessions, orders, the gate and the ledger's tail, and runs each read to completion:
 * frame, session, decode, gate, ledger, then write. Nothing leaves before its frame is committed at the configured durability.
 */
export class Lane implements LaneApplication {
  readonly context: LaneContext;
  readonly venueDesk: VenueDesk;
  readonly #requests: RequestDesk;
  readonly #cancels: CancelDesk;
  readonly #host: LaneHost;
  /** Orders that a venue which reset has not reported since: their status is asked for once its session is up. */
  #statusRequests: number[] = [];
  /** The last sequence that is durable, as it was told to readers. */
  #announced = 0;
  /** What waits for its frame to be durable, by ascending sequence: as much as main asks for between two syncs. */
  readonly #waiting: { readonly sequence: number; readonly tell: () => void }[] = [];
  #journalMs = 0;
  #writeMs = 0;
  /** The next boundary of any session's schedule, UTC. */
  #boundaryMs = -Infinity;

  constructor(context: LaneContext, host: LaneHost) {
    this.context = context;
    this.#host = host;
    this.#requests = new RequestDesk(context);
    this.#cancels = new CancelDesk(context);
    this.venueDesk = new VenueDesk(context, this.#cancels);
    this.#statusRequests = [...context.orders.unknownSlots()];
    context.group.onHalfFull = () => this.#append();
  }

  /** Whether a client may connect now: not one that would use up the ledger's reserve. */
  mayConnect(client: LaneSession): boolean {
    return this.#requests.mayConnect(client);
  }

  /** Milliseconds until a session's schedule lets it log on; 0 = now. */
  opensInMs({ session }: LaneSession): number {
    return session.opensInMs(this.context.nowNs);
  }

  /** Starts a batch: one clock reading for all of it, then whatever the rings hold. */
  begin(): void {
    this.context.nowNs = this.#host.clock.read();
    this.context.gate.clock(this.context.nowNs);
    this.#setUtc(this.#host.clock.utcOffsetNs);
    this.#host.drain();
    this.#passBoundaries();
  }

  /** At a boundary each session is told before anything else of the batch: a report must not take a number of the period that is over. */
  #passBoundaries(): void {
    const { nowNs, utcOffsetNs } = this.context;
    if (Number((nowNs + utcOffsetNs) / 1_000_000n) < this.#boundaryMs) return;
    this.#tickSessions();
    this.#requests.clearTimes();
  }

  #tickSessions(): void {
    const { nowNs, sessions } = this.context;
    this.#boundaryMs = Infinity;
    for (const session of sessions) {
      this.#requests.beginRead();
      session.session.tick(nowNs, session);
      session.endGroup();
      this.#boundaryMs = Math.min(this.#boundaryMs, session.session.momentOf(nowNs).untilMs);
    }
  }

  #setUtc(offsetNs: bigint): void {
    if (offsetNs === this.context.utcOffsetNs) return;
    this.context.utcOffsetNs = offsetNs;
    for (const { session } of this.context.sessions) session.utcOffsetNs = offsetNs;
  }

  /** One read of a connection, run to completion; nothing is read of one that only waits for its last bytes to leave. */
  receive(session: LaneSession, bytes: Uint8Array): void {
    if (session.closing !== undefined) return;
    const started = performance.now();
    this.begin();
    this.#requests.beginRead();
    session.session.receive(bytes, this.context.nowNs, session);
    this.#requests.spareReserve(session);
    session.endGroup();
    if (this.venueDesk.takeHalted()) takeOutHalted(this);
    const read = performance.now();
    this.commit();
    this.#record(started, read);
  }

  connected(session: LaneSession, transport: Transport): void {
    this.begin();
    session.transport = transport;
    session.closing = undefined;
    session.session.connected(this.context.nowNs, session);
    session.endGroup();
    this.commit();
  }

  disconnected(session: LaneSession, reason: string): void {
    this.begin();
    if (reason === SLOW_CONSUMER) this.#tellSlow(session);
    session.transport = undefined;
    session.forget();
    session.session.disconnected(this.context.nowNs, session);
    session.endGroup();
    this.#cancels.look(session);
    this.commit();
  }

  #tellSlow(session: LaneSession): void {
    this.context.meter.count('slowConsumers');
    const words = `left more than ${session.bufferedBytesMax} bytes unread and is disconnected as a slow consumer`;
    session.event('warning', `the peer ${words}: what it missed it asks for at its next logon`);
  }

  /** Heartbeats, test requests and deadlines; called on a timer. */
  tick(): void {
    this.begin();
    this.#tickSessions();
    for (const session of this.context.sessions) {
      if (session.mayResume) session.session.resume(this.context.nowNs, session);
      session.endGroup();
      this.#dropSlow(session);
    }
    this.#askForUnknown();
    this.#cancels.tick();
    // Requests that waited for their rate are of no read.
    this.#requests.clearTimes();
    this.commit();
  }

  /** Clients may log on from now on, or no longer: time away counts against `cancelOnDisconnect` only while they may. */
  clientsMayLogOn(may: boolean): void {
    this.#cancels.mayReturn = may;
  }

  /**
   * The next slice of an answer to a ResendRequest, when the last one is out. Returns whether to come again in the next turn: until the
   * peer falls behind, and also while the last slice still waits for a sync, which takes a few ms.
   */
  resume(session: LaneSession): boolean {
    if (session.mayResume) {
      this.begin();
      session.session.resume(this.context.nowNs, session);
      session.endGroup();
      this.commit();
    }
    return session.session.isResending && session.transport?.bufferedBytes === 0;
  }

  /** A peer that reads its answer so slowly that this much waits behind it. What it missed it asks for at its next logon. */
  #dropSlow(session: LaneSession): void {
    if (session.behind.sizeBytes <= session.bufferedBytesMax) return;
    session.forget();
    session.transport?.close(SLOW_CONSUMER);
  }

  /** Begins the logout handshake of sessions that are up. */
  logout(sessions: readonly LaneSession[], text: string): void {
    this.begin();
    for (const session of sessions) {
      if (session.transport !== undefined) session.session.logout(text, this.context.nowNs, session);
      session.endGroup();
    }
    this.commit();
  }

  /**
   * Applies an operator's gate command. Everything that left before the returned sequence was checked without it; it is acknowledged by
   * `whenDurable`.
   */
  command(payload: Uint8Array): { status: number; sequence: number; lastVenueMsgSeqNum: number } {
    this.begin();
    const { group, venue } = this.context;
    const { status, sequence } = applyGateCommand(this.context, payload);
    if (status === STATUS.ok.code) {
      group.end();
      takeOutHalted(this);
      this.commit();
    }
    return { status, sequence, lastVenueMsgSeqNum: venue.session.nextOutSeqNum - 1 };
  }

  /** Appends an embedder's record, or a dead letter of one of its sources; it does not pass the gate and goes to no venue. */
  inject(kind: 'application' | 'deadLetter', data: Uint8Array): number {
    this.begin();
    const topic = TOPICS.indexOf(kind === 'application' ? 'application' : 'dead-letter');
    const sequence = this.context.group.add({ type: FRAME_TYPE[kind], topic, source: 0 }, data);
    this.context.group.end();
    this.context.meter.count('injected');
    this.commit();
    return sequence;
  }

  /** Writes the batch to the ledger, then to the sockets whatever may leave. A ledger that cannot be written stops the lane. */
  commit(): void {
    const { group, meter } = this.context;
    const started = performance.now();
    this.#append();
    this.#journalMs = performance.now() - started;
    meter.count('batches');
    meter.set('committedSequence', group.journal.committedSequence);
    meter.set('ordersLive', this.context.orders.table.live);
    this.flush();
  }

  #append(): void {
    const { group, nowNs } = this.context;
    const status = group.commit(nowNs);
    if (status === STATUS.ok.code) return;
    throw new InvariantError('HR_JOURNAL', `the ledger stopped: ${STATUS[statusName(status)].text}`);
  }

  /** Writes to each socket the messages whose frames are durable, then wakes the readers; called after a commit and after a sync. */
  flush(): void {
    const { group, meter, sessions } = this.context;
    const { committedSequence, syncedSequence } = group.journal;
    const durable = this.#host.waitsForSync ? syncedSequence : committedSequence;
    const started = performance.now();
    for (const session of sessions) writeOut(session, durable);
    this.#writeMs = performance.now() - started;
    meter.set('syncedSequence', syncedSequence);
    // After the sockets: a reader that wakes takes a core that the counterparty may be waiting for.
    if (durable !== this.#announced) this.#host.wakeReaders();
    this.#announced = durable;
    while ((this.#waiting[0]?.sequence ?? Infinity) <= durable) this.#waiting.shift()?.tell();
  }

  /** Tells somebody of a committed frame once it is durable: now, or behind the sync it waits for. */
  whenDurable(sequence: number, tell: () => void): void {
    if (sequence <= this.#announced) tell();
    else this.#waiting.push({ sequence, tell });
  }

  application(from: LaneSession, message: FixMessage): ApplicationVerdict {
    from.copies?.received(message);
    const isReport = from === this.context.venue || (from.isDirect && message.msgType === '8');
    if (isReport) this.venueDesk.handle(from, message);
    else this.#requests.handle(from, message);
    return 'taken';
  }

  event(from: LaneSession, kind: string, text: string): void {
    if (kind === 'garbled') this.context.meter.count('garbled');
    this.#host.event(from, kind, text);
  }

  throttled(_from: LaneSession, outcome: ThrottleOutcome): void {
    this.context.meter.count(`throttle.${outcome}`);
  }

  passedOver(_from: LaneSession, count: number): void {
    this.context.meter.count('messagesPassedOver', count);
  }

  beforeResend(): void {
    this.commit();
  }

  /** A session whose numbers start anew. At the venue, orders it never reported are unknown from now on, and it is asked about every open one. */
  reset(from: LaneSession): void {
    if (from !== this.context.venue) return;
    const unreported = this.venueDesk.unsent.forgotten();
    this.#statusRequests = [...this.context.orders.unknownSlots()];
    const open = this.#statusRequests.length;
    if (open === 0) return;
    from.ordersUnknown = true;
    this.context.meter.count('ordersUnknown', unreported);
    const words = `the venue reset its sequence before reporting ${unreported} orders: they are unknown`;
    this.event(from, 'warning', `${words}; the status of all ${open} open orders is asked for`);
  }

  /** Promise 4: an order goes out again only when it is young and unhalted; else its exposure is released and the client told. */
  mayResend(from: LaneSession, sent: SentMessage): boolean {
    if (from !== this.context.venue || !ORDER_MESSAGES.has(sent.message.msgType)) return true;
    const slot = this.venueDesk.unreportedSlotOf(sent.message);
    if (slot < 0) return false;
    const young = this.context.nowNs - sent.timeNs < this.#host.resendOrdersWithinNs;
    if (young && !this.isHalted(slot)) return true;
    this.venueDesk.unsent.giveUp(slot, sent.message.msgType, NOT_RECEIVED);
    // A group for each released order: cut short, the rest is still unreported, and asked for again.
    from.endGroup();
    return false;
  }

  /** What our answer to a ResendRequest passed over is not at the venue. */
  gapFilled(from: LaneSession, gaps: readonly Gap[]): void {
    if (from === this.context.venue) this.venueDesk.unsent.gapFilled(gaps, NOT_RECEIVED);
  }

  rejected(from: LaneSession, message: FixMessage): void {
    if (from === this.context.venue) this.venueDesk.rejected(message);
  }

  refused(from: LaneSession, message: FixMessage, reason: string): void {
    if (from === this.context.venue && !isAdmin(message.msgType)) this.venueDesk.refused(from, message, reason);
  }

  wanted(from: LaneSession): boolean {
    this.#requests.spareReserve(from);
    return from.closing === undefined;
  }

  /** Whether a halt of firm, account or symbol, or the restricted list, stands against an order. */
  isHalted(slot: number): boolean {
    const { gate, orders } = this.context;
    const row = orders.table.row.at(slot);
    const symbol = gate.symbol(row.u32('symbolIndex'));
    return gate.firm().halted || gate.account(row.u32('accountIndex')).halted || symbol.halted || symbol.restricted;
  }

  #askForUnknown(): void {
    const { venue } = this.context;
    if (this.#statusRequests.length === 0 || !venue.isActive) return;
    for (const slot of this.#statusRequests.splice(0, STATUS_ASKED_A_TICK)) {
      this.venueDesk.requestStatus(slot);
      venue.endGroup();
    }
  }

  /** Histograms once a batch: each stage's mean over the batch's requests. */
  #record(started: number, read: number): void {
    const { meter, receiver } = this.context;
    const { stages } = meter;
    const { requests, gateMs } = this.#requests;
    const decodeMs = receiver.scanMs;
    receiver.scanMs = 0;
    if (requests === 0) return;
    const share = 1e6 / requests;
    stages.read.record((read - started - decodeMs - gateMs) * share, requests);
    stages.decode.record(decodeMs * share, requests);
    stages.gate.record(gateMs * share, requests);
    stages.journal.record(this.#journalMs * 1e6, requests);
    stages.write.record(this.#writeMs * 1e6, requests);
    stages.total.record((performance.now() - started) * 1e6, requests);
    this.#requests.clearTimes();
  }
}

function writeOut(session: LaneSession, durableSequence: number): void {
  const { transport } = session;
  if (transport === undefined) return;
  do {
    const bytes = session.outbox.isEmpty ? undefined : session.outbox.take(durableSequence);
    if (bytes === undefined || bytes.length === 0) continue;
    transport.send(bytes);
    session.counts.written(session.outbox.isEmpty && session.behind.isEmpty);
  } while (session.turnOver());
  if (session.closing !== undefined && session.outbox.isEmpty) transport.close(session.closing);
}
