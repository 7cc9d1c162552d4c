import type { SentMessages } from './actions.js';
import type { SessionState } from './session.js';

/**
 * What outlives a stand-alone session: both next numbers, and the messages it sent. A session of the gateway has none: its numbers are a fold
 * of the ledger. The calls are those of SessionActions, in their order; each throws OutputError (`HR_FIX_STORE`) when it could not be kept, and
 * then nothing that rests on it may be written to a socket.
 */
export interface SessionStore extends SentMessages {
  /** The numbers to go on with. */
  readonly state: SessionState;
  /** `msgSeqNum` is 0 for a message that takes no number. */
  inbound(message: Uint8Array, msgSeqNum: number, nowNs: bigint): void;
  /** A `new` or `stored` message: kept, as far as the store's policy says, when the call returns. */
  outbound(message: Uint8Array, msgSeqNum: number, nowNs: bigint): void;
  reset(state: SessionState, nowNs: bigint): void;
  /** Idempotent. */
  close(): void;
}

/** The fold of a store's calls: the same that a session makes of its own. */
export function foldedState(state: SessionState, inbound: number, outbound: number): SessionState {
  return {
    ...state,
    nextInSeqNum: inbound > 0 ? inbound + 1 : state.nextInSeqNum,
    nextOutSeqNum: Math.max(outbound + 1, state.nextOutSeqNum),
  };
}
