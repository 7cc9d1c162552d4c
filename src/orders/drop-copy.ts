import { FixBatch, type FixEncoder, type FixMessage } from '../codec/index.js';
import { ConfigError, STATUS, invariant } from '../model/index.js';
import { isAdmin } from '../session/index.js';
import type { LaneContext } from './lane-context.js';
import type { CopiedMessages, DropCopyOptions } from './lane-options.js';
import type { LaneSession } from './lane-session.js';
import { SESSION_MSG_TYPE } from './msg-type.js';
import { HEADER_AND_TRAILER, forwardBody } from './reports.js';

/** CopyMsgIndicator (797), OnBehalfOfCompID (115), DeliverToCompID (128). */
const TAG = { copyMsgIndicator: 797, onBehalfOfCompID: 115, deliverToCompID: 128 };
const EXECUTION_REPORT = '8';
const BYTE = { zero: 0x30, five: SESSION_MSG_TYPE.logout, logon: SESSION_MSG_TYPE.logon, executionReport: 0x38 };
/** A copy says by itself that it is one. */
const LEFT_OUT: ReadonlySet<number> = new Set([...HEADER_AND_TRAILER, TAG.copyMsgIndicator]);

interface Receiver {
  readonly session: LaneSession;
  readonly messages: CopiedMessages;
}

/**
 * Copies what one session sends and receives to others. A copy is sent like any message of who gets it: it has a number of that session's
 * own, is stored while that is away, and joins the group of the ledger that its original is in, so both are there or neither.
 */
export class SessionCopies {
  readonly #from: LaneSession;
  readonly #context: LaneContext;
  readonly #batch: FixBatch;
  readonly #receivers: Receiver[] = [];

  constructor(from: LaneSession, context: LaneContext) {
    this.#from = from;
    this.#context = context;
    // Twice as long: a message of ours may be longer than those taken in.
    this.#batch = new FixBatch(undefined, { messageSizeMax: from.session.settings.messageSizeMax * 2 });
  }

  add(receiver: Receiver): void {
    this.#receivers.push(receiver);
  }

  /** A message went out under a new number. */
  sent(bytes: Uint8Array): void {
    const count = this.#batch.scan(bytes, 0, bytes.length);
    invariant(count === 1 && this.#batch.statusOf(0) === STATUS.ok.code, 'a message of our own cannot be read back');
    const message = this.#batch.select(0);
    if (!isAdmin(message.msgType)) this.#copy(message, TAG.deliverToCompID);
  }

  /** An application message came, in its turn. */
  received(message: FixMessage): void {
    this.#copy(message, TAG.onBehalfOfCompID);
  }

  /** `party`: the header field that names the counterparty, for whom or from whom the original is. */
  #copy(message: FixMessage, party: number): void {
    const { msgType } = message;
    for (const { session, messages } of this.#receivers) {
      if (messages === 'executions' && msgType !== EXECUTION_REPORT) continue;
      const write = (encoder: FixEncoder): void => this.#write(encoder, message, party, session);
      session.session.send(msgType, write, this.#context.nowNs, session);
    }
  }

  #write(encoder: FixEncoder, message: FixMessage, party: number, { version }: LaneSession): void {
    const ids = { clOrdId: message.textOf(11) ?? '', origClOrdId: message.textOf(41) };
    encoder.field(party, this.#from.session.settings.targetCompID);
    forwardBody(encoder, message, ids, LEFT_OUT);
    const saysSo = version.layout(message.msgType)?.members.has(TAG.copyMsgIndicator) ?? false;
    if (saysSo) encoder.field(TAG.copyMsgIndicator, 'Y');
  }
}

/** Whether the topic `drop-copy` has a message, by its MsgType as `msgTypeByte` gives it: 0, of two characters, is an application's. */
export function isCopied(messages: CopiedMessages, msgType: number): boolean {
  if (messages === 'executions') return msgType === BYTE.executionReport;
  return (msgType < BYTE.zero || msgType > BYTE.five) && msgType !== BYTE.logon;
}

/** Ties sessions to who gets their copies. */
export function joinCopies(context: LaneContext, options: readonly DropCopyOptions[]): void {
  const named = (name: string): LaneSession => {
    const session = context.sessions.find(one => one.name === name);
    if (session !== undefined) return session;
    throw new ConfigError('HR_CONFIG', `fix.dropCopy: ${name} is no session`);
  };
  for (const { from, to, messages } of options) {
    const source = named(from);
    if (to === undefined) source.copiedToTopic = messages;
    else {
      const session = named(to);
      session.isForCopies = true;
      (source.copies ??= new SessionCopies(source, context)).add({ session, messages });
    }
  }
}
