import type { FixEncoder, FixMessage } from '../codec/index.js';
import { formatDecimal } from '../model/index.js';
import { copyField } from '../session/index.js';
import type { OrderRow } from './order-row.js';
import { ORDER_STATE } from './order-row.js';

/** Tags of the standard header and trailer: a forwarded message gets its own. */
const HEADER_AND_TRAILER = new Set([
  8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 212, 213,
  347, 369, 627, 628, 629, 630,
]);

const TAG = { clOrdId: 11, execId: 17, orderId: 37, origClOrdId: 41 };

/** CxlRejReason (102); `broker` is the broker's or exchange's option. */
export const CXL_REJ_REASON = { tooLate: '0', unknownOrder: '1', broker: '2' } as const;

/** OrdStatus (39) as the client is told it, by our state. */
const ORD_STATUS: Readonly<Record<number, string>> = {
  [ORDER_STATE.sent]: 'A',
  [ORDER_STATE.unknown]: 'A',
  [ORDER_STATE.open]: '0',
  [ORDER_STATE.partiallyFilled]: '1',
  [ORDER_STATE.filled]: '2',
  [ORDER_STATE.canceled]: '4',
  [ORDER_STATE.rejected]: '8',
  [ORDER_STATE.expired]: 'C',
};

/** The ids a forwarded message carries in place of those it came with; undefined drops the field. */
export interface ForwardedIds {
  readonly clOrdId: string;
  readonly origClOrdId: string | undefined;
}

/**
 * Copies a message's body field by field as it came, in its order, groups and unknown tags included, with the ids of the other side.
 * A tag that is not in the message is not made up.
 */
export function forwardBody(encoder: FixEncoder, message: FixMessage, ids: ForwardedIds): void {
  for (let index = 3; index < message.fieldCount;) {
    const tag = message.tagAt(index);
    if (tag === TAG.clOrdId) encoder.field(tag, ids.clOrdId);
    else if (tag === TAG.origClOrdId && ids.origClOrdId !== undefined) encoder.field(tag, ids.origClOrdId);
    const isOurs = tag === TAG.clOrdId || tag === TAG.origClOrdId || HEADER_AND_TRAILER.has(tag);
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

/** Copies the fields of the request that an ExecutionReport repeats: Account, Symbol, Side, OrderQty, OrdType, Price, TimeInForce. */
function repeatRequest(encoder: FixEncoder, request: FixMessage): void {
  for (const tag of [1, 55, 54, 38, 40, 44, 59]) {
    const index = request.find(tag);
    if (index >= 0) encoder.bytesField(tag, request.bytes, request.valueStartAt(index), request.valueEndAt(index));
  }
}

/** ExecutionReport for an order the gate refused: ExecType and OrdStatus 8, OrdRejReason 0 (broker option), Text naming the rule. */
export function refusedReport(encoder: FixEncoder, request: FixMessage, report: OwnReport): void {
  encoder.field(TAG.orderId, report.orderId).field(TAG.execId, report.execId);
  if (request.beginString < 'FIX.4.3') encoder.field(20, '0');
  encoder.field(150, '8').field(39, '8').field(103, '0').field(TAG.clOrdId, report.clOrdId);
  repeatRequest(encoder, request);
  encoder.field(151, '0').field(14, '0').field(6, '0').field(58, report.text);
}

/** What an OrderCancelReject of our own says: of which request (F or G), the order's OrdStatus, and CxlRejReason. */
export interface CancelReject extends OwnReport {
  readonly msgType: string;
  readonly ordStatus: string;
  readonly reason: string;
}

/** OrderCancelReject (9) for a cancel or replace that never reached the venue. CxlRejResponseTo 1 = cancel, 2 = replace. */
export function cancelRejected(encoder: FixEncoder, report: CancelReject): void {
  encoder.field(TAG.orderId, report.orderId).field(TAG.clOrdId, report.clOrdId);
  encoder.field(TAG.origClOrdId, report.origClOrdId || 'NONE').field(39, report.ordStatus);
  encoder
    .field(434, report.msgType === 'F' ? '1' : '2')
    .field(102, report.reason)
    .field(58, report.text);
}

/** ExecutionReport for an order that was accepted but is known not to have reached the venue: it is over, nothing of it traded. */
export function unsentReport(
  encoder: FixEncoder,
  row: OrderRow,
  report: OwnReport & { beginString: string; symbol: string },
): void {
  encoder.field(TAG.orderId, report.orderId).field(TAG.execId, report.execId);
  if (report.beginString < 'FIX.4.3') encoder.field(20, '0');
  encoder.field(150, '8').field(39, '8').field(103, '99').field(TAG.clOrdId, report.clOrdId);
  encoder.field(55, report.symbol).field(54, String.fromCharCode(row.u8('side')));
  encoder
    .field(38, formatDecimal(row.i64('quantity'), 8))
    .field(151, '0')
    .field(14, '0')
    .field(6, '0')
    .field(58, report.text);
}

/** OrdStatus (39) of an order as we know it: of one whose state only the venue knows, what it last reported. */
export function ordStatusOf(row: OrderRow): string {
  const state = row.u8('state');
  if (state !== ORDER_STATE.unknown || row.text('orderId') === '') return ORD_STATUS[state] ?? '8';
  return ORD_STATUS[row.i64('cumQuantity') > 0n ? ORDER_STATE.partiallyFilled : ORDER_STATE.open] as string;
}

/** OrderCancelRequest (F) of the gateway's own. */
export interface OwnCancel {
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly symbol: string;
  readonly nowNs: bigint;
  readonly text: string;
}

/** OrderCancelRequest (F) for the whole of an order that its client left behind. */
export function ownCancel(encoder: FixEncoder, row: OrderRow, cancel: OwnCancel): void {
  encoder.field(TAG.clOrdId, cancel.clOrdId).field(38, formatDecimal(row.i64('quantity'), 8));
  encoder.field(TAG.origClOrdId, cancel.origClOrdId).field(54, String.fromCharCode(row.u8('side')));
  encoder.field(55, cancel.symbol).field(58, cancel.text).timestampField(60, cancel.nowNs, 3);
}
