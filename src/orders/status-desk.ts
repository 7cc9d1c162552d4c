import type { FixMessage } from '../codec/index.js';
import { DECIMAL_SCALE, formatDecimal } from '../model/index.js';
import type { VersionedBody } from './application-version.js';
import { venueClOrdId, type LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import type { OrderRow } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { forwardBody, ordStatusOf } from './reports.js';
import { translateRequest } from './translation.js';

const TAG = { clOrdId: 11, ordStatusReqId: 790, side: 54, symbol: 55 };
/** ExecID (17) of a status report: nothing was executed. */
const NO_EXECUTION = '0';
const UNKNOWN_ORDER = '5';

/**
 * OrderStatusRequests (H) of clients. They are answered from the lane's own table, at once and also while the venue is away; a session with
 * `orderStatus: venue` has them passed on, and reads the venue's answer.
 */
export class StatusDesk {
  readonly #context: LaneContext;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  handle(client: LaneSession, message: FixMessage): void {
    const { orders, venue, nowNs, meter } = this.#context;
    const slot = orders.table.findClient(client.index, message.textOf(TAG.clOrdId) ?? '');
    meter.count('statusRequestsIn');
    if (slot !== NO_SLOT && client.passesOn.orderStatus && venue.isActive) return this.#passOn(client, message, slot);
    client.tell('8', body => this.#report(body, message, slot), nowNs);
  }

  #passOn(client: LaneSession, message: FixMessage, slot: number): void {
    const { orders, venue, nowNs } = this.#context;
    const clOrdId = venueClOrdId(this.#context, orders.table.row.at(slot).sequence('venueId'));
    const ids = { clOrdId, origClOrdId: undefined };
    venue.session.send(
      'H',
      encoder =>
        client.version.name === venue.version.name
          ? forwardBody(encoder, message, ids)
          : translateRequest(encoder, message, { ids, known: new Map() }, venue.version),
      nowNs,
      venue,
    );
  }

  #report(body: VersionedBody, request: FixMessage, slot: number): void {
    const asked = request.textOf(TAG.clOrdId) ?? '';
    body.field(20, '3').field(TAG.clOrdId, asked).field(17, NO_EXECUTION).needed(32, '0').needed(31, '0');
    const requestId = request.textOf(TAG.ordStatusReqId);
    if (requestId !== undefined) body.field(TAG.ordStatusReqId, requestId);
    if (slot === NO_SLOT) return reportUnknown(body, request);
    this.#reportKnown(body, asked, slot);
  }

  #reportKnown(body: VersionedBody, asked: string, slot: number): void {
    const { accounts, orders, symbols } = this.#context;
    const row = orders.table.row.at(slot);
    const status = ordStatusOf(row);
    // What stands under the id of a request in flight is the order that it is to change.
    if (asked !== row.text('clOrdId')) body.field(41, row.text('clOrdId'));
    body
      .field(37, row.text('orderId') || 'NONE')
      .field(39, status)
      .field(150, body.statusType(status));
    body.field(1, accounts.nameOf(row.u32('accountIndex'))).field(TAG.symbol, symbols.nameOf(row.u32('symbolIndex')));
    body.field(TAG.side, String.fromCharCode(row.u8('side')));
    const rest = row.i64('quantity') - row.i64('cumQuantity');
    const leaves = orders.table.isFinished(slot) || rest < 0n ? 0n : rest;
    reportNumbers(body, row, leaves);
  }
}

function reportNumbers(body: VersionedBody, row: OrderRow, leaves: bigint): void {
  const decimal = (value: bigint): string => formatDecimal(value, DECIMAL_SCALE);
  body.field(38, decimal(row.i64('quantity'))).field(151, decimal(leaves));
  body.field(14, decimal(row.i64('cumQuantity'))).field(6, decimal(row.i64('avgPx')));
  if (row.i64('price') !== 0n) body.field(44, decimal(row.i64('price')));
  if (row.u8('timeInForce') !== 0) body.field(59, String.fromCharCode(row.u8('timeInForce')));
}

/** Of an order that the lane does not know, or no longer: rejected, unknown order. */
function reportUnknown(body: VersionedBody, request: FixMessage): void {
  body.field(37, 'NONE').field(39, '8').field(150, body.statusType('8')).field(103, UNKNOWN_ORDER);
  body.field(TAG.symbol, request.textOf(TAG.symbol) ?? '').field(TAG.side, request.textOf(TAG.side) ?? '');
  body.field(14, '0').field(151, '0').field(6, '0').needed(38, '0').field(58, 'unknown order');
}
