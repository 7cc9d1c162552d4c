import { objectText } from '../codec/index.js';
import { ClosedError, FRAME_TYPE, HeadraceError, type DataRecord } from '../model/index.js';
import type { Log } from '../observe/index.js';
import { PROGRAM_COMP_ID, type LaneAnswer, type ProgramRequest } from '../orders/index.js';
import { OffsetFile, type SinkFrame, type SinkLog, type SinkReader } from '../publish/index.js';
import {
  SignalMessages,
  directReports,
  foldRecord,
  type DirectReport,
  type Judgement,
  type MessageParties,
  type SignalBook,
  type SignalDesk,
  type SignalEntry,
  type SystemReport,
} from '../signals/index.js';
import { systemNowNs } from '../trading/index.js';
import { deadMessage, decidedOrder, reportedOrder, sessionOf } from './signal-frames.js';

const FRAMES_A_TURN = 2_048;
/** Records between two savings of the place that a restart reads from. */
const RECORDS_A_SAVE = 4_096;

/** What the desk of a gateway works on. */
export interface LedgerSignalsParts {
  readonly book: SignalBook;
  readonly ask: (request: ProgramRequest) => Promise<LaneAnswer>;
  readonly ledger: SinkLog;
  /** The sessions by their index in the ledger. */
  readonly sessions: readonly string[];
  readonly instance: string;
  /** BeginString (8) of the venue's session. */
  readonly beginString: string;
  readonly offsetsFolder: string;
  readonly log: Log;
}

/** Those who wait for what the ledger will say of a message of theirs. */
class Waiting<Value> {
  readonly #settle = new Map<string, { resolve: (value: Value) => void; reject: (error: Error) => void }>();

  for(key: string): Promise<Value> {
    return new Promise((resolve, reject) => this.#settle.set(key, { resolve, reject }));
  }

  /** False where nobody waits for it. */
  tell(key: string, value: Value): boolean {
    const found = this.#settle.get(key);
    this.#settle.delete(key);
    found?.resolve(value);
    return found !== undefined;
  }

  forget(key: string): void {
    this.#settle.delete(key);
  }

  endAll(error: Error): void {
    for (const { reject } of this.#settle.values()) reject(error);
    this.#settle.clear();
  }
}

/**
 * Signals of a gateway: their orders go to the lane as a client's would, and the book follows the ledger, in the run and after a restart alike. So
 * nothing is known of a signal that the ledger does not hold.
 */
export class LedgerSignals implements SignalDesk {
  readonly #parts: LedgerSignalsParts;
  readonly #messages = new SignalMessages();
  readonly #judgements = new Waiting<Judgement>();
  readonly #bookings = new Waiting<string | undefined>();
  readonly #offset: OffsetFile;
  readonly #sessions: ReadonlySet<number>;
  #reader: SinkReader | undefined;
  #records = 0;

  constructor(parts: LedgerSignalsParts) {
    this.#parts = parts;
    this.#offset = new OffsetFile(parts.offsetsFolder, 'signals', parts.ledger.name);
    const own = Object.values(PROGRAM_COMP_ID).map(name => `->${name}`);
    this.#sessions = new Set(
      parts.sessions.flatMap((name, index) => (own.some(end => name.endsWith(end)) ? index : [])),
    );
  }

  /** Reads the book back from the ledger, to its end. */
  open(): void {
    const { ledger } = this.#parts;
    const from = this.#offset.load();
    const next = ledger.start?.nextSequence ?? Infinity;
    this.#reader = ledger.openReader(from === undefined || from > next ? 'oldest' : from);
    while (this.turn());
  }

  /** Takes one turn's frames; true when more wait. */
  turn(): boolean {
    return (this.#reader?.poll(frame => this.#take(frame), FRAMES_A_TURN) ?? 0) === FRAMES_A_TURN;
  }

  close(): void {
    this.#save();
    this.#reader?.close();
    this.#reader = undefined;
    const closed = new ClosedError('HR_CLOSED', 'the gateway closed before the ledger told what became of it');
    this.#judgements.endAll(closed);
    this.#bookings.endAll(closed);
  }

  async note(record: DataRecord): Promise<void> {
    const answer = await this.#parts.ask({ kind: 'note', record: bytesOf(record) });
    if (!answer.ok) throw new HeadraceError('HR_COMMAND_REFUSED', answer.reason);
  }

  async judge({ order, isDirect }: SignalEntry, record: DataRecord): Promise<Judgement> {
    const message = this.#messages.newOrderSingle(order!, this.#parties(isDirect), systemNowNs()).slice();
    const told = this.#judgements.for(order!.clOrdId);
    const target = isDirect ? 'direct' : 'toVenue';
    const answer = await this.#asked(told, { kind: 'order', target, record: bytesOf(record), message });
    if (answer.ok) return told;
    this.#judgements.forget(order!.clOrdId);
    return { isApproved: false, reason: answer.reason };
  }

  async release({ orderSequence }: SignalEntry, record: DataRecord): Promise<string | undefined> {
    const answer = await this.#parts.ask({ kind: 'release', orderSequence, record: bytesOf(record) });
    return answer.ok ? undefined : answer.reason;
  }

  async report(entry: SignalEntry, report: SystemReport): Promise<void> {
    const clOrdId = `${this.#parts.instance}-${entry.orderSequence}`;
    for (const one of directReports(entry, report, clOrdId)) await this.#book(one);
  }

  async #book(report: DirectReport): Promise<void> {
    const message = this.#messages.executionReport(report, this.#parties(true), systemNowNs()).slice();
    const told = this.#bookings.for(report.execId);
    const answer = await this.#asked(told, { kind: 'report', message });
    if (!answer.ok) this.#bookings.forget(report.execId);
    const reason = answer.ok ? await told : answer.reason;
    if (reason !== undefined) throw new HeadraceError('HR_SIGNAL_REPORT', `its report could not be booked: ${reason}`);
  }

  /** The lane's answer; where the lane closes meanwhile nobody is left to take what `told` rejects with. */
  #asked(told: Promise<unknown>, request: ProgramRequest): Promise<LaneAnswer> {
    told.catch(() => {});
    return this.#parts.ask(request);
  }

  #parties(isDirect: boolean): MessageParties {
    const { toVenue, direct } = PROGRAM_COMP_ID;
    const { instance, beginString } = this.#parts;
    return isDirect
      ? { beginString: 'FIX.4.4', senderCompID: direct, targetCompID: instance }
      : { beginString, senderCompID: toVenue, targetCompID: instance };
  }

  #take(frame: SinkFrame): void {
    const { type, source } = frame;
    if (type === FRAME_TYPE.application && this.#sessions.has(source)) this.#record(frame);
    else if (type === FRAME_TYPE.deadLetter && this.#sessions.has(source)) this.#deadLetter(frame);
    else if (this.#sessions.has(sessionOf(frame))) this.#order(frame);
  }

  #record({ payload, sequence }: SinkFrame): void {
    foldRecord(this.#parts.book, Buffer.from(payload).toString('utf8'), sequence);
    if (++this.#records % RECORDS_A_SAVE === 0) this.#save();
  }

  #order(frame: SinkFrame): void {
    const { book } = this.#parts;
    if (frame.type === FRAME_TYPE.decision) {
      const { clOrdId, refusal } = decidedOrder(frame);
      if (refusal === undefined) book.approved(clOrdId, frame.sequence);
      this.#judged(clOrdId, refusal);
      return;
    }
    const reported = reportedOrder(frame);
    if (reported === undefined) return;
    book.reported(reported.orderSequence, reported.report);
    this.#bookings.tell(reported.execId, undefined);
  }

  #judged(clOrdId: string, reason: string | undefined): void {
    const told = reason === undefined ? { isApproved: true as const } : { isApproved: false as const, reason };
    if (this.#judgements.tell(clOrdId, told) || reason === undefined) return;
    // Of an earlier run: its answer is the gate's.
    const { book } = this.#parts;
    const entry = book.byClOrdId(clOrdId);
    if (entry !== undefined && entry.answer === undefined && entry.orderSequence === 0)
      book.answered(entry, { status: 'REJECTED', signal_id: entry.id, reason });
  }

  /** A message that could not be read: an order, or a report. */
  #deadLetter(frame: SinkFrame): void {
    const { reason, clOrdId, execId } = deadMessage(frame);
    if (!this.#bookings.tell(execId, reason)) this.#judged(clOrdId, reason);
  }

  #save(): void {
    const position = this.#parts.book.oldestPosition ?? this.#reader?.position;
    if (position === undefined) return;
    try {
      this.#offset.save(position);
    } catch (error) {
      this.#parts.log.warn({ err: error, position }, 'the place of the signals is not saved: a restart reads more');
    }
  }
}

function bytesOf(record: DataRecord): Uint8Array {
  return Buffer.from(objectText(record));
}
