import type { Halt } from './halt-book.js';
import type { LoadResult } from './load-desk.js';
import type { ProgramRequest } from './program-session.js';
import type { DeniedRequest, SessionAnswer, SessionCommand } from './session-command.js';
import type { SessionView } from './session-view.js';

/** What main asks of the lane. */
export type LaneRequest =
  | { readonly op: 'openVenue' }
  | { readonly op: 'openClients' }
  | { readonly op: 'reloadCertificates' }
  | { readonly op: 'command'; readonly id: number; readonly command: LaneCommand }
  | { readonly op: 'session'; readonly id: number; readonly command: SessionCommand }
  | { readonly op: 'denied'; readonly request: DeniedRequest }
  | {
      readonly op: 'inject';
      readonly id: number;
      readonly kind: 'application' | 'deadLetter';
      readonly data: Uint8Array;
    }
  | { readonly op: 'program'; readonly id: number; readonly request: ProgramRequest }
  | { readonly op: 'close'; readonly drainMs: number };

/** An operator's command, by names; the lane knows the indices. */
export interface LaneCommand {
  readonly kind: 'halt' | 'resume';
  readonly scope: 'firm' | 'account' | 'symbol';
  readonly id: string;
  readonly reason: string;
}

/** A command's answer: the ledger sequence from which it holds, and the last MsgSeqNum that left for the venue before it. */
export type LaneAnswer =
  | { readonly ok: true; readonly sequence: number; readonly lastVenueMsgSeqNum: number }
  | { readonly ok: false; readonly reason: string };

export interface RecoveredView {
  readonly lastSequence: number;
  readonly foldedFrames: number;
  readonly tornBytes: number;
  /** Start-of-day loads the ledger knows. */
  readonly loads: number;
  readonly tookMs: number;
}

/** The names of a ledger by their indices. */
export interface RecoveredNames {
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  readonly sessions: readonly string[];
}

/** What the lane tells main. */
export type LaneEvent =
  | { readonly op: 'recovered'; readonly recovered: RecoveredView; readonly names: RecoveredNames }
  | { readonly op: 'clientsOpen'; readonly port: number }
  | { readonly op: 'load'; readonly result: LoadResult }
  | {
      readonly op: 'sessions';
      readonly sessions: readonly SessionView[];
      readonly journal: string;
      readonly businessDate: number;
      readonly halts: readonly Halt[];
    }
  | { readonly op: 'answer'; readonly id: number; readonly answer: LaneAnswer }
  | { readonly op: 'sessionAnswer'; readonly id: number; readonly answer: SessionAnswer }
  | { readonly op: 'failed'; readonly code: string; readonly message: string }
  | { readonly op: 'closed' };
