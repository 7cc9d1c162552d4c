import type { FixMessage } from '../codec/index.js';
import type { OutboundKind, SessionActions, SessionEventKind } from './actions.js';
import { GapQueue } from './gap-queue.js';
import { Heartbeats } from './heartbeats.js';
import { SessionTimes, type SessionMoment } from './schedule.js';
import { sessionName, type SessionSettings } from './settings.js';
import { MSG_TYPE, TAG, isAdmin } from './tags.js';
import { HeldMessages, Throttle, type ThrottleOutcome } from './throttle.js';
import { MessageWriter, type WriteBody } from './writer.js';

/** The part of a session that outlives a connection: both next numbers. Folded from ledger frames, saved with a snapshot. */
export class SequenceNumbers {
  nextIn = 1;
  nextOut = 1;
  /** When they last began again, UTC milliseconds; 0: never. */
  beganMs = 0;

  /** An inbound frame: `msgSeqNum` as `SessionActions.inbound` had it, 0 when it took none. */
  foldInbound(msgSeqNum: number): void {
    if (msgSeqNum > 0) this.nextIn = msgSeqNum + 1;
  }

  /** An outbound frame; answers to a ResendRequest have old numbers and change nothing. */
  foldOutbound(msgSeqNum: number): void {
    if (msgSeqNum >= this.nextOut) this.nextOut = msgSeqNum + 1;
  }

  foldReset(nextIn: number, nextOut: number, beganMs = this.beganMs): void {
    this.nextIn = nextIn;
    this.nextOut = nextOut;
    this.beganMs = beganMs;
  }
}

/** What is left of an answer to a ResendRequest: MsgSeqNums of ours. */
export interface OpenAnswer {
  next: number;
  last: number;
  /** First of the numbers that a GapFill will pass over; 0: none waits for one. */
  gapFrom: number;
  /** The last number sent before the answer began: those after it follow on the wire by themselves. */
  readonly sentLast: number;
}

/** A message numbered and kept that waits for `throttleOut`. */
interface HeldOut {
  readonly bytes: Uint8Array;
  readonly msgSeqNum: number;
  readonly msgType: string;
}

const NO_ACTIONS: SessionActions = {
  inbound: () => {},
  application: () => 'taken',
  outbound: () => {},
  reset: () => {},
  disconnect: () => {},
  event: () => {},
};

/** One connection's state, and the verbs every handler is made of. Time and actions are those of the call under way. */
export class SessionLink {
  readonly numbers = new SequenceNumbers();
  readonly heartbeats = new Heartbeats();
  readonly times: SessionTimes;
  readonly queue: GapQueue;
  readonly name: string;
  actions: SessionActions = NO_ACTIONS;
  nowNs = 0n;
  nowMs = 0;
  /** What UTC is beyond `nowNs`: the driver's clock never goes back, and one wrong reading may have taken it ahead. */
  utcOffsetNs = 0n;

  connected = false;
  sentLogon = false;
  receivedLogon = false;
  sentLogout = false;
  /** A Logon with ResetSeqNumFlag of ours is not yet answered. */
  sentReset = false;
  /** FIXT: DefaultApplVerID (1137) of the counterparty's Logon, which holds for what we send as well. */
  defaultApplVerID: string | undefined;
  connectedMs = 0;
  logoutMs = 0;
  /** The range asked for by our last ResendRequest, 0 when it has been satisfied. */
  resendFrom = 0;
  resendTo = 0;
  /** The last number our ResendRequest named; 0 when it asked for all the rest. */
  chunkTo = 0;
  /** When the range was asked for, or the last number of it was taken. */
  gapMs = 0;
  /** The number expected when a resent message above it told that the one expected was lost again; 0: none did. */
  lostAgainAt = 0;
  /** Our answer to a ResendRequest while it is under way. */
  answering: OpenAnswer | undefined;
  /** Age of the message in hand by its SendingTime; NaN: not read. */
  ageMs = NaN;
  readonly writer: MessageWriter;
  readonly throttleIn: Throttle | undefined;
  readonly throttleOut: Throttle | undefined;
  readonly #heldOut: HeldMessages<HeldOut> | undefined;

  constructor(readonly settings: SessionSettings) {
    this.writer = new MessageWriter(settings, () => this.numbers.nextIn - 1);
    this.times = new SessionTimes(settings.schedule);
    this.queue = new GapQueue(settings.queuedMessagesMax, settings.queuedBytesMax);
    this.name = sessionName(settings);
    const { throttleIn, throttleOut, queuedBytesMax } = settings;
    this.throttleIn = throttleIn && new Throttle(throttleIn);
    this.throttleOut = throttleOut && new Throttle(throttleOut);
    if (throttleOut?.action === 'delay') this.#heldOut = new HeldMessages(throttleOut, queuedBytesMax);
  }

  /** The last number that went out on this connection, or before it: what waits for its rate was not sent. */
  get sentLast(): number {
    return (this.#heldOut?.first?.msgSeqNum ?? this.numbers.nextOut) - 1;
  }

  /** A call from outside begins: its clock reading never goes back. */
  enter(nowNs: bigint, actions: SessionActions): void {
    this.actions = actions;
    if (nowNs > this.nowNs) {
      this.nowNs = nowNs;
      this.nowMs = Number(nowNs / 1_000_000n);
    }
  }

  /** For SendingTime, ours and the counterparty's; everything else goes by `nowNs`. */
  get utcNs(): bigint {
    return this.nowNs + this.utcOffsetNs;
  }

  takeAgeMs(): number {
    const { ageMs } = this;
    this.ageMs = NaN;
    return ageMs;
  }

  get utcMs(): number {
    return Number(this.utcNs / 1_000_000n);
  }

  /** How this moment stands to the session's schedule. */
  get moment(): SessionMoment {
    return this.times.at(this.utcMs);
  }

  get loggedOn(): boolean {
    return this.sentLogon && this.receivedLogon;
  }

  open(): void {
    this.clearConnection();
    this.connected = true;
    this.connectedMs = this.nowMs;
  }

  clearConnection(): void {
    this.connected = false;
    this.sentLogon = false;
    this.receivedLogon = false;
    this.sentLogout = false;
    this.sentReset = false;
    this.answering = undefined;
    this.#heldOut?.clear();
    this.clearGap();
  }

  clearGap(): void {
    this.queue.clear();
    this.#closeGap();
  }

  event(kind: SessionEventKind, text: string): void {
    this.actions.event(kind, text);
  }

  /** Tells the caller, once; nothing is read or sent after it. */
  disconnect(reason: string): void {
    if (!this.connected) return;
    if (this.settings.resetOnDisconnect) this.reset('ResetOnDisconnect');
    this.clearConnection();
    this.turnPeriod();
    this.event('disconnect', reason);
    this.actions.disconnect(reason);
  }

  /**
   * Numbers of a period that is over begin again, at its end or when that is first seen; never while a Logon stands, whose messages still
   * have the old ones. What is stored from then on has the numbers of the next period.
   */
  turnPeriod(): void {
    if (this.sentLogon || this.receivedLogon) return;
    const { times, numbers, utcMs } = this;
    if (!times.isSamePeriod(numbers.beganMs, utcMs)) this.reset(`a new period: ${times.describe()}`);
  }

  /** Both numbers begin again. */
  reset(reason: string): void {
    this.answering = undefined;
    this.#heldOut?.clear();
    this.clearGap();
    this.numbers.beganMs = this.utcMs;
    this.moveNumbers(1, 1);
    this.event('reset', reason);
  }

  moveNumbers(nextIn: number, nextOut: number, gapFilled = false): void {
    this.numbers.foldReset(nextIn, nextOut);
    this.actions.reset(nextIn, nextOut, gapFilled);
    this.#narrowGap();
  }

  /** A number was taken: the range asked for is over when it was the last of it. */
  #narrowGap(): void {
    this.gapMs = this.nowMs;
    if (this.resendTo === 0 || this.numbers.nextIn <= this.resendTo) return;
    this.event('gap', `messages ${this.resendFrom} to ${this.resendTo} have come`);
    this.#closeGap();
  }

  #closeGap(): void {
    this.resendFrom = 0;
    this.resendTo = 0;
    this.chunkTo = 0;
    this.lostAgainAt = 0;
  }

  /** The message takes effect; it takes its number too when that is the one expected. Returns whether it did. */
  take(message: FixMessage, msgSeqNum: number): boolean {
    const taken = msgSeqNum === this.numbers.nextIn ? msgSeqNum : 0;
    this.actions.inbound(message, taken);
    this.numbers.foldInbound(taken);
    if (taken > 0) this.#narrowGap();
    return taken > 0;
  }

  /** Sends under the next number, and returns it. */
  transmit(msgType: string, writeBody: WriteBody, kind: OutboundKind = 'new'): number {
    const msgSeqNum = this.numbers.nextOut;
    const bytes = this.writer.write(msgType, msgSeqNum, this.utcNs, writeBody);
    this.numbers.foldOutbound(msgSeqNum);
    if (kind === 'new' && this.#mustWait(msgType)) this.#hold({ bytes: bytes.slice(), msgSeqNum, msgType });
    else {
      if (kind === 'new') this.heartbeats.lastSentMs = this.nowMs;
      this.actions.outbound(bytes, msgSeqNum, kind);
    }
    return msgSeqNum;
  }

  /** Beyond the rate, or behind what is: numbers leave in order. */
  #mustWait(msgType: string): boolean {
    if (this.#heldOut === undefined) return false;
    return this.#heldOut.size > 0 || !this.#isWithinRate(msgType);
  }

  #isWithinRate(msgType: string): boolean {
    return isAdmin(msgType) || this.throttleOut === undefined || this.throttleOut.tryTake(msgType, this.nowMs);
  }

  #hold(message: HeldOut): void {
    if (this.#heldOut?.size === 0) this.event('throttle', `messages wait: ${this.throttleOut?.words ?? ''}`);
    const isHeld = this.#heldOut?.tryPut(message) ?? false;
    this.actions.outbound(message.bytes, message.msgSeqNum, 'stored');
    if (isHeld) return this.throttled('delayed');
    this.throttled('disconnected');
    this.disconnect('more messages wait for their rate than may');
  }

  /** Lets go of the messages whose turn has come, or of all. */
  releaseHeld(all = false): void {
    const held = this.#heldOut;
    for (let first = held?.first; first !== undefined; first = held?.first) {
      if (!all && !this.#isWithinRate(first.msgType)) return;
      held?.dropFirst();
      this.heartbeats.lastSentMs = this.nowMs;
      this.actions.outbound(first.bytes, first.msgSeqNum, 'released');
    }
  }

  throttled(outcome: ThrottleOutcome): void {
    this.actions.throttled?.(outcome);
  }

  /** An answer to a ResendRequest, under an old number. */
  repeat(bytes: Uint8Array, msgSeqNum: number, kind: OutboundKind): void {
    this.heartbeats.lastSentMs = this.nowMs;
    this.actions.outbound(bytes, msgSeqNum, kind);
  }

  logout(text: string): void {
    // Nothing may follow it.
    this.releaseHeld(true);
    this.sentLogout = true;
    this.logoutMs = this.nowMs;
    this.transmit(MSG_TYPE.Logout, encoder => {
      if (text !== '') encoder.field(TAG.Text, text);
    });
  }
}

/** Why there is no logon now: `outside the session's time, daily 08:00 to 17:00 UTC; the next begins 2026-01-02T08:00:00Z`. */
export function outside({ times, moment }: SessionLink): string {
  const next = new Date(moment.startMs).toISOString().replace('.000', '');
  return `outside the session's time, ${times.describe()}; the next begins ${next}`;
}
