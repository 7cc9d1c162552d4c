import { FRAME_TYPE } from '../model/index.js';
import type { LedgerGroup } from './ledger-group.js';
import type { Caller } from './session-command.js';

/**
 * What an operator asked and what came of it: the payload of an operator frame, as JSON. `done` ones are folded; the others, and what no session
 * holds, are there for the auditor.
 */
export interface OperatorRecord {
  readonly who: string;
  readonly role: string;
  readonly from: string;
  /** A SessionOperation's kind, or the request that was denied. */
  readonly operation: string;
  readonly session: string;
  readonly result: 'done' | 'refused';
  readonly code?: string;
  readonly text?: string;
  readonly reason?: string;
  readonly force?: boolean;
  /** Next MsgSeqNums in and out, before and after. */
  readonly before?: readonly [number, number];
  readonly after?: readonly [number, number];
  /** MsgSeqNums replayed, and to whom. */
  readonly replayed?: readonly [number, number, string];
  /** Denied requests since the last record that the bound on them left out. */
  readonly leftOut?: number;
}

/** The session's part of what operators did, as the fold needs it. */
export interface OperatedSession {
  readonly name: string;
  operated(operation: string): void;
}

/** The head of every record. */
export function recordHead({ name, role, from }: Caller): Pick<OperatorRecord, 'who' | 'role' | 'from'> {
  return { who: name, role, from };
}

/** Puts a record into the group in hand; returns its sequence. `source` is the session's index, 0 where there is none. */
export function writeOperatorRecord(group: LedgerGroup, source: number, record: OperatorRecord): number {
  return group.add({ type: FRAME_TYPE.operator, topic: 0, source }, Buffer.from(JSON.stringify(record), 'utf8'));
}

/** Repeats the effect of an operator's frame on its session. Numbers it set stand in the session frame behind it. */
export function foldOperatorRecord(payload: Uint8Array, session: OperatedSession | undefined): void {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  const record = JSON.parse(text) as OperatorRecord;
  if (record.result === 'done' && record.session === session?.name) session.operated(record.operation);
}
