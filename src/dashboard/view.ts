import type { HistogramSummary } from '../observe/index.js';
import type { DeniedRequest, SessionAnswer, SessionCommand, SessionView } from '../orders/index.js';
import type { SignalBridge } from '../signals/index.js';
import type { StageCounts } from '../transform/index.js';

/** One reader of a log: a sink's, or the WebSocket's. */
export interface ReaderView {
  readonly sink: string;
  readonly log: string;
  readonly position: number;
  readonly lag: number;
  readonly published: number;
  readonly retries: number;
  readonly dropped: number;
  readonly deadLettered: number;
  readonly rewound: number;
  readonly failing: boolean;
}

export interface LogView {
  readonly name: string;
  readonly committedSequence: number;
  readonly syncedSequence: number;
  /** `ok`, `reserve` or `failed`. */
  readonly state: string;
}

/** A ring between two threads: bytes that wait in it, and all it holds. */
export interface RingView {
  readonly name: string;
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** One order of the last ones, as its topic has it. */
export interface OrderView {
  readonly position: number;
  /** JSON text of the decision. */
  readonly data: string;
}

export const HALT_SCOPES = ['firm', 'account', 'symbol'] as const;

export interface HaltRequest {
  readonly scope: (typeof HALT_SCOPES)[number];
  /** Account or symbol; empty for the firm. */
  readonly id: string;
  readonly reason: string;
}

export interface HaltView extends HaltRequest {
  readonly time: string;
}

/** When a halt is in force: the ledger's sequence of the command, and of the last order sent before it. */
export interface HaltResult {
  readonly sequence: number;
  readonly lastSentSequence: number;
}

/**
 * What page, metrics and admin see of a gateway. The gateway implements it over counters in shared memory; every call answers
 * at once and may be made each second. Numbers count from the start of the process unless said.
 */
export interface GatewayView {
  readonly instance: string;
  readonly version: string;
  /** YYYYMMDD of the newest start-of-day load; 0 before the first. */
  businessDate(): number;
  /** Events by name; `accepted`, `refused`, `executions`, `messagesIn` and `messagesOut` have metrics and plots of their own. */
  counters(): Readonly<Record<string, number>>;
  /** Refusals by rule. */
  refusals(): Readonly<Record<string, number>>;
  /** Time in each stage: read, decode, gate, journal, write; `total` if it is kept. */
  stages(): Readonly<Record<string, HistogramSummary>>;
  sessions(): readonly SessionView[];
  readers(): readonly ReaderView[];
  logs(): readonly LogView[];
  rings(): readonly RingView[];
  /** Counters of the WebSocket data server; empty without one. */
  websocket(): Readonly<Record<string, number>>;
  /** What `transform` did, by source; empty without a step. */
  transforms(): readonly StageCounts[];
  /** Newest first. */
  lastOrders(): readonly OrderView[];
  /** Whether clients may connect, and why not. */
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] };
  halts(): readonly HaltView[];
  /** Resolves when the halt is journalled and the lane has passed its egress check. */
  halt(request: HaltRequest): Promise<HaltResult>;
  resume(request: HaltRequest): Promise<HaltResult>;
  /** Resolves when the command to a FIX session, or its refusal, is journalled. Rejects with ClosedError. */
  session(command: SessionCommand): Promise<SessionAnswer>;
  /** The bridge of signals; undefined where none is configured, or none runs. */
  signals?(): SignalBridge | undefined;
  /** Journals a command that was refused before it came to the lane. */
  denied(request: DeniedRequest): void;
}
