import { isAdmin } from '../session/index.js';
import type { OutboundKind } from '../session/index.js';
import { msgTypeByte } from './msg-type.js';

/** What one session sent and received since the start. received = application + sessionLevel; transmitted = sent + resent + gapFills. */
export interface SessionCountsView {
  readonly application: number;
  readonly sessionLevel: number;
  readonly sent: number;
  readonly resent: number;
  readonly gapFills: number;
  /** Numbered while nobody was logged on: they leave as `resent`, when the counterparty asks. */
  readonly stored: number;
  readonly rejectsIn: number;
  readonly rejectsOut: number;
  /** ResendRequests: of the counterparty, and ours, one for each gap found and each time it is asked for again. */
  readonly resendRequestsIn: number;
  readonly resendRequestsOut: number;
  /** Messages in by their SendingTime against our clock: sum in ms, never below 0 each, and of how many. */
  readonly inLatencyMs: number;
  readonly inLatencySamples: number;
  /** From the oldest message numbered to the write that takes it: sum in ms, one sample a write. */
  readonly outLatencyMs: number;
  readonly outLatencySamples: number;
}

type Counts = { -readonly [Name in keyof SessionCountsView]: SessionCountsView[Name] };

const [REJECT, BUSINESS_REJECT, RESEND_REQUEST] = [0x33, 0x6a, 0x32];

/** Written by the lane, copied for main. Nothing is allocated a message. */
export class SessionCounts {
  readonly #counts: Counts = {
    application: 0,
    sessionLevel: 0,
    sent: 0,
    resent: 0,
    gapFills: 0,
    stored: 0,
    rejectsIn: 0,
    rejectsOut: 0,
    resendRequestsIn: 0,
    resendRequestsOut: 0,
    inLatencyMs: 0,
    inLatencySamples: 0,
    outLatencyMs: 0,
    outLatencySamples: 0,
  };
  /** When the oldest message that waits to be written was numbered, in ms of `performance.now`; 0: none waits. */
  #waitingSinceMs = 0;

  /** `ageMs` is NaN where the SendingTime was not read. */
  received(msgType: string, ageMs: number): void {
    const counts = this.#counts;
    if (isAdmin(msgType)) counts.sessionLevel++;
    else counts.application++;
    if (msgType === '3' || msgType === 'j') counts.rejectsIn++;
    else if (msgType === '2') counts.resendRequestsIn++;
    if (Number.isNaN(ageMs)) return;
    counts.inLatencyMs += Math.max(0, ageMs);
    counts.inLatencySamples++;
  }

  transmitted(bytes: Uint8Array, kind: OutboundKind): void {
    const counts = this.#counts;
    if (kind === 'resent') counts.resent++;
    else if (kind === 'gapFill') counts.gapFills++;
    else if (kind === 'stored') counts.stored++;
    else counts.sent++;
    if (kind !== 'stored' && this.#waitingSinceMs === 0) this.#waitingSinceMs = performance.now();
    if (kind === 'resent' || kind === 'gapFill') return;
    const type = msgTypeByte(bytes);
    if (type === REJECT || type === BUSINESS_REJECT) counts.rejectsOut++;
    else if (type === RESEND_REQUEST) counts.resendRequestsOut++;
  }

  /** What waited was handed to the socket, all of it or its oldest part. */
  written(isAll: boolean): void {
    if (this.#waitingSinceMs === 0) return;
    const nowMs = performance.now();
    this.#counts.outLatencyMs += nowMs - this.#waitingSinceMs;
    this.#counts.outLatencySamples++;
    this.#waitingSinceMs = isAll ? 0 : nowMs;
  }

  /** The connection is gone, and what waited with it. */
  forget(): void {
    this.#waitingSinceMs = 0;
  }

  view(): SessionCountsView {
    return { ...this.#counts };
  }
}
