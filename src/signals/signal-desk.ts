import type { DataRecord } from '../model/index.js';
import type { SignalEntry } from './signal-book.js';
import type { SystemReport } from './report.js';

/** What the gate said of an order. */
export type Judgement =
  | { readonly isApproved: true }
  /** `isFault`: no rule refused it; it could not be sent. */
  | { readonly isApproved: false; readonly reason: string; readonly isFault?: boolean };

/**
 * The one way of a signal's order to the gate and past it. A gateway's desk goes through its lane and ledger; a program's own judges by limits of single
 * orders. Each keeps the book up to date with what happens.
 */
export interface SignalDesk {
  /** Writes a record down where there is a ledger. */
  note(record: DataRecord): Promise<void>;
  /** Has an order judged; one for the venue is on its way with the approval. Rejects where it cannot be told what became of it. */
  judge(entry: SignalEntry, record: DataRecord): Promise<Judgement>;
  /** The last look before a direct order leaves; the reason where it may not. */
  release(entry: SignalEntry, record: DataRecord): Promise<string | undefined>;
  /** What its system said of a direct order. Rejects where that cannot be booked. */
  report(entry: SignalEntry, report: SystemReport): Promise<void>;
}
