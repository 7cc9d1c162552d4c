import { DECISION, EXECUTION, EXECUTION_EFFECT, EXECUTION_KIND, FRAME_TYPE, ORDER } from '../model/index.js';
import type { SinkFrame } from '../publish/index.js';
import { refusalText } from '../risk/index.js';
import type { BookedReport, SignalStatus } from '../signals/index.js';

const STATUS_OF: Readonly<Record<string, SignalStatus>> = {
  '1': 'PARTIALLY_FILLED',
  '2': 'FILLED',
  '3': 'EXPIRED',
  '4': 'CANCELED',
  '8': 'REJECTED',
  C: 'EXPIRED',
};

/** Where an order stands by OrdStatus (39): what is none of an end or a fill works. */
export function statusOf(ordStatus: string): SignalStatus {
  return STATUS_OF[ordStatus] ?? 'WORKING';
}

/** A decision about an order of a session. */
export interface DecidedOrder {
  readonly clOrdId: string;
  /** Why it was refused; undefined where it passed. */
  readonly refusal: string | undefined;
}

/** What a report did to an order of a session. */
export interface ReportedOrder {
  readonly orderSequence: number;
  readonly execId: string;
  readonly report: BookedReport;
}

/** The index of the session that a decision or an execution is about; -1 for any other frame. */
export function sessionOf({ type, payload }: SinkFrame): number {
  const view = viewOf(payload);
  if (type === FRAME_TYPE.decision) return view.getUint32(ORDER.offset.sessionIndex, true);
  if (type === FRAME_TYPE.execution) return view.getUint32(EXECUTION_EFFECT.offset.sessionIndex, true);
  return -1;
}

/** Reads a decision frame. */
export function decidedOrder({ payload }: SinkFrame): DecidedOrder {
  const failed = viewOf(payload).getUint32(ORDER.sizeBytes + DECISION.offset.failedMask, true);
  return {
    clOrdId: textAt(payload, ORDER.offset.clOrdId),
    refusal: failed === 0 ? undefined : refusalText(payload, ORDER.sizeBytes),
  };
}

/** Reads an execution frame; undefined for one that says nothing of the order itself. */
export function reportedOrder({ payload }: SinkFrame): ReportedOrder | undefined {
  const view = viewOf(payload);
  const at = (name: keyof typeof EXECUTION.offset): number => EXECUTION_EFFECT.sizeBytes + EXECUTION.offset[name];
  const kind = view.getUint32(EXECUTION_EFFECT.offset.kind, true);
  if (kind === EXECUTION_KIND.requestRejected) return undefined;
  const amount = (name: 'cumQty' | 'lastPx' | 'avgPx'): bigint => view.getBigInt64(at(name), true);
  const ordStatus = String.fromCharCode(payload[at('ordStatus')] ?? 0);
  return {
    orderSequence: Number(view.getBigUint64(EXECUTION_EFFECT.offset.venueId, true)),
    execId: textAt(payload, at('execId')),
    report: {
      status: kind === EXECUTION_KIND.inDoubt ? 'UNKNOWN' : statusOf(ordStatus),
      orderId: textAt(payload, at('orderId')),
      cumQty: amount('cumQty'),
      lastPx: amount('lastPx'),
      avgPx: amount('avgPx'),
      text: kind === EXECUTION_KIND.unsent ? 'it did not come to the venue' : '',
    },
  };
}

/** The reason of a dead letter, and ClOrdID (11) and ExecID (17) of its message. */
export function deadMessage({ payload }: SinkFrame): { reason: string; clOrdId: string; execId: string } {
  const size = viewOf(payload).getUint16(0, true);
  const message = Buffer.from(payload.subarray(2 + size)).toString('latin1');
  const field = (tag: number): string => new RegExp(`\x01${tag}=([^\x01]*)\x01`).exec(message)?.[1] ?? '';
  return { reason: Buffer.from(payload.subarray(2, 2 + size)).toString('utf8'), clOrdId: field(11), execId: field(17) };
}

function textAt(payload: Uint8Array, at: number): string {
  return Buffer.from(payload.subarray(at + 1, at + 1 + (payload[at] ?? 0))).toString('latin1');
}

function viewOf(payload: Uint8Array): DataView {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
}
