import {
  DECISION,
  EXECUTION,
  EXECUTION_EFFECT,
  EXECUTION_KIND,
  FRAME_TYPE,
  ORDER,
  ORDER_FLAG,
  invariant,
} from '../model/index.js';
import type { FrameView } from '../journal/index.js';
import type { Gate } from '../risk/index.js';
import type { HaltBook } from './halt-book.js';
import type { LaneSession } from './lane-session.js';
import type { LoadFold } from './load-desk.js';
import { msgTypeByte } from './msg-type.js';
import type { Names } from './names.js';
import type { OrderFold } from './order-fold.js';
import { foldOperatorRecord } from './operator-frame.js';
import { SESSION_FRAME } from './session-frame.js';

/** The venue is session 0 of every ledger. */
const VENUE = 0;

export interface FoldParts {
  readonly names: Names;
  readonly gate: Gate;
  readonly orders: OrderFold;
  readonly loads: LoadFold;
  readonly halts: HaltBook;
  /** The session of a ledger index; undefined for frames of no session. */
  session(index: number): LaneSession | undefined;
}

/** Reads the ledger back: each frame makes the change it made when it was written. No I/O, no clock. */
export class LedgerFold {
  readonly #parts: FoldParts;
  /** Hash of the limits that the newest config frame set. */
  limitsHash = '';
  frames = 0;
  lastTimeNs = 0n;

  constructor(parts: FoldParts) {
    this.#parts = parts;
  }

  apply(frame: FrameView): void {
    this.frames++;
    this.lastTimeNs = frame.timeNs;
    const { payload, source } = frame;
    switch (frame.type) {
      case FRAME_TYPE.intern:
        return this.#parts.names.fold(payload);
      case FRAME_TYPE.config:
        this.limitsHash = Buffer.from(payload.subarray(0, 32)).toString('hex');
        return;
      case FRAME_TYPE.command:
        return this.#command(payload);
      case FRAME_TYPE.loadBegin:
        return this.#parts.loads.begin(payload);
      case FRAME_TYPE.loadEnd:
        if (payload.length === 0) this.#parts.loads.abort();
        else this.#parts.loads.end(this.#parts.gate, frame.sequence);
        return;
      case FRAME_TYPE.inbound:
        return this.#parts.session(source)?.foldInbound(msgSeqNumOf(payload), msgTypeByte(payload));
      case FRAME_TYPE.outbound:
        return this.#outbound(frame);
      case FRAME_TYPE.session:
        return this.#numbers(frame);
      case FRAME_TYPE.operator:
        return foldOperatorRecord(payload, this.#parts.session(source));
      case FRAME_TYPE.decision:
        return this.#decision(frame);
      case FRAME_TYPE.execution:
        return this.#execution(frame);
      case FRAME_TYPE.cancelOnDisconnect:
        return this.#parts.session(source)?.foldCancels(viewOf(payload).getUint32(0, true) === 0 ? 0 : frame.sequence);
    }
  }

  #command(payload: Uint8Array): void {
    const { loads, gate } = this.#parts;
    if (loads.isOpen) return loads.hold(payload);
    this.#parts.halts.apply(payload, this.lastTimeNs);
    const status = gate.apply(payload, 0, payload.length);
    invariant(status === 0, 'a gate command in the ledger is refused on replay', { status });
  }

  #outbound({ payload, source, sequence }: FrameView): void {
    const msgSeqNum = msgSeqNumOf(payload);
    this.#parts.session(source)?.foldOutbound(msgSeqNum, sequence, msgTypeByte(payload));
    // A request's frame follows the decision that approved it.
    if (source === VENUE) this.#parts.orders.sentAs(sequence - 1, msgSeqNum);
  }

  #numbers(frame: FrameView): void {
    const view = viewOf(frame.payload);
    const [nextIn, nextOut] = [view.getUint32(SESSION_FRAME.nextIn, true), view.getUint32(SESSION_FRAME.nextOut, true)];
    const hasBegan = view.byteLength >= SESSION_FRAME.size;
    const beganMs = hasBegan ? Number(view.getBigUint64(SESSION_FRAME.began, true)) : undefined;
    this.#parts.session(frame.source)?.foldNumbers(nextIn, nextOut, beganMs);
    if (view.getUint32(SESSION_FRAME.ordersUnknown, true) !== 0) this.#parts.orders.markUnknown();
  }

  #decision(frame: FrameView): void {
    const { gate, orders } = this.#parts;
    const order = viewOf(frame.payload.subarray(0, ORDER.sizeBytes));
    const decision = viewOf(frame.payload.subarray(ORDER.sizeBytes));
    const failedMask = decision.getUint32(DECISION.offset.failedMask, true);
    gate.clock(frame.timeNs);
    // A cancel of the gateway's own was never shown to the gate.
    if ((order.getUint32(ORDER.offset.flags, true) & ORDER_FLAG.byGateway) === 0)
      gate.consume(frame.payload, 0, failedMask);
    if (failedMask === 0) orders.accepted(order, decision, frame.sequence);
  }

  #execution(frame: FrameView): void {
    const { orders } = this.#parts;
    const effect = viewOf(frame.payload);
    const venueId = Number(effect.getBigUint64(EXECUTION_EFFECT.offset.venueId, true));
    const slot = orders.table.findVenue(venueId);
    invariant(slot >= 0, 'an execution in the ledger names an order that is not known', { sequence: frame.sequence });
    const kind = effect.getUint32(EXECUTION_EFFECT.offset.kind, true);
    if (kind === EXECUTION_KIND.requestRejected)
      return orders.requestRejected(slot, { venueId, sequence: frame.sequence });
    if (kind === EXECUTION_KIND.inDoubt) return orders.doubt(slot);
    if (kind === EXECUTION_KIND.disputed) return orders.dispute(slot);
    const execution = frame.payload.subarray(
      EXECUTION_EFFECT.sizeBytes,
      EXECUTION_EFFECT.sizeBytes + EXECUTION.sizeBytes,
    );
    const restatedPrice = effect.getBigInt64(EXECUTION_EFFECT.offset.price, true);
    const applied = orders.executed(slot, viewOf(execution), { venueId, sequence: frame.sequence, restatedPrice });
    invariant(applied, 'an execution in the ledger cannot be applied on replay', { sequence: frame.sequence });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const SOH = 1;
const DIGIT_0 = 0x30;

/** MsgSeqNum (34) of a framed message: it was checked when it came, so the first `<SOH>34=` is the header's. */
export function msgSeqNumOf(message: Uint8Array): number {
  for (let at = 0; at + 4 < message.length; at++) {
    if (message[at] !== SOH || message[at + 1] !== 0x33 || message[at + 2] !== 0x34 || message[at + 3] !== 0x3d)
      continue;
    let value = 0;
    for (let digit = at + 4; message[digit] !== SOH; digit++)
      value = value * 10 + (message[digit] ?? DIGIT_0) - DIGIT_0;
    return value;
  }
  return 0;
}
