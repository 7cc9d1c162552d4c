import { HeadraceError, type DataRecord } from '../model/index.js';
import type { SignalOptions } from './options.js';
import type { SignalOrder } from './order.js';
import { answeredRecord, receivedRecord, refusedRecord, sendingRecord } from './records.js';
import { readJson } from './json-text.js';
import { readReport, rejection, type Delivery, type ExecutionReportInput } from './report.js';
import { Router, type RoutedSystem } from './router.js';
import { readSignal, signalIdOf, type Signal } from './signal.js';
import { executionOf, SignalBook, type SignalAnswer, type SignalEntry, type SignalExecution } from './signal-book.js';
import type { SignalDesk } from './signal-desk.js';
import { reasonOf, type TradingSystem } from './trading-system.js';

/** What a bridge is made of. */
export interface SignalBridgeParts {
  readonly options: SignalOptions;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly book: SignalBook;
  readonly desk: SignalDesk;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
}

/** A signal that was read, with the system and the order it leads to. */
interface Routed {
  readonly signal: Signal;
  readonly system: RoutedSystem;
  readonly order: SignalOrder;
}

/** Makes orders of signals: reads and checks each, routes it, has it judged, sends it, and answers. */
export class SignalBridge {
  readonly #parts: SignalBridgeParts;
  readonly #router: Router;
  #inHand = 0;

  /** Throws ConfigError for what a system needs and is not there. */
  constructor(parts: SignalBridgeParts) {
    this.#parts = parts;
    this.#router = new Router(parts.options, parts.folder);
  }

  /** Never rejects. The same signal_id again gives the first answer, for as long as it is remembered. */
  async processSignal(given: unknown): Promise<SignalAnswer> {
    const known = this.#parts.book.get(signalIdOf(given) ?? '');
    if (known !== undefined) return known.answer ?? known.pending ?? unanswered(known);
    const { inHandMax } = this.#parts.options;
    if (this.#inHand >= inHandMax)
      return rejected(signalIdOf(given), `inHandMax: ${inHandMax} signals are in hand; send it again`);
    this.#inHand++;
    try {
      return await this.#take(given);
    } catch (error) {
      return { status: 'ERROR', error: reasonOf(error), sent: 'no' };
    } finally {
      this.#inHand--;
    }
  }

  /** The same of a signal that is a JSON text: its numbers keep every digit. */
  async processJson(text: Uint8Array): Promise<SignalAnswer> {
    const given = readJson(text);
    return typeof given === 'string' ? rejected(undefined, given) : this.processSignal(given);
  }

  /** reportExecution of a report that is a JSON text. */
  async reportJson(signalId: string, text: Uint8Array): Promise<SignalExecution> {
    const given = readJson(text);
    if (typeof given === 'string') throw new HeadraceError('HR_SIGNAL_REPORT', given);
    return this.reportExecution(signalId, given as unknown as ExecutionReportInput);
  }

  /** What became of a signal; undefined of one that is not remembered. */
  getExecution(signalId: string): SignalExecution | undefined {
    const entry = this.#parts.book.get(signalId);
    return entry && executionOf(entry);
  }

  /**
   * Takes what a trading system says of a direct order after its first answer: fills, its end. Throws HeadraceError `HR_SIGNAL_REPORT` for a report that
   * cannot be booked, `HR_SIGNAL_UNKNOWN` for a signal that has no such order.
   */
  async reportExecution(signalId: string, given: ExecutionReportInput): Promise<SignalExecution> {
    const entry = directEntry(this.#parts.book, signalId);
    await this.#parts.desk.report(entry, readReport({ ...given }));
    return executionOf(entry);
  }

  /** Settles what an earlier run left unanswered; call once the gate can be asked. */
  async recover(): Promise<void> {
    for (const entry of this.#parts.book.unanswered()) await this.#recoverOne(entry);
  }

  async #recoverOne(entry: SignalEntry): Promise<void> {
    const ended = 'the gateway ended before';
    if (entry.orderSequence === 0) return this.#answer(entry, failed(entry.id, `${ended} it was judged`, 'no'));
    // The ledger tells it again at each start.
    if (!entry.isDirect) return this.#parts.book.answered(entry, sent(entry));
    if (entry.isReleased) return this.#answer(entry, failed(entry.id, `${ended} its system had answered`, 'unknown'));
    await this.#parts.desk.report(entry, rejection(`${ended} it was sent`));
    return this.#answer(entry, failed(entry.id, `${ended} it was sent`, 'no'));
  }

  async #take(given: unknown): Promise<SignalAnswer> {
    const { book, options, nowMs } = this.#parts;
    const read = readSignal(given, options, nowMs());
    const routed = 'reason' in read ? read.reason : this.#route(read);
    const id = read.id;
    if (id === undefined) return rejected(undefined, String(routed));
    const isRouted = typeof routed !== 'string';
    const entry = book.add({
      id,
      system: isRouted ? routed.system.name : undefined,
      isDirect: isRouted && routed.system.direct !== undefined,
      signal: isRouted ? routed.signal : undefined,
      order: isRouted ? routed.order : undefined,
    });
    if (entry === undefined)
      return rejected(id, `rememberedMax: all ${options.rememberedMax} signals that are remembered are open`);
    entry.pending = (isRouted ? this.#send(entry, routed) : this.#refuse(entry, routed)).catch((error: unknown) =>
      // What is not known to have stayed here may be out.
      failed(id, reasonOf(error), 'unknown'),
    );
    const answer = await entry.pending;
    book.answered(entry, answer);
    return answer;
  }

  /** The way of a signal, or why it has none. */
  #route(signal: Signal): Routed | string {
    try {
      const system = this.#router.systemFor(signal);
      return system === undefined
        ? 'no route holds for it: signals.routes lead to no trading system'
        : { signal, system, order: system.form.make(signal) };
    } catch (error) {
      return reasonOf(error);
    }
  }

  async #refuse({ id }: SignalEntry, reason: string): Promise<SignalAnswer> {
    await this.#note(refusedRecord(id, reason));
    return rejected(id, reason);
  }

  /** What is only for the record does not change the answer. */
  async #note(record: DataRecord): Promise<void> {
    await this.#parts.desk.note(record).catch(() => {});
  }

  async #send(entry: SignalEntry, { signal, system, order }: Routed): Promise<SignalAnswer> {
    const judged = await this.#parts.desk.judge(entry, receivedRecord(entry, signal, order));
    if (!judged.isApproved)
      return judged.isFault === true ? failed(entry.id, judged.reason, 'no') : rejected(entry.id, judged.reason);
    return system.direct === undefined ? sent(entry) : this.#deliver(entry, system.direct, { signal, order });
  }

  async #deliver(
    entry: SignalEntry,
    system: TradingSystem,
    { signal, order }: Pick<Routed, 'signal' | 'order'>,
  ): Promise<SignalAnswer> {
    const { desk, book } = this.#parts;
    const reason = await desk.release(entry, sendingRecord(entry));
    if (reason !== undefined) return rejected(entry.id, reason);
    book.released(entry);
    const delivery = await system
      .send(signal, order)
      .catch((error: unknown): Delivery => ({ sent: 'unknown', reason: reasonOf(error) }));
    const answer = await this.#delivered(entry, delivery);
    await this.#note(answeredRecord(answer));
    return answer;
  }

  async #delivered(entry: SignalEntry, delivery: Delivery): Promise<SignalAnswer> {
    const words = (reason: string): string => `system ${entry.system}: ${reason}`;
    if (delivery.sent === 'unknown') return failed(entry.id, words(delivery.reason), 'unknown');
    const report = delivery.sent === 'yes' ? delivery.report : rejection(delivery.reason);
    try {
      await this.#parts.desk.report(entry, report);
    } catch (error) {
      return failed(
        entry.id,
        words(`${delivery.sent === 'yes' ? 'has the order, yet ' : ''}${reasonOf(error)}`),
        delivery.sent,
      );
    }
    if (delivery.sent === 'no') return failed(entry.id, words(delivery.reason), 'no');
    return report.state === 'rejected' ? rejected(entry.id, words(report.text || 'rejected')) : sent(entry);
  }

  async #answer(entry: SignalEntry, answer: SignalAnswer): Promise<void> {
    this.#parts.book.answered(entry, answer);
    await this.#note(answeredRecord(answer));
  }
}

function directEntry(book: SignalBook, signalId: string): SignalEntry {
  const entry = book.get(signalId);
  if (entry?.isDirect === true && entry.orderSequence > 0) return entry;
  throw new HeadraceError(
    'HR_SIGNAL_UNKNOWN',
    `${signalId.slice(0, 128)} is no remembered signal whose order went to a system that reports here`,
  );
}

function sent(entry: SignalEntry): SignalAnswer {
  return {
    status: 'SENT',
    signal_id: entry.id,
    system: entry.system ?? '',
    clientOrderId: entry.order?.clOrdId ?? '',
  };
}

function rejected(id: string | undefined, reason: string): SignalAnswer {
  return { status: 'REJECTED', ...(id !== undefined && { signal_id: id }), reason };
}

function failed(id: string, error: string, sent: 'yes' | 'no' | 'unknown'): SignalAnswer {
  return { status: 'ERROR', signal_id: id, error, sent };
}

/** Of an earlier run that is not settled yet. */
function unanswered({ id }: SignalEntry): SignalAnswer {
  return failed(id, 'an earlier run of the gateway took it, and what became of it is being settled', 'unknown');
}
