import type { FixMessage } from '../codec/index.js';
import { DECIMAL_SCALE, formatDecimal, parseDecimal } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import type { GateLimits } from '../risk/index.js';
import {
  directReports,
  type BookedReport,
  type DirectReport,
  type Judgement,
  type SignalBook,
  type SignalDesk,
  type SignalEntry,
  type SignalOrder,
  type SystemReport,
} from '../signals/index.js';
import { systemNowNs } from '../trading/index.js';
import type { FIXProtocolHandler } from './fix-protocol-handler.js';
import { ProgramGate } from './program-gate.js';
import { statusOf } from './signal-frames.js';

const DIRECT = 'direct';

/** What the desk of a program without a gateway works on. */
export interface ProgramSignalsParts {
  readonly book: SignalBook;
  readonly limits: GateLimits;
  readonly native: NativeMode;
  /** The program's FIX sessions, where it has any. */
  readonly handler: FIXProtocolHandler | undefined;
  /** The session of a system, where its options name one. */
  readonly session: (system: string) => string | undefined;
}

/**
 * Signals of a program of one's own: no ledger, and limits of single orders only. Orders for FIX sessions are judged by the handler that has these, others
 * here, by the same limits.
 */
export class ProgramSignals implements SignalDesk {
  readonly #parts: ProgramSignalsParts;
  readonly #gate: ProgramGate;
  #orders = 0;

  /** Throws ConfigError for limits that need positions. */
  constructor(parts: ProgramSignalsParts) {
    this.#parts = parts;
    this.#gate = new ProgramGate(parts.limits, [DIRECT], parts.native);
  }

  note(): Promise<void> {
    return Promise.resolve();
  }

  async judge(entry: SignalEntry): Promise<Judgement> {
    const order = entry.order!;
    // Before it is sent: a report may come ahead of the session's own answer.
    this.#parts.book.approved(order.clOrdId, ++this.#orders);
    return entry.isDirect ? this.#judgeDirect(order) : this.#sendFix(entry, order);
  }

  #judgeDirect(order: SignalOrder): Judgement {
    const { clOrdId: clOrdID, account = '-', price, ...words } = order;
    const refusal = this.#gate.judge({ ...words, clOrdID, account, price, session: DIRECT }, systemNowNs());
    return refusal === undefined ? { isApproved: true } : { isApproved: false, reason: wordsOf(refusal) };
  }

  async #sendFix(entry: SignalEntry, order: SignalOrder): Promise<Judgement> {
    const { handler, session } = this.#parts;
    if (handler === undefined) return { isApproved: false, reason: 'no FIX sessions: give `settings`', isFault: true };
    const text = (amount: bigint): string => formatDecimal(amount, DECIMAL_SCALE);
    const { clOrdId: clientOrderId, ordType: orderType, quantity, price, ...words } = order;
    try {
      const result = await handler.sendOrder({
        ...words,
        clientOrderId,
        orderType,
        quantity: text(quantity),
        price: price === undefined ? undefined : text(price),
        session: session(entry.system ?? ''),
      });
      return result.status === 'SENT' ? { isApproved: true } : { isApproved: false, reason: wordsOf(result) };
    } catch (error) {
      return { isApproved: false, reason: (error as Error).message, isFault: true };
    }
  }

  release(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  report(entry: SignalEntry, report: SystemReport): Promise<void> {
    for (const one of directReports(entry, report, entry.order?.clOrdId ?? ''))
      this.#parts.book.reported(entry.orderSequence, bookedReport(one));
    return Promise.resolve();
  }

  /** A message of one of the FIX sessions: an ExecutionReport (8) of a signal's order is booked. */
  received(message: FixMessage): void {
    if (message.msgType !== '8') return;
    const entry = this.#parts.book.byClOrdId(message.textOf(11) ?? '');
    if (entry === undefined) return;
    const amount = (tag: number): bigint => parseDecimal(message.textOf(tag) ?? '0', DECIMAL_SCALE) ?? 0n;
    this.#parts.book.reported(entry.orderSequence, {
      status: statusOf(message.textOf(39) ?? ''),
      orderId: message.textOf(37) ?? '',
      cumQty: amount(14),
      lastPx: amount(31),
      avgPx: amount(6),
      text: message.textOf(58) ?? '',
    });
  }
}

function wordsOf({ rule, value, limit }: { rule: string; value: string; limit: string }): string {
  return `${rule}: ${value} > ${limit}`;
}

function bookedReport({ ordStatus, orderId, cumQty, lastPx, avgPx, text }: DirectReport): BookedReport {
  return { status: statusOf(ordStatus), orderId, cumQty, lastPx, avgPx, text };
}
