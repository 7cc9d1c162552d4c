import type { FixMessage } from '../codec/index.js';
import type { ThrottleOutcome } from './throttle.js';

/**
 * `new`: takes the next MsgSeqNum, write it. `stored`: takes the next MsgSeqNum while nobody is logged on, or beyond the rate of
 * `throttleOut`; keep it, do not write it: the counterparty asks for it after its Logon, or it comes again as `released`, to be written as
 * what is `new` but not kept once more. `resent` and `gapFill` answer a ResendRequest under old numbers; what is
 * `new` while `isResending` goes on the wire behind them, when it is over.
 */
export type OutboundKind = 'new' | 'stored' | 'released' | 'resent' | 'gapFill';

export type SessionEventKind =
  | 'connect'
  | 'logon'
  | 'logout'
  | 'disconnect'
  | 'reset'
  | 'gap'
  | 'resend'
  | 'garbled'
  | 'reject'
  | 'throttle'
  | 'warning';

/** What an application makes of a message; the session answers for it where it cannot be served. */
export type ApplicationVerdict = 'taken' | 'unsupportedMessageType';

/**
 * What a session asks its caller to do, in the order of the calls. The caller journals `inbound`, `outbound` and `reset`, and
 * may hold the bytes back until that is durable. Bytes and messages are views: valid during the call only. No call may lead
 * back into `receive`, `tick`, `connected` or `disconnected`; `send` is allowed from `application`.
 */
export interface SessionActions {
  /**
   * A message is about to take effect. `msgSeqNum` is the number it takes (foldInbound), or 0 when it takes none: a
   * SequenceReset, or one answered out of turn.
   */
  inbound(message: FixMessage, msgSeqNum: number): void;
  /** An application message, in sequence, each number once. Called after its `inbound`. */
  application(message: FixMessage, msgSeqNum: number): ApplicationVerdict;
  outbound(bytes: Uint8Array, msgSeqNum: number, kind: OutboundKind): void;
  /**
   * The next numbers are now these, whatever they were (foldReset). `gapFilled`: the counterparty only passed over numbers that carry
   * nothing to be resent; no message was forgotten.
   */
  reset(nextInSeqNum: number, nextOutSeqNum: number, gapFilled: boolean): void;
  /** Close the connection once what was written is out; `disconnected` must follow. */
  disconnect(reason: string): void;
  /** A Reject (3) of the counterparty: it refused one of our messages as such. Called after its `inbound`. */
  rejected?(message: FixMessage): void;
  /**
   * A message took its number and goes no further, whatever it said: we answered it with a Reject (3), a BusinessMessageReject or a Logout.
   * Called after its `inbound`, once for a number: not for one that must still come in its turn, nor for a duplicate of one that came.
   */
  refused?(message: FixMessage, reason: string): void;
  event(kind: SessionEventKind, text: string): void;
  /** So many application messages that waited behind a gap are dropped: a SequenceReset passed over them. A warning says which. */
  passedOver?(count: number): void;
  /** A throttle kept back, refused or ended something; to be counted. */
  throttled?(outcome: ThrottleOutcome): void;
  /** Asked before each message, of a read or of the queue behind a gap; false leaves the rest unread. `logout` is allowed from it. */
  wanted?(): boolean;
  /** Whether an application message may go out again; without this every one may. A refused one is gap-filled. */
  mayResend?(message: FixMessage, msgSeqNum: number, timeNs: bigint): boolean;
}

/** The messages a session sent, by MsgSeqNum: the ledger, or a memory store. */
export interface SentMessages {
  /**
   * Calls `visit` for each message kept from `beginSeqNum` to `endSeqNum`, ascending; a number left out is gap-filled.
   * `visit` returns false when it has had enough.
   */
  read(
    beginSeqNum: number,
    endSeqNum: number,
    visit: (msgSeqNum: number, bytes: Uint8Array, timeNs: bigint) => boolean,
  ): void;
}
