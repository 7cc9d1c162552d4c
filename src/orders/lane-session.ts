import type { FixDictionary, FixEncoder, FixMessage } from '../codec/index.js';
import { FRAME_TYPE, TOPICS } from '../model/index.js';
import type {
  ApplicationVerdict,
  OutboundKind,
  SentMessages,
  Session,
  SessionActions,
  ThrottleOutcome,
} from '../session/index.js';
import { systemNowNs, type TextLog, type Transport } from '../trading/index.js';
import { ApplicationVersion, type VersionedBody } from './application-version.js';
import type { LedgerGroup } from './ledger-group.js';
import { isCopied, type SessionCopies } from './drop-copy.js';
import type { CancelOnDisconnect, CopiedMessages, PassedOn } from './lane-options.js';
import { SESSION_MSG_TYPE, msgTypeByte } from './msg-type.js';
import type { OperatedSession } from './operator-frame.js';
import { Outbox } from './outbox.js';
import { PROGRAM_COMP_ID } from './program-session.js';
import { ReserveUse } from './reserve-use.js';
import { SessionCounts } from './session-counts.js';
import { SESSION_FRAME } from './session-frame.js';
import type { SavedSession } from './snapshot.js';
import type { SentIndex } from './sent-index.js';
import type { Gap } from './unsent-desk.js';

const RESEND_REQUEST = '2';
const DROP_COPY = TOPICS.indexOf('drop-copy');

/** A message that a ResendRequest asks for. */
export interface SentMessage {
  readonly message: FixMessage;
  readonly msgSeqNum: number;
  readonly timeNs: bigint;
}

/** What the lane does with what a session hands it. */
export interface LaneApplication {
  application(from: LaneSession, message: FixMessage): ApplicationVerdict;
  mayResend(from: LaneSession, sent: SentMessage): boolean;
  /** A ResendRequest comes: what was sent before it in the same batch must be readable from the ledger. */
  beforeResend(): void;
  reset(from: LaneSession): void;
  /** A Reject (3) came. */
  rejected(from: LaneSession, message: FixMessage): void;
  /** A message took its number and was refused by the session itself: it does not come to `application`. */
  refused(from: LaneSession, message: FixMessage, reason: string): void;
  /** Whether another message of it is to be read. */
  wanted(from: LaneSession): boolean;
  /** The group in hand answered a ResendRequest by passing over these numbers. */
  gapFilled(from: LaneSession, gaps: readonly Gap[]): void;
  event(from: LaneSession, kind: string, text: string): void;
  throttled(from: LaneSession, outcome: ThrottleOutcome): void;
  passedOver(from: LaneSession, count: number): void;
}

/** An order on its way to the venue: set while its message is encoded, so that the outbox can hold its approval beside it. */
export interface OrderInHand {
  readonly approvedBy: number;
  readonly slot: number;
  readonly msgType: string;
}

/**
 * One FIX session as the lane keeps it: the pure session, its connection if there is one, and the bytes that wait for their frames.
 * Its numbers are a fold of the ledger: an inbound frame that is next counts one, an outbound frame sets the following number, and
 * whatever else moves them (a reset, a gap fill, a new period of the schedule) is written as a session frame when the group ends.
 */
export class LaneSession implements SessionActions, OperatedSession {
  readonly index: number;
  readonly name: string;
  /** Account (1) of orders that carry none. */
  readonly defaultAccount: string | undefined;
  /** The config no longer names it: nobody logs on, and reports of its orders are stored for the day it does again. */
  readonly isDormant: boolean;
  readonly cancelOnDisconnect: CancelOnDisconnect | undefined;
  readonly passesOn: PassedOn;
  /** Copies of its messages for other sessions; one that gets such takes no requests. */
  copies: SessionCopies | undefined;
  textLog: TextLog | undefined;
  isForCopies = false;
  /** What of its messages is on the topic `drop-copy` too. */
  copiedToTopic: CopiedMessages | undefined;
  /** A peer that leaves more than this unread is disconnected. */
  readonly bufferedBytesMax: number;
  /** The counterparty ended the session by a Logout of its own, and has not logged on since. A fold of the ledger. */
  loggedOut = false;
  /** Of the session's open orders those before this ledger sequence are to be cancelled, as it left; 0: none are. A fold of the ledger. */
  cancelBefore = 0;
  /** Of this very process: no connection may log on as it. */
  readonly isProgram: boolean;
  /** Its orders do not go to the venue: it serves a trading system of its own, and reports of them come from it. */
  readonly isDirect: boolean;
  readonly session: Session;
  /** Of what it is sent and sends. */
  readonly version: ApplicationVersion;
  readonly sent: SentIndex;
  /** What it sent, read back from the ledger. */
  readonly messages: SentMessages;
  outbox = new Outbox();
  /** What is sent while an answer to a ResendRequest is under way: it follows that answer. */
  behind = new Outbox();
  transport: Transport | undefined;
  closing: string | undefined;
  orderInHand: OrderInHand | undefined;
  /** Ledger sequence of the inbound message in hand. */
  inboundSequence = 0;
  /** Set when a reset made unreported orders unknown: the session frame of this group says so. */
  ordersUnknown = false;
  readonly reserveUse = new ReserveUse();
  received = 0;
  transmitted = 0;
  readonly counts = new SessionCounts();
  #isEnabled = true;
  #gaps: Gap[] = [];
  #foldedIn = 1;
  #foldedOut = 1;
  /** The last Logout was ours: the counterparty's only answers it. */
  #sentLogout = false;
  #foldedBeganMs = 0;
  readonly #group: LedgerGroup;
  readonly #application: LaneApplication;

  constructor(parts: {
    index: number;
    name: string;
    defaultAccount: string | undefined;
    isDormant: boolean;
    cancelOnDisconnect: CancelOnDisconnect | undefined;
    passesOn: PassedOn;
    bufferedBytesMax: number;
    session: Session;
    dictionary: FixDictionary;
    sent: SentIndex;
    messages: SentMessages;
    group: LedgerGroup;
    application: LaneApplication;
  }) {
    this.index = parts.index;
    this.name = parts.name;
    this.defaultAccount = parts.defaultAccount;
    this.isDormant = parts.isDormant;
    this.cancelOnDisconnect = parts.cancelOnDisconnect;
    this.passesOn = parts.passesOn;
    this.bufferedBytesMax = parts.bufferedBytesMax;
    const { targetCompID } = parts.session.settings;
    this.isDirect = targetCompID === PROGRAM_COMP_ID.direct;
    this.isProgram = this.isDirect || targetCompID === PROGRAM_COMP_ID.toVenue;
    this.session = parts.session;
    this.version = new ApplicationVersion(parts.dictionary);
    this.sent = parts.sent;
    this.messages = parts.messages;
    this.#group = parts.group;
    this.#application = parts.application;
  }

  /** Sends a message of our own, written in the session's version. Returns its MsgSeqNum. */
  tell(msgType: string, write: (body: VersionedBody) => void, nowNs: bigint): number {
    const body = (encoder: FixEncoder): void => write(this.version.body(encoder, msgType));
    return this.session.send(msgType, body, nowNs, this);
  }

  /** ExecID (17) of a report of our own, by the ledger sequence of its frame; in FIX.4.0 it is a number. */
  execIdOf(instanceId: string, sequence: number): string {
    const execId = `${instanceId}-${sequence}`;
    return this.version.takes(17, execId) ? execId : String(sequence);
  }

  inbound(message: FixMessage): void {
    this.endGroup();
    if (message.msgType === RESEND_REQUEST) this.#application.beforeResend();
    this.received++;
    this.counts.received(message.msgType, this.session.takeAgeMs());
    const bytes = message.bytes.subarray(message.start, message.end);
    const msgType = msgTypeByte(bytes);
    const topic = this.#topicOf(msgType);
    this.inboundSequence = this.#group.add({ type: FRAME_TYPE.inbound, topic, source: this.index }, bytes);
    this.textLog?.message(systemNowNs(), bytes);
    this.foldInbound(message.integerOf(34), msgType);
  }

  application(message: FixMessage): ApplicationVerdict {
    return this.#application.application(this, message);
  }

  outbound(bytes: Uint8Array, msgSeqNum: number, kind: OutboundKind): void {
    this.counts.transmitted(bytes, kind);
    if (kind !== 'stored') this.textLog?.message(systemNowNs(), bytes);
    if (kind === 'gapFill') this.#gaps.push({ begin: msgSeqNum, end: newSeqNoOf(bytes) });
    if (kind === 'resent' || kind === 'gapFill') return this.#repeat(bytes);
    const msgType = msgTypeByte(bytes);
    const topic = this.#topicOf(msgType);
    const sequence = this.#group.add({ type: FRAME_TYPE.outbound, topic, source: this.index }, bytes);
    this.foldOutbound(msgSeqNum, sequence, msgType);
    this.copies?.sent(bytes);
    if (kind === 'stored') return;
    this.transmitted++;
    const box = this.session.isResending || !this.behind.isEmpty ? this.behind : this.outbox;
    if (this.orderInHand === undefined) return box.add(bytes, sequence);
    box.addOrder(bytes, sequence, { msgSeqNum, ...this.orderInHand });
  }

  #topicOf(msgType: number): number {
    return this.copiedToTopic !== undefined && isCopied(this.copiedToTopic, msgType) ? DROP_COPY : 0;
  }

  #repeat(bytes: Uint8Array): void {
    this.transmitted++;
    this.outbox.add(bytes, this.#group.journal.nextSequence - 1);
  }

  /** What waited behind an answer is next, once that is out; true when there is such. */
  turnOver(): boolean {
    if (this.behind.isEmpty || !this.outbox.isEmpty || this.session.isResending) return false;
    [this.outbox, this.behind] = [this.behind, this.outbox];
    return true;
  }

  /** Forgets all that waits for the connection: it is gone, and the ledger holds what must be sent again. */
  forget(): void {
    this.counts.forget();
    this.outbox.clear();
    this.behind.clear();
  }

  /** Bytes that the peer has not taken yet, and those that wait for their frames or behind an answer. */
  get bufferedBytes(): number {
    return (this.transport?.bufferedBytes ?? 0) + this.outbox.sizeBytes + this.behind.sizeBytes;
  }

  /** Whether the next slice of an answer may go: the peer has taken what was written, and nothing waits for its frame. */
  get mayResume(): boolean {
    return this.session.isResending && this.transport?.bufferedBytes === 0 && this.outbox.isEmpty;
  }

  /** Numbers that start anew: the session frame that says so is written when the group ends. A gap fill forgets nothing. */
  reset(_nextIn: number, _nextOut: number, gapFilled: boolean): void {
    if (!gapFilled) this.#application.reset(this);
  }

  mayResend(message: FixMessage, msgSeqNum: number, timeNs: bigint): boolean {
    return this.#application.mayResend(this, { message, msgSeqNum, timeNs });
  }

  rejected(message: FixMessage): void {
    this.#application.rejected(this, message);
  }

  refused(message: FixMessage, reason: string): void {
    this.#application.refused(this, message, reason);
  }

  wanted(): boolean {
    return this.#application.wanted(this);
  }

  disconnect(reason: string): void {
    this.closing = reason;
  }

  event(kind: string, text: string): void {
    this.textLog?.event(systemNowNs(), text);
    this.#application.event(this, kind, text);
  }

  throttled(outcome: ThrottleOutcome): void {
    this.#application.throttled(this, outcome);
  }

  passedOver(count: number): void {
    this.#application.passedOver(this, count);
  }

  /** Ends the open group; numbers that moved by anything but plain messages are written first. */
  endGroup(): void {
    if (this.#gaps.length > 0) this.#application.gapFilled(this, this.#gaps.splice(0));
    const { nextInSeqNum, nextOutSeqNum, beganMs } = this.session;
    const moved = nextInSeqNum !== this.#foldedIn || nextOutSeqNum !== this.#foldedOut;
    if (moved || beganMs !== this.#foldedBeganMs || this.ordersUnknown) this.#writeNumbers();
    this.#group.end();
  }

  #writeNumbers(): void {
    const { staging } = this.#group.journal;
    const offset = this.#group.reserve({ type: FRAME_TYPE.session, topic: 0, source: this.index }, SESSION_FRAME.size);
    const view = new DataView(staging.buffer, staging.byteOffset + offset, SESSION_FRAME.size);
    const { nextInSeqNum, nextOutSeqNum, beganMs } = this.session;
    view.setUint32(SESSION_FRAME.nextIn, nextInSeqNum, true);
    view.setUint32(SESSION_FRAME.nextOut, nextOutSeqNum, true);
    view.setBigUint64(SESSION_FRAME.began, BigInt(beganMs), true);
    view.setUint32(SESSION_FRAME.ordersUnknown, this.ordersUnknown ? 1 : 0, true);
    this.ordersUnknown = false;
    this.foldNumbers(nextInSeqNum, nextOutSeqNum, beganMs);
  }

  /** An inbound frame counts when it is the one expected; any other left the number where it was, or a session frame follows. */
  foldInbound(msgSeqNum: number, msgType: number): void {
    if (msgSeqNum === this.#foldedIn) this.#foldedIn++;
    if (msgType === SESSION_MSG_TYPE.logout) this.loggedOut = !this.#sentLogout;
    if (msgType !== SESSION_MSG_TYPE.logon) return;
    this.loggedOut = false;
    this.#sentLogout = false;
    // The counterparty took our reset.
    this.session.resetsNextLogon = false;
  }

  foldOutbound(msgSeqNum: number, sequence: number, msgType: number): void {
    if (msgType === SESSION_MSG_TYPE.logout) this.#sentLogout = true;
    this.#foldedOut = msgSeqNum + 1;
    this.sent.record(msgSeqNum, sequence);
  }

  foldNumbers(nextIn: number, nextOut: number, beganMs = this.#foldedBeganMs): void {
    this.#foldedIn = nextIn;
    this.#foldedOut = nextOut;
    this.#foldedBeganMs = beganMs;
  }

  /** What the ledger's frames add up to, for a snapshot. */
  save(): SavedSession {
    const { name, loggedOut, cancelBefore } = this;
    return {
      name,
      ...this.folded,
      ...(loggedOut && { loggedOut }),
      ...(cancelBefore > 0 && { cancelBefore }),
      operated: this.#lasting,
    };
  }

  restore(saved: SavedSession): void {
    const { nextIn, nextOut, beganMs = 0, loggedOut = false, cancelBefore = 0, operated = [] } = saved;
    this.foldNumbers(nextIn, nextOut, beganMs);
    this.loggedOut = loggedOut;
    this.cancelBefore = cancelBefore;
    for (const operation of operated) this.operated(operation);
  }

  foldCancels(before: number): void {
    this.cancelBefore = before;
  }

  /** What an operator did to it, now or when the ledger is folded. */
  operated(operation: string): void {
    if (operation === 'enable' || operation === 'disable') this.#isEnabled = operation === 'enable';
    if (operation === 'reset') this.session.resetsNextLogon = this.session.settings.role === 'initiator';
  }

  /** The operations that make another like it of a session that was never operated on. */
  get #lasting(): readonly string[] {
    return [...(this.#isEnabled ? [] : ['disable']), ...(this.session.resetsNextLogon ? ['reset'] : [])];
  }

  /** Whether it may log on: false from an operator's `disable` to the next `enable`. */
  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  get isActive(): boolean {
    return this.session.state === 'active';
  }

  /** The numbers that the ledger's frames add up to. */
  get folded(): { nextIn: number; nextOut: number; beganMs: number } {
    return { nextIn: this.#foldedIn, nextOut: this.#foldedOut, beganMs: this.#foldedBeganMs };
  }
}

/** NewSeqNo (36) of one of our own SequenceResets. */
function newSeqNoOf(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return Number(/\x0136=(\d+)\x01/.exec(text)?.[1] ?? 0);
}
