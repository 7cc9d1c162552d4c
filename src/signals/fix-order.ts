import { FixEncoder } from '../codec/index.js';
import type { SignalOrder } from './order.js';

/** What header, trailer and the order itself write. */
const RESERVED = new Set([
  1, 8, 9, 10, 11, 34, 35, 38, 40, 43, 44, 49, 50, 52, 54, 55, 56, 57, 59, 60, 89, 90, 91, 93, 95, 96, 97, 115, 116,
  122, 128, 129, 142, 143, 144, 145, 212, 213, 347, 369, 627, 628, 629, 630,
]);

/** Whether a tag is not for a configuration to write. */
export function isReservedTag(tag: number): boolean {
  return RESERVED.has(tag);
}

/** The session whose message it is. */
export interface MessageParties {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

interface Field {
  readonly tag: number;
  write(encoder: FixEncoder): void;
}

/** The fields of an order, by ascending tag. */
function fieldsOf(order: SignalOrder, beginString: string, nowNs: bigint): readonly Field[] {
  const text = (tag: number, value: string | undefined): Field[] =>
    value === undefined ? [] : [{ tag, write: encoder => void encoder.field(tag, value) }];
  const amount = (tag: number, value: bigint | undefined): Field[] =>
    value === undefined ? [] : [{ tag, write: encoder => void encoder.decimalField(tag, value) }];
  return [
    ...text(1, order.account),
    ...text(11, order.clOrdId),
    // HandlInst was required until FIX.4.3: 1, automated, without a broker's hand.
    ...(beginString < 'FIX.4.4' && order.tags.every(([tag]) => tag !== 21) ? text(21, '1') : []),
    ...amount(38, order.quantity),
    ...text(40, order.ordType),
    ...amount(44, order.price),
    ...text(54, order.side),
    ...text(55, order.symbol),
    ...text(59, order.timeInForce),
    { tag: 60, write: (encoder: FixEncoder) => void encoder.timestampField(60, nowNs, 3) },
    ...order.tags.flatMap(([tag, value]) => text(tag, value)),
  ].sort((a, b) => a.tag - b.tag);
}

/** What an ExecutionReport of a direct order says; quantities and prices at 10^-8. */
export interface DirectReport {
  /** Our ClOrdID of the order. */
  readonly clOrdId: string;
  readonly orderId: string;
  readonly execId: string;
  readonly execType: string;
  readonly ordStatus: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly lastQty: bigint;
  readonly lastPx: bigint;
  readonly cumQty: bigint;
  readonly leavesQty: bigint;
  readonly avgPx: bigint;
  readonly text: string;
}

/**
 * Writes the messages of the bridge's sessions. They have no numbers of a session, as no connection lies between: MsgSeqNum is 0. Bytes hold until the
 * next call.
 */
export class SignalMessages {
  readonly #encoder = new FixEncoder();

  /** NewOrderSingle. Throws ProtocolError for text that FIX cannot carry, CapacityError for more than fits. */
  newOrderSingle(order: SignalOrder, parties: MessageParties, nowNs: bigint): Uint8Array {
    this.#header('D', parties, nowNs);
    for (const { write } of fieldsOf(order, parties.beginString, nowNs)) write(this.#encoder);
    return this.#encoder.finish();
  }

  /** ExecutionReport. */
  executionReport(report: DirectReport, parties: MessageParties, nowNs: bigint): Uint8Array {
    const encoder = this.#header('8', parties, nowNs);
    encoder.decimalField(6, report.avgPx).field(11, report.clOrdId).decimalField(14, report.cumQty);
    encoder.field(17, report.execId);
    if (parties.beginString < 'FIX.4.3') encoder.field(20, '0');
    if (report.lastQty > 0n) encoder.decimalField(31, report.lastPx).decimalField(32, report.lastQty);
    encoder.field(37, report.orderId).decimalField(38, report.quantity).field(39, report.ordStatus);
    encoder.field(54, report.side).field(55, report.symbol);
    if (report.text !== '') encoder.field(58, report.text);
    encoder.timestampField(60, nowNs, 3).field(150, report.execType).decimalField(151, report.leavesQty);
    return encoder.finish();
  }

  #header(msgType: string, { beginString, senderCompID, targetCompID }: MessageParties, nowNs: bigint): FixEncoder {
    const encoder = this.#encoder.begin(beginString, msgType).field(34, 0).field(49, senderCompID);
    return encoder.timestampField(52, nowNs, 3).field(56, targetCompID);
  }
}
