import type { FixMessage } from '../codec/index.js';
import { EXECUTION, EXECUTION_EFFECT, EXECUTION_KIND, DECIMAL_SCALE, parseDecimal } from '../model/index.js';
import { ExecutionFrame } from './execution-frame.js';
import type { LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { setText } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { forwardBody } from './reports.js';
import { translateRequest } from './translation.js';

const TAG = { execId: 17, lastPx: 31, lastQty: 32, orderId: 37, side: 54, text: 58, dkReason: 127 };
const ID_SIZE_MAX = 47;

/**
 * DontKnowTrade (Q) of clients: an execution that the client will not have. What traded stands until the venue takes it back, so no position
 * moves; the dispute is a frame of the ledger under its order, an alarm, and, unless the session says `dontKnowTrade: record`, goes on to the
 * venue, whose OrderID and ExecID the client was told.
 */
export class DisputeDesk {
  readonly #context: LaneContext;
  readonly #frame: ExecutionFrame;

  constructor(context: LaneContext) {
    this.#context = context;
    this.#frame = new ExecutionFrame(context);
  }

  /** False when its OrderID is of no order of the client. */
  handle(client: LaneSession, message: FixMessage): boolean {
    const { orders, meter } = this.#context;
    const slot = orders.table.findOrderId(client.index, message.textOf(TAG.orderId) ?? '');
    if (slot === NO_SLOT) return false;
    this.#record(message, slot);
    meter.count('tradesDisputed');
    const clOrdId = orders.table.row.at(slot).text('clOrdId');
    const [execId, reason, text] = [TAG.execId, TAG.dkReason, TAG.text].map(tag => message.textOf(tag) ?? '');
    const words = `the client does not know the trade ${execId} of ${clOrdId} (DKReason ${reason}): ${text || 'no Text'}`;
    client.event('warning', words);
    if (client.passesOn.dontKnowTrade) this.#passOn(client, message);
    return true;
  }

  #record(message: FixMessage, slot: number): void {
    const frame = this.#frame;
    const { offset } = EXECUTION;
    frame.clear();
    frame.venueId = this.#context.orders.table.row.at(slot).sequence('venueId');
    frame.takeClientIds(slot);
    const decimal = (tag: number): bigint => parseDecimal(message.textOf(tag) ?? '', DECIMAL_SCALE) ?? 0n;
    frame.execution.setBigInt64(offset.lastQty, decimal(TAG.lastQty), true);
    frame.execution.setBigInt64(offset.lastPx, decimal(TAG.lastPx), true);
    frame.execution.setUint8(offset.side, (message.textOf(TAG.side) ?? '').charCodeAt(0) || 0);
    const at = EXECUTION_EFFECT.sizeBytes;
    setText(frame.rows, at + offset.execId, (message.textOf(TAG.execId) ?? '').slice(0, ID_SIZE_MAX));
    setText(frame.rows, at + offset.orderId, message.textOf(TAG.orderId) ?? '');
    frame.apply(slot, EXECUTION_KIND.disputed);
  }

  #passOn(client: LaneSession, message: FixMessage): void {
    const { venue, nowNs } = this.#context;
    const ids = { clOrdId: '', origClOrdId: undefined };
    venue.session.send(
      'Q',
      encoder =>
        client.version.name === venue.version.name
          ? forwardBody(encoder, message, ids)
          : translateRequest(encoder, message, { ids, known: new Map() }, venue.version),
      nowNs,
      venue,
    );
  }
}
