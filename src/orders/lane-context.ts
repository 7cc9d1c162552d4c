import type { NameTable } from '../codec/index.js';
import { invariant } from '../model/index.js';
import type { Gate } from '../risk/index.js';
import type { Receiver } from '../session/index.js';
import type { HaltBook } from './halt-book.js';
import type { LaneMeter } from './lane-meter.js';
import type { LaneSession } from './lane-session.js';
import type { LedgerGroup } from './ledger-group.js';
import type { NamedRule } from './order-rule.js';
import type { OrderFold } from './order-fold.js';

/** What the parts of one lane share. Everything in it is owned by the lane's thread. */
export interface LaneContext {
  /** First part of every ClOrdID we send to the venue: unique to this installation for ever. */
  readonly instanceId: string;
  readonly group: LedgerGroup;
  /** Where every session's bytes are framed and projected to rows. */
  readonly receiver: Receiver;
  readonly gate: Gate;
  readonly orders: OrderFold;
  readonly halts: HaltBook;
  readonly accounts: NameTable;
  readonly symbols: NameTable;
  readonly meter: LaneMeter;
  readonly sessions: readonly LaneSession[];
  readonly venue: LaneSession;
  /** An embedder's own rules, judged after the gate's. */
  readonly rules: readonly NamedRule[];
  /** Bytes of ledger that a required reader holds beyond `retainGb`: new orders are refused while it is not 0. */
  excessBytes: number;
  /** The clock reading of the batch in hand, UTC ns. */
  nowNs: bigint;
  /** UTC less `nowNs`: 0 unless a wrong reading took the batch clock ahead; SendingTime is `nowNs` and this. */
  utcOffsetNs: bigint;
}

/** Whether only the ledger's reserve is left, which is for what lowers risk or cannot be refused: cancels, executions, operators' commands. */
export function isInReserve({ group }: LaneContext): boolean {
  return group.journal.state() === 'reserve';
}

/** Why the ledger takes nothing that can wait: new orders, replaces and an embedder's records. Undefined while it has room. */
export function journalFullReason(context: LaneContext): string | undefined {
  if (context.excessBytes > 0) return 'the journal has no room: a required reader is behind by journal.retainGb';
  return isInReserve(context) ? 'the journal has no room: the disk is full' : undefined;
}

/** The session of the client whose order it is. */
export function clientOf({ orders, sessions }: LaneContext, slot: number): LaneSession {
  const client = sessions[orders.table.row.at(slot).u32('sessionIndex')];
  invariant(client !== undefined, 'an order is of no session that the ledger knows', { slot });
  return client;
}

/** The same where a report for it follows, which is counted: what a dormant one is told waits in the ledger for its return. */
export function clientTold(context: LaneContext, slot: number): LaneSession {
  const client = clientOf(context, slot);
  if (client.isDormant) context.meter.count('reportsKept');
  return client;
}

/** Our ClOrdID to the venue: instance id and the ledger sequence of the approving decision. */
export function venueClOrdId(context: LaneContext, sequence: number): string {
  return `${context.instanceId}-${sequence}`;
}

/** The ledger sequence in one of our ClOrdIDs, or 0 when it is not ours. */
export function venueIdOf(context: LaneContext, clOrdId: string): number {
  const prefix = `${context.instanceId}-`;
  if (!clOrdId.startsWith(prefix)) return 0;
  const sequence = Number(clOrdId.slice(prefix.length));
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : 0;
}
