import { DECIMAL_SCALE, formatDecimal } from '../model/index.js';
import type { SignalOrder } from './order.js';
import type { Signal } from './signal.js';

/** Whether an order may be at its trading system. */
export type Sent = 'yes' | 'no' | 'unknown';

/** What `processSignal` resolves with. */
export type SignalAnswer =
  /** The order went out; `clientOrderId` is its ClOrdID. */
  | {
      readonly status: 'SENT';
      readonly signal_id: string;
      readonly system: string;
      readonly clientOrderId: string;
    }
  /** Nothing went out, or the trading system itself refused the order. */
  | { readonly status: 'REJECTED'; readonly signal_id?: string; readonly reason: string }
  /** A fault. `sent` says whether the order may be at its system all the same. */
  | { readonly status: 'ERROR'; readonly signal_id?: string; readonly error: string; readonly sent: Sent };

/** Where a signal's order stands. `UNKNOWN`: it may be at its system, or not; its exposure is held. */
export type SignalStatus =
  | 'RECEIVED'
  | 'SENT'
  | 'WORKING'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'REJECTED'
  | 'ERROR'
  | 'UNKNOWN';

const OVER: ReadonlySet<SignalStatus> = new Set(['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED', 'ERROR']);

/** Whether nothing more can happen to a signal. */
export function isOver({ status }: Pick<SignalEntry, 'status'>): boolean {
  return OVER.has(status);
}

/** What became of a signal so far; quantities and prices are decimal text. */
export interface SignalExecution {
  readonly signal_id: string;
  readonly status: SignalStatus;
  /** Nothing more can happen to it. */
  readonly isOver: boolean;
  readonly system?: string;
  readonly clientOrderId?: string;
  /** The trading system's id of the order. */
  readonly orderId?: string;
  readonly quantity?: string;
  readonly cumQty?: string;
  readonly leavesQty?: string;
  readonly lastPx?: string;
  readonly avgPx?: string;
  /** Reports that changed it. */
  readonly reports: number;
  /** Why it was refused or failed, or the system's own words. */
  readonly text?: string;
  /** What `processSignal` answered, once it did. */
  readonly answer?: SignalAnswer;
}

/** What a report changes; quantities and prices at 10^-8. */
export interface BookedReport {
  readonly status: SignalStatus;
  readonly orderId: string;
  readonly cumQty: bigint;
  readonly lastPx: bigint;
  readonly avgPx: bigint;
  readonly text: string;
}

/** One signal as the bridge keeps it. */
export interface SignalEntry {
  readonly id: string;
  readonly system: string | undefined;
  readonly isDirect: boolean;
  readonly signal: Signal | undefined;
  readonly order: SignalOrder | undefined;
  /** Ledger position of its first record; 0 where there is no ledger. */
  position: number;
  status: SignalStatus;
  /** Ledger sequence of the decision that approved it; 0: it was not approved yet. */
  orderSequence: number;
  /** Its order was let go to a system of its own. */
  isReleased: boolean;
  answer: SignalAnswer | undefined;
  /** Resolves with the answer, for those who ask again meanwhile. */
  pending: Promise<SignalAnswer> | undefined;
  orderId: string;
  cumQty: bigint;
  lastPx: bigint;
  avgPx: bigint;
  reports: number;
  text: string;
}

/**
 * The signals that are remembered, with what became of each. Its bound is `rememberedMax`: the one that has been over for longest is forgotten first, one
 * that is open never.
 */
export class SignalBook {
  readonly #max: number;
  readonly #entries = new Map<string, SignalEntry>();
  readonly #byClOrdId = new Map<string, SignalEntry>();
  readonly #byOrder = new Map<number, SignalEntry>();
  /** Ids in the order in which they were over. */
  readonly #over = new Set<string>();

  constructor(rememberedMax: number) {
    this.#max = rememberedMax;
  }

  get(id: string): SignalEntry | undefined {
    return this.#entries.get(id);
  }

  /** Those without an answer, oldest first. */
  unanswered(): SignalEntry[] {
    return [...this.#entries.values()].filter(({ answer }) => answer === undefined);
  }

  /** The position of the oldest record that is remembered; undefined without any. */
  get oldestPosition(): number | undefined {
    for (const { position } of this.#entries.values()) if (position > 0) return position;
    return undefined;
  }

  /** Remembers a signal; undefined when all that are remembered are open. */
  add(given: Pick<SignalEntry, 'id' | 'system' | 'isDirect' | 'signal' | 'order'>): SignalEntry | undefined {
    if (this.#entries.size >= this.#max && !this.#forgetOldest()) return undefined;
    const entry: SignalEntry = {
      ...given,
      position: 0,
      status: 'RECEIVED',
      orderSequence: 0,
      isReleased: false,
      answer: undefined,
      pending: undefined,
      orderId: '',
      cumQty: 0n,
      lastPx: 0n,
      avgPx: 0n,
      reports: 0,
      text: '',
    };
    this.#entries.set(entry.id, entry);
    if (entry.order !== undefined) this.#byClOrdId.set(entry.order.clOrdId, entry);
    return entry;
  }

  #forgetOldest(): boolean {
    const [oldest] = this.#over;
    if (oldest === undefined) return false;
    const entry = this.#entries.get(oldest);
    this.#over.delete(oldest);
    this.#entries.delete(oldest);
    if (entry?.order !== undefined) this.#byClOrdId.delete(entry.order.clOrdId);
    if (entry !== undefined) this.#byOrder.delete(entry.orderSequence);
    return true;
  }

  /** The gate let its order pass: a later report names it by this sequence. */
  approved(clOrdId: string, orderSequence: number): SignalEntry | undefined {
    const entry = this.#byClOrdId.get(clOrdId);
    if (entry === undefined) return undefined;
    entry.orderSequence = orderSequence;
    this.#byOrder.set(orderSequence, entry);
    if (!entry.isDirect) this.#setStatus(entry, 'SENT');
    return entry;
  }

  /** Looks up by the ClOrdID of its order. */
  byClOrdId(clOrdId: string): SignalEntry | undefined {
    return this.#byClOrdId.get(clOrdId);
  }

  /** Books what a trading system said; of an order that is not remembered nothing. */
  reported(orderSequence: number, report: BookedReport): void {
    const entry = this.#byOrder.get(orderSequence);
    if (entry === undefined) return;
    entry.reports++;
    if (report.orderId !== '') entry.orderId = report.orderId;
    entry.cumQty = report.cumQty;
    if (report.lastPx > 0n) entry.lastPx = report.lastPx;
    if (report.avgPx > 0n) entry.avgPx = report.avgPx;
    if (report.text !== '') entry.text = report.text;
    this.#setStatus(entry, report.status);
  }

  /** Nobody knows whether its order is at the system, unless a report told since. */
  doubted(entry: SignalEntry, text: string): void {
    if (OVER.has(entry.status) || entry.reports > 0) return;
    entry.text = text;
    this.#setStatus(entry, 'UNKNOWN');
  }

  /** It left for a system of its own. */
  released(entry: SignalEntry): void {
    entry.isReleased = true;
    if (entry.status === 'RECEIVED') this.#setStatus(entry, 'SENT');
  }

  /** It is answered; what is refused or failed without a chance to be at a system is over. */
  answered(entry: SignalEntry, answer: SignalAnswer): void {
    entry.answer = answer;
    entry.pending = undefined;
    if (answer.status === 'REJECTED') this.#end(entry, 'REJECTED', answer.reason);
    else if (answer.status === 'ERROR' && answer.sent === 'no') this.#end(entry, 'ERROR', answer.error);
    else if (answer.status === 'ERROR') this.doubted(entry, answer.error);
  }

  #end(entry: SignalEntry, status: SignalStatus, text: string): void {
    entry.text = text;
    this.#setStatus(entry, status);
  }

  #setStatus(entry: SignalEntry, status: SignalStatus): void {
    entry.status = status;
    // A bust may open an order again that was over.
    if (OVER.has(status)) this.#over.add(entry.id);
    else this.#over.delete(entry.id);
  }
}

const text = (amount: bigint): string => formatDecimal(amount, DECIMAL_SCALE);

/** A signal as those see it who ask for it. */
export function executionOf(entry: SignalEntry): SignalExecution {
  const { order, answer } = entry;
  const over = isOver(entry);
  return {
    signal_id: entry.id,
    status: entry.status,
    isOver: over,
    ...(entry.system !== undefined && { system: entry.system }),
    ...(order !== undefined && {
      clientOrderId: order.clOrdId,
      quantity: text(order.quantity),
      cumQty: text(entry.cumQty),
      leavesQty: text(over ? 0n : order.quantity - entry.cumQty),
    }),
    ...(entry.orderId !== '' && { orderId: entry.orderId }),
    ...(entry.lastPx > 0n && { lastPx: text(entry.lastPx) }),
    ...(entry.avgPx > 0n && { avgPx: text(entry.avgPx) }),
    reports: entry.reports,
    ...(entry.text !== '' && { text: entry.text }),
    ...(answer !== undefined && { answer }),
  };
}
