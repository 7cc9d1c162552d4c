import { FixBatch, applVerIdOf, type Dictionaries, type FixDictionary, type FixMessage } from '../codec/index.js';
import { STATUS, invariant, statusName } from '../model/index.js';
import type { SentMessages, SessionActions } from './actions.js';
import { rejectGarbled, withEnvelope } from './garbled.js';
import { InboundHandler } from './inbound.js';
import { SessionLink, outside } from './link.js';
import { MessageStream, type StreamVisitor } from './message-stream.js';
import { Receiver } from './receiver.js';
import type { SessionMoment } from './schedule.js';
import type { SessionSettings } from './settings.js';
import { MSG_TYPE, TAG, isAdmin } from './tags.js';
import { HeldMessages } from './throttle.js';
import type { WriteBody } from './writer.js';

/** What outlives a connection and a process. */
export interface SessionState {
  readonly nextInSeqNum: number;
  readonly nextOutSeqNum: number;
  /** When the numbers last began again, UTC milliseconds: it tells whether they are of the period under way. 0: never. */
  readonly beganMs?: number;
}

export type SessionStatus = 'disconnected' | 'connected' | 'logonSent' | 'active' | 'loggingOut';

/**
 * One FIX session, pure: bytes and a clock reading in, actions out. No socket, timer or clock is inside; the caller drives it
 * from one thread, calls `tick` at least four times a second, and gives UTC nanoseconds. What a counterparty sends never
 * makes it throw.
 */
export class Session {
  readonly settings: SessionSettings;
  readonly #link: SessionLink;
  readonly #handler: InboundHandler;
  readonly #stream: MessageStream;
  readonly #visitor: StreamVisitor;
  /** What came beyond the rate of `throttleIn`, in order, with all that came behind it. */
  readonly #held: HeldMessages<{ readonly bytes: Uint8Array; readonly mayPass: boolean }> | undefined;
  /** An initiator's next Logon has ResetSeqNumFlag (141=Y), whatever the settings say: its numbers were reset by hand. */
  resetsNextLogon = false;
  #queued: FixBatch | undefined;
  /** The number expected when a message too long was skipped; 0: none was. */
  #tooLongAt = 0;

  /** `receiver` is shared by the sessions of a thread; without it the session reads by itself, in TypeScript. */
  constructor(settings: SessionSettings, dictionaries: Dictionaries, sent: SentMessages, receiver?: Receiver) {
    const { messageSizeMax } = settings;
    const own = receiver ?? new Receiver(new FixBatch(undefined, { messageSizeMax }));
    invariant(own.batch.messageSizeMax === messageSizeMax, 'a receiver takes messages as long as its sessions do');
    this.settings = settings;
    this.#link = new SessionLink(settings);
    this.#handler = new InboundHandler(this.#link, dictionaries, sent);
    this.#stream = new MessageStream(own);
    const { throttleIn, queuedBytesMax } = settings;
    if (throttleIn?.action === 'delay') this.#held = new HeldMessages(throttleIn, queuedBytesMax);
    this.#visitor = {
      message: message => this.#receive(message),
      garbled: (status, bytes) => this.#garbled(status, bytes),
      wanted: () => this.#isWanted,
    };
  }

  /** `FIX.4.4:US->THEM`. */
  get name(): string {
    return this.#link.name;
  }

  get state(): SessionStatus {
    const { connected, sentLogout, loggedOn, sentLogon } = this.#link;
    if (!connected) return 'disconnected';
    if (sentLogout) return 'loggingOut';
    if (loggedOn) return 'active';
    return sentLogon ? 'logonSent' : 'connected';
  }

  get nextInSeqNum(): number {
    return this.#link.numbers.nextIn;
  }

  get nextOutSeqNum(): number {
    return this.#link.numbers.nextOut;
  }

  /** When the numbers last began again, UTC milliseconds; 0: never. */
  get beganMs(): number {
    return this.#link.numbers.beganMs;
  }

  /** How a clock reading stands to the session's schedule. */
  momentOf(nowNs: bigint): SessionMoment {
    return this.#link.times.at(Number((nowNs + this.#link.utcOffsetNs) / 1_000_000n));
  }

  /** Set by a driver whose clock readings are not UTC: what is to be added to them for SendingTime, ns. */
  set utcOffsetNs(offsetNs: bigint) {
    this.#link.utcOffsetNs = offsetNs;
  }

  /** HeartBtInt in force, in milliseconds. */
  get heartBtIntMs(): number {
    return this.#link.heartbeats.intervalMs;
  }

  /** Milliseconds until the schedule lets the session log on; 0 = now. */
  opensInMs(nowNs: bigint): number {
    const { isOpen, startMs } = this.momentOf(nowNs);
    return isOpen ? 0 : startMs - Number((nowNs + this.#link.utcOffsetNs) / 1_000_000n);
  }

  /** The dictionary that explains the body of an application message; undefined when its version is not known. */
  dictionaryOf(message: FixMessage): FixDictionary | undefined {
    return this.#handler.check.applicationOf(message);
  }

  /** The dictionary of the session layer: headers, trailers, session-level messages. */
  get transportDictionary(): FixDictionary {
    return this.#handler.check.transport;
  }

  /** The connection is up. An initiator sends its Logon; outside its times it ends the connection. */
  connected(nowNs: bigint, actions: SessionActions): void {
    const link = this.#link;
    link.enter(nowNs, actions);
    link.open();
    link.turnPeriod();
    this.#forgetRead();
    link.event('connect', `${link.name} is connected`);
    if (this.settings.role === 'acceptor') return;
    if (link.moment.isOpen) this.#sendLogon();
    else link.disconnect(outside(link));
  }

  /** The connection is gone, whoever closed it. */
  disconnected(nowNs: bigint, actions: SessionActions): void {
    this.#link.enter(nowNs, actions);
    this.#forgetRead();
    if (!this.#link.connected) return;
    if (this.settings.resetOnDisconnect) this.#link.reset('ResetOnDisconnect');
    this.#link.clearConnection();
    this.#link.turnPeriod();
    this.#link.event('disconnect', 'the connection was lost');
  }

  /** Bytes as they came, cut anywhere. */
  receive(bytes: Uint8Array, nowNs: bigint, actions: SessionActions): void {
    this.#link.enter(nowNs, actions);
    this.#takeHeld();
    if (this.#link.connected) this.#stream.read(bytes, this.#visitor);
  }

  /** One message the caller has framed itself, instead of `receive`. */
  receiveMessage(message: FixMessage, nowNs: bigint, actions: SessionActions): void {
    this.#link.enter(nowNs, actions);
    if (this.#link.connected) this.#receive(message);
  }

  /** Time has passed: heartbeats, test requests, timeouts and boundaries of the schedule that are due. */
  tick(nowNs: bigint, actions: SessionActions): void {
    const link = this.#link;
    link.enter(nowNs, actions);
    link.turnPeriod();
    if (!link.connected) return;
    const { logonTimeoutSeconds, logoutTimeoutSeconds } = this.settings;
    if (!link.loggedOn && link.nowMs - link.connectedMs >= logonTimeoutSeconds * 1000)
      return link.disconnect('no Logon came in time');
    if (link.sentLogout && link.nowMs - link.logoutMs >= logoutTimeoutSeconds * 1000)
      return link.disconnect('no answer to our Logout came in time');
    this.#keepTimes();
    if (!link.connected) return;
    this.#takeHeld();
    if (!link.connected) return;
    link.releaseHeld();
    if (link.loggedOn) this.#keepAlive();
  }

  /**
   * Sends a message under the next MsgSeqNum and returns that; 0 for one that `throttleOut` refuses. While nobody is logged on an application message is `stored`
   * for the counterparty to ask for; where the next logon resets the numbers, nothing is done and 0 returned.
   */
  send(msgType: string, writeBody: WriteBody, nowNs: bigint, actions: SessionActions): number {
    const link = this.#link;
    link.enter(nowNs, actions);
    if (link.loggedOn && !link.sentLogout) return this.#sendWithinRate(msgType, writeBody);
    link.turnPeriod();
    if (isAdmin(msgType) || this.settings.resetOnLogon || this.settings.resetOnDisconnect) return 0;
    return link.transmit(msgType, writeBody, 'stored');
  }

  #sendWithinRate(msgType: string, writeBody: WriteBody): number {
    const link = this.#link;
    const { throttleOut } = link;
    link.releaseHeld();
    const isBounded = throttleOut !== undefined && throttleOut.settings.action !== 'delay' && !isAdmin(msgType);
    if (!isBounded || throttleOut.tryTake(msgType, link.nowMs)) return link.transmit(msgType, writeBody);
    if (throttleOut.settings.action === 'reject') {
      link.throttled('rejected');
      return 0;
    }
    link.throttled('disconnected');
    link.logout(throttleOut.words);
    link.disconnect(throttleOut.words);
    return 0;
  }

  /** Whether an answer to a ResendRequest is under way: messages sent meanwhile must follow it on the wire. */
  get isResending(): boolean {
    return this.#link.answering !== undefined;
  }

  /** Sends the next slice of the answer to a ResendRequest; called when the peer has taken the last one. */
  resume(nowNs: bigint, actions: SessionActions): void {
    this.#link.enter(nowNs, actions);
    this.#handler.resumeAnswer();
  }

  /** Begins the logout handshake; the answer, or the lack of one, ends the connection. */
  logout(text: string, nowNs: bigint, actions: SessionActions): void {
    this.#link.enter(nowNs, actions);
    if (this.#link.loggedOn && !this.#link.sentLogout) this.#link.logout(text);
    else if (!this.#link.sentLogout) this.#link.disconnect(text);
  }

  /** Ends the connection behind a Logout, without waiting for its answer. Numbers may be set by `foldReset` then. */
  cut(text: string, nowNs: bigint, actions: SessionActions): void {
    const link = this.#link;
    link.enter(nowNs, actions);
    if (link.loggedOn && !link.sentLogout) link.logout(text);
    link.disconnect(text);
  }

  /** Sends messages again as a ResendRequest for them would have it, by the same rules. False while an answer is under way, or nobody is logged on. */
  replay(beginSeqNo: number, endSeqNo: number, nowNs: bigint, actions: SessionActions): boolean {
    this.#link.enter(nowNs, actions);
    if (this.state !== 'active' || this.isResending) return false;
    this.#handler.replay(beginSeqNo, endSeqNo);
    return true;
  }

  /** How old the message in hand is by its SendingTime, in ms of both sides' clocks; NaN where that was not read. Asked once a message. */
  takeAgeMs(): number {
    return this.#link.takeAgeMs();
  }

  /** Restores the number an inbound frame took (0: none), from the ledger. */
  foldInbound(msgSeqNum: number): void {
    this.#link.numbers.foldInbound(msgSeqNum);
  }

  foldOutbound(msgSeqNum: number): void {
    this.#link.numbers.foldOutbound(msgSeqNum);
  }

  /** `beganMs`: when the numbers began, where that changed too. */
  foldReset(nextInSeqNum: number, nextOutSeqNum: number, beganMs?: number): void {
    this.#link.numbers.foldReset(nextInSeqNum, nextOutSeqNum, beganMs);
  }

  save(): SessionState {
    return { nextInSeqNum: this.nextInSeqNum, nextOutSeqNum: this.nextOutSeqNum, beganMs: this.beganMs };
  }

  restore(state: SessionState): void {
    this.foldReset(state.nextInSeqNum, state.nextOutSeqNum, state.beganMs);
  }

  #sendLogon(): void {
    const link = this.#link;
    const { resetOnLogon, heartBtIntSeconds, username, password, beginString, schedule } = this.settings;
    const { defaultApplVerID, enableNextExpectedMsgSeqNum } = this.settings;
    const resets = resetOnLogon || this.resetsNextLogon;
    const { nextIn, nextOut } = link.numbers;
    // ResetSeqTime: a counterparty whose schedule does not have it learns of it by the flag.
    const isFirst = schedule.resetSeqTime !== undefined && nextIn === 1 && nextOut === 1;
    if (resets) link.reset(resetOnLogon ? 'ResetOnLogon' : 'reset by hand');
    link.sentLogon = true;
    link.sentReset = (resets || isFirst) && beginString !== 'FIX.4.0';
    link.transmit(MSG_TYPE.Logon, encoder => {
      encoder.field(TAG.EncryptMethod, 0).field(TAG.HeartBtInt, heartBtIntSeconds);
      if (link.sentReset) encoder.field(TAG.ResetSeqNumFlag, 'Y');
      if (username !== undefined) encoder.field(TAG.Username, username);
      if (password !== undefined) encoder.field(TAG.Password, password);
      if (enableNextExpectedMsgSeqNum) encoder.field(TAG.NextExpectedMsgSeqNum, link.numbers.nextIn);
      if (defaultApplVerID !== undefined) encoder.field(TAG.DefaultApplVerID, applVerIdOf(defaultApplVerID) ?? '');
    });
  }

  /**
   * A logon that stands at the end of its period ends with it. At ResetSeqTime an initiator logs out and on again; an acceptor leaves that to
   * its counterparty, and its numbers begin again when the connection ends.
   */
  #keepTimes(): void {
    const link = this.#link;
    if (!link.sentLogon || link.sentLogout) return;
    const { isOpen, periodMs, numbersMs } = link.moment;
    const { beganMs } = link.numbers;
    const over = beganMs < periodMs || (this.settings.role === 'initiator' && beganMs < numbersMs);
    if (isOpen && !over) return;
    const text = isOpen ? `a new period begins: ${link.times.describe()}` : outside(link);
    if (link.loggedOn) link.logout(text);
    else link.disconnect(text);
  }

  #keepAlive(): void {
    const link = this.#link;
    const due = link.heartbeats.due(link.nowMs);
    if (due === 'timedOut') link.disconnect('nothing was heard for 2.4 heartbeat intervals');
    else if (due === 'testRequest')
      link.transmit(MSG_TYPE.TestRequest, encoder => encoder.field(TAG.TestReqID, 'TEST'));
    else if (due === 'heartbeat') link.transmit(MSG_TYPE.Heartbeat, () => {});
    if (due !== 'timedOut') this.#handler.gaps.askAgain();
  }

  #garbled(status: number, bytes: Uint8Array): void {
    const link = this.#link;
    const { validateLength, validateChecksum } = this.settings;
    const isTold = status === STATUS.badCheckSum.code || status === STATUS.badBodyLength.code;
    if (isTold && !(validateLength && validateChecksum) && this.#receiveEnveloped(bytes)) return;
    const reason = STATUS[statusName(status)].text;
    link.event('garbled', reason);
    if (!link.receivedLogon) return link.disconnect(`garbled before the logon: ${reason}`);
    if (status === STATUS.tooLong.code) this.#tooLong();
    else if (this.settings.rejectGarbledMessage && rejectGarbled(link, bytes)) this.#drainQueue();
  }

  /** Takes a message in spite of its BodyLength or CheckSum; the caller sees it with the right ones. Returns whether it could be read. */
  #receiveEnveloped(bytes: Uint8Array): boolean {
    const enveloped = withEnvelope(bytes, this.settings);
    if (enveloped === undefined) return false;
    const batch = this.#queuedBatch();
    if (batch.scan(enveloped, 0, enveloped.length) !== 1 || batch.statusOf(0) !== STATUS.ok.code) return false;
    this.#receive(batch.select(0));
    return true;
  }

  #queuedBatch(): FixBatch {
    return (this.#queued ??= new FixBatch(undefined, { messageSizeMax: this.settings.messageSizeMax }));
  }

  /** The resend brought it again: asking for it once more would go on for ever. */
  #tooLong(): void {
    const { numbers, sentLogout } = this.#link;
    const isAgain = this.#tooLongAt === numbers.nextIn;
    this.#tooLongAt = numbers.nextIn;
    if (isAgain && !sentLogout)
      this.#link.logout(
        `message ${numbers.nextIn} is longer than the ${this.settings.messageSizeMax} bytes allowed here`,
      );
  }

  get #isWanted(): boolean {
    const { connected, actions } = this.#link;
    return connected && (actions.wanted?.() ?? true);
  }

  #receive(message: FixMessage): void {
    this.#link.heartbeats.received(this.#link.nowMs);
    if (this.#mustWait(message)) return this.#hold(message);
    this.#handler.handle(message);
    this.#drainQueue();
  }

  /** Beyond the rate, or behind what is: messages take effect in order. Nothing waits before the logon. */
  #mustWait(message: FixMessage): boolean {
    const { throttleIn, loggedOn, nowMs } = this.#link;
    if (this.#held === undefined || !loggedOn) return false;
    const { msgType } = message;
    return this.#held.size > 0 || (!isAdmin(msgType) && throttleIn?.tryTake(msgType, nowMs) === false);
  }

  #hold(message: FixMessage): void {
    const link = this.#link;
    const words = link.throttleIn?.words ?? '';
    const bytes = message.bytes.slice(message.start, message.end);
    if (this.#held?.size === 0) link.event('throttle', `messages wait: ${words}`);
    if (this.#held?.tryPut({ bytes, mayPass: isAdmin(message.msgType) })) return link.throttled('delayed');
    link.throttled('disconnected');
    link.logout(words);
    link.disconnect(`${words}, and no more may wait`);
  }

  /** Takes what waited for its rate and has it now. */
  #takeHeld(): void {
    const { throttleIn } = this.#link;
    for (let first = this.#held?.first; first !== undefined && this.#isWanted; first = this.#held?.first) {
      const batch = this.#queuedBatch();
      batch.scan(first.bytes, 0, first.bytes.length);
      const message = batch.select(0);
      if (!first.mayPass && throttleIn?.tryTake(message.msgType, this.#link.nowMs) === false) return;
      this.#held?.dropFirst();
      this.#handler.handleHeld(message);
      this.#drainQueue();
    }
  }

  #forgetRead(): void {
    this.#stream.clear();
    this.#held?.clear();
  }

  #drainQueue(): void {
    const { queue, numbers } = this.#link;
    while (queue.size > 0 && this.#isWanted) {
      const bytes = queue.take(numbers.nextIn);
      if (bytes === undefined) break;
      const batch = this.#queuedBatch();
      batch.scan(bytes, 0, bytes.length);
      this.#handler.handleQueued(batch.select(0));
    }
    this.#handler.gaps.goOn();
  }
}
