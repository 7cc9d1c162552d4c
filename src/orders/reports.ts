import type { FixEncoder, FixMessage } from '../codec/index.js';
import { formatDecimal } from '../model/index.js';
import { copyField } from '../session/index.js';
import type { VersionedBody } from './application-version.js';
import type { OrderRow } from './order-row.js';

/** Tags of the standard header and trailer: a forwarded message gets its own. */
export const HEADER_AND_TRAILER: ReadonlySet<number> = new Set([
  8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 212, 213,
  347, 369, 627, 628, 629, 630,
]);

const TAG = { clOrdId: 11, execId: 17, orderId: 37, origClOrdId: 41 };

/** CxlRejReason (102); `broker` is the broker's or exchange's option. */
export const CXL_REJ_REASON = { tooLate: '0', unknownOrder: '1', broker: '2' } as const;

/** The ids a forwarded message carries in place of those it came with; undefined drops the field. */
export interface ForwardedIds {
  readonly clOrdId: string;
  readonly origClOrdId: string | undefined;
}

/**
 * Copies a message's body field by field as it came, in its order, groups and unknown tags included, with the ids of the other side.
 * A tag that is not in the message is not made up, and those of `leftOut` stay behind.
 */
export function forwardBody(
  encoder: FixEncoder,
  message: FixMessage,
  ids: ForwardedIds,
  leftOut: ReadonlySet<number> = HEADER_AND_TRAILER,
): void {
  for (let index = 3; index < message.fieldCount;) {
    const tag = message.tagAt(index);
    if (tag === TAG.clOrdId) encoder.field(tag, ids.clOrdId);
    else if (tag === TAG.origClOrdId && ids.origClOrdId !== undefined) encoder.field(tag, ids.origClOrdId);
    const isOurs = tag === TAG.clOrdId || tag === TAG.origClOrdId || leftOut.has(tag);
    index = isOurs ? index + 1 : copyField(encoder, message, index);
  }
}

/** What a report made by the gateway itself says of a request. */
export interface OwnReport {
  readonly orderId: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly origClOrdId?: string;
  readonly text: string;
}

/** ExecutionReport for an order the gate refused: ExecType and OrdStatus 8, OrdRejReason 0 (broker option), Text naming the rule. */
export function refusedReport(body: VersionedBody, request: FixMessage, report: OwnReport): void {
  ended(body, report, '0');
  repeatRequest(body.encoder, request);
}

/** Copies the fields of the request that an ExecutionReport repeats: Account, Symbol, Side, OrderQty, OrdType, Price, TimeInForce. */
function repeatRequest(encoder: FixEncoder, request: FixMessage): void {
  for (const tag of [1, 55, 54, 38, 40, 44, 59]) {
    const index = request.find(tag);
    if (index >= 0) encoder.bytesField(tag, request.bytes, request.valueStartAt(index), request.valueEndAt(index));
  }
}

/** What an ExecutionReport says of an order that is over by it with nothing traded: OrdRejReason (103) and Text tell why. */
function ended(body: VersionedBody, report: OwnReport, ordRejReason: string): void {
  body.field(TAG.orderId, report.orderId).field(TAG.execId, report.execId).field(20, '0').field(150, '8');
  body.field(39, '8').field(103, ordRejReason).field(TAG.clOrdId, report.clOrdId);
  body.field(151, '0').field(14, '0').field(6, '0').needed(32, '0').needed(31, '0').field(58, report.text);
}

/** ExecutionReport for a direct order that the gate let pass: ExecType and OrdStatus A (PendingNew), OrderID our ClOrdID of it. */
export function approvedReport(encoder: FixEncoder, request: FixMessage, report: OwnReport): void {
  encoder.field(TAG.orderId, report.orderId).field(TAG.execId, report.execId);
  encoder.field(150, 'A').field(39, 'A').field(TAG.clOrdId, report.clOrdId);
  repeatRequest(encoder, request);
  const leaves = request.textOf(38) ?? '0';
  encoder.field(151, leaves).field(14, '0').field(6, '0').field(58, report.text);
}

/** What an OrderCancelReject of our own says: of which request (F or G), the order's OrdStatus, and CxlRejReason. */
export interface CancelReject extends OwnReport {
  readonly msgType: string;
  readonly ordStatus: string;
  readonly reason: string;
}

/** OrderCancelReject (9) for a cancel or replace that never reached the venue. CxlRejResponseTo 1 = cancel, 2 = replace. */
export function cancelRejected(body: VersionedBody, report: CancelReject): void {
  body.field(TAG.orderId, report.orderId).field(TAG.clOrdId, report.clOrdId);
  body.field(TAG.origClOrdId, report.origClOrdId || 'NONE').field(39, report.ordStatus);
  body
    .field(434, report.msgType === 'F' ? '1' : '2')
    .field(102, report.reason)
    .field(58, report.text);
}

/** ExecutionReport for an order that was accepted but is known not to have reached the venue: it is over, nothing of it traded. */
export function unsentReport(body: VersionedBody, row: OrderRow, report: OwnReport & { symbol: string }): void {
  ended(body, report, '99');
  body.field(55, report.symbol).field(54, String.fromCharCode(row.u8('side')));
  body.field(38, formatDecimal(row.i64('quantity'), 8));
}

/** OrdStatus (39) of an order as the venue told it last; pending new (A) before its first report. */
export function ordStatusOf(row: OrderRow): string {
  return String.fromCharCode(row.u8('ordStatus') || 0x41);
}

/** OrderCancelRequest (F) of the gateway's own. */
export interface OwnCancel {
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly symbol: string;
  readonly nowNs: bigint;
  readonly text: string;
  /** The order, or the replace that stands for it, as it was sent to the venue. */
  readonly original: FixMessage | undefined;
}

/** OrderCancelRequest (F) for the whole of an order that its client left behind. */
export function ownCancel(body: VersionedBody, row: OrderRow, cancel: OwnCancel): void {
  body
    .field(TAG.clOrdId, cancel.clOrdId)
    .field(38, formatDecimal(row.i64('quantity'), 8))
    .field(125, 'F');
  body.field(TAG.origClOrdId, cancel.origClOrdId).field(54, String.fromCharCode(row.u8('side')));
  body.field(55, cancel.symbol).field(58, cancel.text).time(cancel.nowNs);
  if (cancel.original !== undefined) repeatOriginal(body, cancel.original);
}

/** Of the order's message what a cancel says by itself, or has a different meaning in: ids, quantities, words, the list it came in. */
const SAID_ANEW = new Set([11, 37, 38, 40, 41, 44, 54, 55, 58, 60, 66, 125, 152, 354, 355, 376, 526, 583, 586]);

/** Account and what names the instrument, as the venue was told them: each plain field of the order that its version has in a cancel too. */
function repeatOriginal(body: VersionedBody, original: FixMessage): void {
  for (let index = 3; index < original.fieldCount;) {
    const tag = original.tagAt(index);
    const isRepeated = body.hasPlain(tag) && !SAID_ANEW.has(tag) && !HEADER_AND_TRAILER.has(tag);
    index = isRepeated ? copyField(body.encoder, original, index) : index + 1;
  }
}
