/** Who asks: the name and role of the token, and the address the request came from. */
export interface Caller {
  readonly name: string;
  readonly role: string;
  readonly from: string;
}

/** What an operator may do to one FIX session. Numbers are MsgSeqNums of 1 to 2^31 − 1. */
export type SessionOperation =
  | {
      readonly kind: 'setSequence';
      readonly nextIn?: number | undefined;
      readonly nextOut?: number | undefined;
      readonly force: boolean;
    }
  | { readonly kind: 'reset'; readonly force: boolean }
  | { readonly kind: 'enable' | 'disable' | 'testRequest' }
  | { readonly kind: 'replay'; readonly from: number; readonly to: number; readonly target: 'caller' | 'counterparty' };

/** An operation as main asks the lane for it. `session` is its name, or a client's or venue's CompID where that is of one session only. */
export interface SessionCommand {
  readonly caller: Caller;
  readonly session: string;
  /** The operator's words; may be empty. */
  readonly reason: string;
  readonly operation: SessionOperation;
}

/** A message of ours as the ledger has it: its bytes as text of one byte a character. */
export interface StoredMessage {
  readonly msgSeqNum: number;
  /** When it was written to the ledger. */
  readonly time: string;
  readonly message: string;
}

/** Why a command was refused, by name; nothing was changed then. */
export type SessionRefusal =
  | 'HR_FIX_NO_SESSION'
  | 'HR_FIX_SESSION_UP'
  | 'HR_FIX_SESSION_DOWN'
  | 'HR_FIX_ORDERS_IN_FLIGHT'
  | 'HR_FIX_REPLAY'
  | 'HR_CLOSED';

/** `sequence` is that of the operator's frame in the ledger, which a refusal has too; told once it is durable. */
export type SessionAnswer =
  | {
      readonly ok: true;
      readonly sequence: number;
      readonly session: string;
      readonly nextInSeqNum: number;
      readonly nextOutSeqNum: number;
      readonly enabled: boolean;
      /** TestReqID (112) of a test request. */
      readonly testReqId?: string;
      /** Of a replay to the caller: its messages, and the number to go on with when there are more. */
      readonly messages?: readonly StoredMessage[];
      readonly next?: number | undefined;
    }
  | { readonly ok: false; readonly sequence: number; readonly code: SessionRefusal; readonly reason: string };

/** A request that was refused before the lane saw it: no token, too small a role, a body that is none. */
export interface DeniedRequest {
  readonly caller: Caller;
  readonly request: string;
  readonly code: string;
}
