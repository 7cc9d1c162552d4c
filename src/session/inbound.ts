import {
  Int64Cell,
  REJECT_REASON,
  REJECT_TEXT,
  parseUtcTimestamp,
  type Dictionaries,
  type FixMessage,
} from '../codec/index.js';
import { STATUS } from '../model/index.js';
import type { SentMessages } from './actions.js';
import { GapRequests } from './gap-requests.js';
import { InboundCheck } from './inbound-check.js';
import { outside, type SessionLink } from './link.js';
import { BUSINESS_REASON, businessReject, reject, throttleReject } from './rejects.js';
import { Resender } from './resend.js';
import { isBefore42, type SessionSettings } from './settings.js';
import { MSG_TYPE, TAG, isAdmin } from './tags.js';

/** Numbers are kept as 32-bit integers; no session counts to this in its life, so a larger one is a mistake or an attack. */
const SEQ_NUM_MAX = 2 ** 31 - 1;
const INCORRECT_BEGIN_STRING = 'Incorrect BeginString';

/** Which sequence checks a message must pass before it takes effect. */
interface SequenceChecks {
  readonly tooHigh: boolean;
  readonly tooLow: boolean;
}
const IN_SEQUENCE: SequenceChecks = { tooHigh: true, tooLow: true };
const NOT_TOO_LOW: SequenceChecks = { tooHigh: false, tooLow: true };
const UNCHECKED: SequenceChecks = { tooHigh: false, tooLow: false };

/** FIX Latest, 10, among them. */
function unservedVersion(logon: FixMessage): string {
  const given = logon.textOf(TAG.DefaultApplVerID);
  const served = '2 (FIX 4.0) to 9 (FIX 5.0 SP2) are';
  return given === undefined
    ? 'Logon without DefaultApplVerID (1137)'
    : `Logon with DefaultApplVerID (1137) ${given}, which is not served; ${served}`;
}

/** What the standard makes of each message received, after framing. One for each session. */
export class InboundHandler {
  readonly check: InboundCheck;
  readonly gaps: GapRequests;
  readonly #resender: Resender;
  readonly #time = new Int64Cell();
  /** Whether the message under way waited behind a gap. */
  #isQueued = false;

  constructor(
    private readonly link: SessionLink,
    dictionaries: Dictionaries,
    sent: SentMessages,
  ) {
    this.check = new InboundCheck(link.settings, dictionaries);
    this.gaps = new GapRequests(link);
    this.#resender = new Resender(link, sent);
  }

  handle(message: FixMessage): void {
    this.link.ageMs = NaN;
    const msgType = message.msgType;
    if (!message.equals(0, this.link.settings.beginString)) return this.#wrongBeginString(message, msgType);
    if (!message.has(TAG.MsgSeqNum)) return this.#unnumbered();
    if (!message.has(TAG.SenderCompID)) return this.#missing(message, TAG.SenderCompID);
    if (!message.has(TAG.TargetCompID)) return this.#missing(message, TAG.TargetCompID);
    if (msgType === MSG_TYPE.Logon && !this.check.learnDefault(message))
      return this.link.disconnect(unservedVersion(message));
    const reason = this.check.check(message, msgType);
    if (reason !== REJECT_REASON.none)
      return reject(this.link, message, reason, reason === REJECT_REASON.invalidMsgType ? undefined : this.check.tag);
    this.#dispatch(message, msgType);
  }

  /** A message whose turn has come. A queued Logon or ResendRequest was answered when it came; it only takes its number. */
  handleQueued(message: FixMessage): void {
    const msgType = message.msgType;
    if (msgType === MSG_TYPE.Logon || msgType === MSG_TYPE.ResendRequest)
      return void this.link.take(message, message.integerOf(TAG.MsgSeqNum));
    this.handleHeld(message);
  }

  /** A message that waited for its rate: it was in time when it came. */
  handleHeld(message: FixMessage): void {
    this.#isQueued = true;
    try {
      this.handle(message);
    } finally {
      this.#isQueued = false;
    }
  }

  /** Sends the next slice of the answer to a ResendRequest that is under way. */
  resumeAnswer(): void {
    this.#resender.resume();
  }

  /** Answers as if the counterparty had asked for these. */
  replay(beginSeqNo: number, endSeqNo: number): void {
    this.#resender.answer(beginSeqNo, endSeqNo);
  }

  #dispatch(message: FixMessage, msgType: string): void {
    if (msgType === MSG_TYPE.Logon) this.#logon(message);
    else if (msgType === MSG_TYPE.Heartbeat) this.#heartbeat(message);
    else if (msgType === MSG_TYPE.TestRequest) this.#testRequest(message);
    else if (msgType === MSG_TYPE.ResendRequest) this.#resendRequest(message);
    else if (msgType === MSG_TYPE.SequenceReset) this.#sequenceReset(message);
    else if (msgType === MSG_TYPE.Reject) this.#rejected(message);
    else if (msgType === MSG_TYPE.Logout) this.#logout(message);
    else this.#application(message);
  }

  #logon(message: FixMessage): void {
    const { link } = this;
    const { role, resetOnLogon } = link.settings;
    link.turnPeriod();
    const resetAsked = message.textOf(TAG.ResetSeqNumFlag) === 'Y';
    if (link.receivedLogon && !resetAsked && !link.sentReset) return link.disconnect('a second Logon');
    const resetNow = (resetAsked && !link.sentReset) || (role === 'acceptor' && resetOnLogon);
    if (!this.#passesHeader(message)) return;
    if (!link.receivedLogon && role === 'acceptor' && !link.moment.isOpen) return this.#refuseLogon(outside(link));
    const msgSeqNum = message.integerOf(TAG.MsgSeqNum);
    const expected = resetNow ? 1 : link.numbers.nextIn;
    if (msgSeqNum < expected) return this.#tooLow(message, msgSeqNum, expected);
    const fault = logonFault(message, link.settings, resetNow ? 1 : link.numbers.nextOut);
    if (fault !== '') return this.#refuseLogon(fault);
    link.defaultApplVerID = this.check.defaultApplVerID;
    if (resetNow) link.reset(resetAsked ? 'Logon with ResetSeqNumFlag' : 'ResetOnLogon');
    link.receivedLogon = true;
    link.take(message, msgSeqNum);
    const sentLast = link.numbers.nextOut - 1;
    this.#answerLogon(message, resetAsked);
    link.sentReset = false;
    link.event('logon', `${link.name} is logged on`);
    this.#synchronize(message, sentLast);
  }

  // Each side's NextExpectedMsgSeqNum stands for the ResendRequest it would have sent.
  #synchronize(logon: FixMessage, sentLast: number): void {
    const { link } = this;
    const msgSeqNum = logon.integerOf(TAG.MsgSeqNum);
    const nextExpected = link.settings.enableNextExpectedMsgSeqNum ? logon.integerOf(TAG.NextExpectedMsgSeqNum) : NaN;
    if (nextExpected <= sentLast) this.#resender.answer(nextExpected, 0);
    if (msgSeqNum <= link.numbers.nextIn) return;
    if (!(nextExpected > 0)) return this.#tooHigh(logon, msgSeqNum);
    this.#keep(logon, msgSeqNum);
    this.gaps.promised(msgSeqNum - 1);
  }

  /** Numbers that every logon resets are reset by this one too, so that the Logout is the first message. */
  #refuseLogon(text: string): void {
    const { link } = this;
    if (link.settings.role === 'acceptor' && link.settings.resetOnLogon) link.reset('ResetOnLogon');
    link.logout(text);
    link.disconnect(text);
  }

  // The standard asks for a Logout and the end: without a number the message has no place.
  #unnumbered(): void {
    const { link } = this;
    const text = 'Received message without MsgSeqNum';
    if (link.loggedOn && !link.sentLogout) link.logout(text);
    link.disconnect(text);
  }

  #answerLogon(message: FixMessage, resetAsked: boolean): void {
    const { link } = this;
    const isAnswer = link.settings.role === 'initiator' && !(resetAsked && !link.sentReset);
    const heartBtInt = message.integerOf(TAG.HeartBtInt);
    const seconds = isAnswer || !(heartBtInt >= 0) ? link.settings.heartBtIntSeconds : heartBtInt;
    link.heartbeats.start(link.nowMs, seconds * 1000);
    if (isAnswer) return;
    link.sentLogon = true;
    link.transmit(MSG_TYPE.Logon, encoder => {
      encoder.field(TAG.EncryptMethod, 0).field(TAG.HeartBtInt, seconds);
      if (resetAsked) encoder.field(TAG.ResetSeqNumFlag, 'Y');
      if (link.settings.enableNextExpectedMsgSeqNum) encoder.field(TAG.NextExpectedMsgSeqNum, link.numbers.nextIn);
      if (link.defaultApplVerID !== undefined) encoder.field(TAG.DefaultApplVerID, link.defaultApplVerID);
    });
  }

  #heartbeat(message: FixMessage): void {
    if (this.#verify(message, IN_SEQUENCE)) this.link.take(message, this.link.numbers.nextIn);
  }

  #testRequest(message: FixMessage): void {
    if (!this.#verify(message, IN_SEQUENCE)) return;
    this.link.take(message, this.link.numbers.nextIn);
    const testReqID = message.textOf(TAG.TestReqID) ?? '';
    this.link.transmit(MSG_TYPE.Heartbeat, encoder => encoder.field(TAG.TestReqID, testReqID));
  }

  // Answered whatever its number: were it kept back behind a gap, two sides could wait for each other for ever.
  #resendRequest(message: FixMessage): void {
    if (!this.#verify(message, UNCHECKED)) return;
    const { link } = this;
    const msgSeqNum = message.integerOf(TAG.MsgSeqNum);
    const [begin, end] = [message.integerOf(TAG.BeginSeqNo), message.integerOf(TAG.EndSeqNo)];
    if (!(begin >= 0 && end >= 0)) return reject(link, message, REJECT_REASON.valueIsIncorrect, TAG.BeginSeqNo);
    link.take(message, msgSeqNum);
    if (msgSeqNum > link.numbers.nextIn) this.#keep(message, msgSeqNum);
    this.#resender.answer(begin, end);
  }

  #sequenceReset(message: FixMessage): void {
    const { link } = this;
    const gapFill = message.textOf(TAG.GapFillFlag) === 'Y';
    if (!this.#verify(message, gapFill ? IN_SEQUENCE : UNCHECKED)) return;
    const newSeqNo = message.integerOf(TAG.NewSeqNo);
    if (!(newSeqNo >= link.numbers.nextIn && newSeqNo <= SEQ_NUM_MAX))
      return reject(link, message, REJECT_REASON.valueIsIncorrect);
    link.take(message, 0);
    if (newSeqNo === link.numbers.nextIn) return;
    link.moveNumbers(newSeqNo, link.numbers.nextOut, gapFill);
    this.#tellPassedOver(link.queue.dropBelow(newSeqNo), newSeqNo);
    link.event('gap', `SequenceReset: next message is ${newSeqNo}`);
    this.gaps.passedOver();
  }

  /** They came once, ahead of their turn, and the counterparty now says that nothing of them is to be taken. */
  #tellPassedOver(numbers: readonly number[], newSeqNo: number): void {
    if (numbers.length === 0) return;
    this.link.actions.passedOver?.(numbers.length);
    const which =
      numbers.length === 1
        ? `message ${numbers[0]}`
        : `${numbers.length} messages, ${numbers[0]} to ${numbers.at(-1)},`;
    const words = `${which} that waited behind a gap: they are not taken; ask the counterparty what became of them`;
    this.link.event('warning', `SequenceReset to ${newSeqNo} passes over ${words}`);
  }

  #rejected(message: FixMessage): void {
    if (!this.#verify(message, NOT_TOO_LOW)) return;
    this.link.take(message, message.integerOf(TAG.MsgSeqNum));
    this.link.event('warning', `Reject received: ${message.textOf(TAG.Text) ?? ''}`);
    this.link.actions.rejected?.(message);
  }

  #logout(message: FixMessage): void {
    const { link } = this;
    if (!this.#verify(message, UNCHECKED)) return;
    link.take(message, message.integerOf(TAG.MsgSeqNum));
    link.event('logout', `${link.sentLogout ? 'Logout answered' : 'Logout'}: ${message.textOf(TAG.Text) ?? ''}`);
    if (!link.sentLogout) link.logout('');
    if (link.settings.resetOnLogout) link.reset('ResetOnLogout');
    link.disconnect('logged out');
  }

  #application(message: FixMessage): void {
    if (!this.#verify(message, IN_SEQUENCE)) return;
    const { link } = this;
    const { throttleIn } = link;
    const msgSeqNum = link.numbers.nextIn;
    // What is delayed was counted when it came.
    const isRefused = !(
      throttleIn?.settings.action === 'delay' || throttleIn?.tryTake(message.msgType, link.nowMs) !== false
    );
    if (isRefused && throttleIn?.settings.action === 'disconnect') return this.#tooFast(throttleIn.words);
    link.take(message, msgSeqNum);
    if (isRefused) return this.#refuseTooFast(message, throttleIn?.words ?? '');
    if (link.actions.application(message, msgSeqNum) === 'unsupportedMessageType')
      businessReject(link, message, BUSINESS_REASON.unsupportedMessageType);
  }

  /** It takes no number: the counterparty resends it after its next Logon, by then within its rate. */
  #tooFast(text: string): void {
    this.link.throttled('disconnected');
    this.link.logout(text);
    this.link.disconnect(text);
  }

  #refuseTooFast(message: FixMessage, text: string): void {
    throttleReject(this.link, message, text);
    this.link.throttled('rejected');
  }

  // Checks in the standard's order: state, SendingTime, CompIDs, MsgSeqNum. True when the message may take effect.
  #verify(message: FixMessage, checks: SequenceChecks): boolean {
    const { link } = this;
    if (!this.#inState(message.msgType)) {
      link.disconnect(`35=${message.msgType} before the logon`);
      return false;
    }
    if (!this.#passesHeader(message)) return false;
    const msgSeqNum = message.integerOf(TAG.MsgSeqNum);
    const { nextIn } = link.numbers;
    if (checks.tooHigh && msgSeqNum > nextIn) this.#tooHigh(message, msgSeqNum);
    else if (checks.tooLow && msgSeqNum < nextIn) this.#tooLow(message, msgSeqNum, nextIn);
    else return true;
    return false;
  }

  #inState(msgType: string): boolean {
    const { link } = this;
    if (link.receivedLogon || msgType === MSG_TYPE.SequenceReset || msgType === MSG_TYPE.Reject)
      return link.receivedLogon || link.sentLogon;
    return (msgType === MSG_TYPE.Logout && link.sentLogon) || link.sentLogout;
  }

  #passesHeader(message: FixMessage): boolean {
    const { link } = this;
    const msgSeqNum = message.integerOf(TAG.MsgSeqNum);
    if (!(msgSeqNum >= 0)) {
      link.disconnect('a message without MsgSeqNum (34)');
      return false;
    }
    if (msgSeqNum > SEQ_NUM_MAX) {
      reject(link, message, REJECT_REASON.valueIsIncorrect, TAG.MsgSeqNum);
      return false;
    }
    if (!this.#timely(message)) return this.#refuse(message, REJECT_REASON.sendingTimeAccuracyProblem);
    return this.#named(message) || this.#refuse(message, REJECT_REASON.compIdProblem);
  }

  #refuse(message: FixMessage, reason: number): false {
    reject(this.link, message, reason);
    if (this.link.connected) this.link.logout('');
    return false;
  }

  #timely(message: FixMessage): boolean {
    const { maxLatencySeconds } = this.link.settings;
    // What waited was in time when it came.
    if (maxLatencySeconds === 0 || this.#isQueued) return true;
    const index = message.find(TAG.SendingTime);
    if (index < 0) return false;
    const sentMs = this.#timeOf(message, index);
    this.link.ageMs = Number(this.link.utcNs / 1_000_000n) - sentMs;
    return Math.abs(this.link.ageMs) <= maxLatencySeconds * 1000;
  }

  // Milliseconds, as a float: exact to a microsecond, NaN when the field is no time.
  #timeOf(message: FixMessage, index: number): number {
    const [start, end] = [message.valueStartAt(index), message.valueEndAt(index)];
    if (parseUtcTimestamp(message.bytes, start, end, this.#time) !== STATUS.ok.code) return NaN;
    return (this.#time.high * 4_294_967_296 + this.#time.low) / 1e6;
  }

  #named(message: FixMessage): boolean {
    const { senderCompID, targetCompID, checkCompID } = this.link.settings;
    if (!checkCompID) return true;
    return (
      message.equals(message.find(TAG.SenderCompID), targetCompID) &&
      message.equals(message.find(TAG.TargetCompID), senderCompID)
    );
  }

  #keep(message: FixMessage, msgSeqNum: number): void {
    if (!this.link.queue.tryPut(msgSeqNum, message.bytes.subarray(message.start, message.end)))
      this.link.event(
        'warning',
        `the queue behind the gap is full at ${this.link.queue.size}: ${msgSeqNum} is dropped`,
      );
  }

  #tooHigh(message: FixMessage, msgSeqNum: number): void {
    this.#keep(message, msgSeqNum);
    this.gaps.found(message, msgSeqNum);
  }

  // A possible duplicate already taken is passed over; without PossDupFlag the two sides have lost each other.
  #tooLow(message: FixMessage, msgSeqNum: number, expected: number): void {
    const { link } = this;
    if (message.textOf(TAG.PossDupFlag) === 'Y') return this.#possibleDuplicate(message);
    const text = `MsgSeqNum too low, expecting ${expected} but received ${msgSeqNum}`;
    link.logout(text);
    link.disconnect(text);
  }

  #possibleDuplicate(message: FixMessage): void {
    if (message.msgType === MSG_TYPE.SequenceReset) return;
    const index = message.find(TAG.OrigSendingTime);
    if (index < 0 && !this.link.settings.requiresOrigSendingTime) return;
    if (index < 0) return reject(this.link, message, REJECT_REASON.requiredTagMissing, TAG.OrigSendingTime);
    const sentMs = this.#timeOf(message, message.find(TAG.SendingTime));
    if (this.#timeOf(message, index) > sentMs) this.#refuse(message, REJECT_REASON.sendingTimeAccuracyProblem);
  }

  #wrongBeginString(message: FixMessage, msgType: string): void {
    const { link } = this;
    if (msgType === MSG_TYPE.Logout && link.sentLogon) return this.#logout(message);
    if (!link.loggedOn) return link.disconnect(`BeginString ${message.beginString}`);
    const isTaken = link.take(message, message.integerOf(TAG.MsgSeqNum));
    link.logout(INCORRECT_BEGIN_STRING);
    if (isTaken) link.actions.refused?.(message, INCORRECT_BEGIN_STRING);
  }

  #missing(message: FixMessage, tag: number): void {
    const { link } = this;
    if (isAdmin(message.msgType) || isBefore42(link.settings.beginString) || !link.receivedLogon)
      return reject(link, message, REJECT_REASON.requiredTagMissing, tag);
    const isTaken = link.take(message, message.integerOf(TAG.MsgSeqNum));
    businessReject(link, message, BUSINESS_REASON.conditionallyRequiredFieldMissing, tag);
    if (isTaken) link.actions.refused?.(message, `${REJECT_TEXT[REJECT_REASON.requiredTagMissing]} (${tag})`);
  }
}

/** Why a Logon in sequence is refused with a Logout; '' when it is not. `nextOut` is our next number, after a reset it asks for. */
function logonFault(logon: FixMessage, settings: SessionSettings, nextOut: number): string {
  if (logon.integerOf(TAG.HeartBtInt) < 0) return 'HeartBtInt must not be negative';
  const nextExpected = settings.enableNextExpectedMsgSeqNum ? logon.integerOf(TAG.NextExpectedMsgSeqNum) : NaN;
  if (nextExpected < 1) return `NextExpectedMsgSeqNum (789) must be at least 1 but is ${nextExpected}`;
  if (!(nextExpected > nextOut)) return '';
  return `NextExpectedMsgSeqNum (789) too high, expecting ${nextOut} but received ${nextExpected}`;
}
