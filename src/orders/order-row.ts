import { ORDER_MSG_TYPE, defineRow } from '../model/index.js';

/** Where an order stands at the venue. `free` is an unused row; those from `filled` on are finished and may be reused. */
export const ORDER_STATE = {
  free: 0,
  sent: 1, // written to the ledger and to the venue, not yet reported
  unknown: 2, // the venue reset its sequence and has not reported it since: exposure held, never resent
  open: 3, // OrdStatus 0
  partiallyFilled: 4,
  filled: 5,
  canceled: 6,
  rejected: 7,
  expired: 8,
} as const;

/**
 * A replace that was in flight when the venue forgot its sequence: it may live there or not, so its reservation stays beside the order's, and
 * its id leads to the order, until a report tells or the order ends.
 */
export const REPLACE_UNKNOWN = 0x67;

/**
 * One order as the lane keeps it. Quantities and prices are int64 at 10^-8. `openQuantity` is what is still reserved in the gate at
 * `reservedPrice`. A cancel or replace in flight stands in the `pending…` fields, its own reservation beside the order's until answered.
 * `venueId` is the ledger sequence of the approving decision: the number in our ClOrdID.
 */
export const ORDER_ROW = defineRow('OrderRow', {
  accountIndex: 'u32',
  symbolIndex: 'u32',
  sessionIndex: 'u32',
  side: 'u8',
  state: 'u8',
  pendingMsgType: 'u8', // F, G, or REPLACE_UNKNOWN; 0 = no request is in flight
  wasInDoubt: 'u8', // 1 = the venue may have filled more than it ever reports: only CumQty tells
  quantity: 'i64',
  price: 'i64',
  reservedPrice: 'i64',
  cumQuantity: 'i64',
  toldQuantity: 'i64', // of cumQuantity, what only a CumQty told of: its fill may yet be reported
  openQuantity: 'i64',
  venueId: 'u64',
  pendingVenueId: 'u64',
  pendingQuantity: 'i64',
  pendingPrice: 'i64',
  pendingReservedPrice: 'i64',
  pendingOpenQuantity: 'i64',
  firstVenueId: 'u64', // of its NewOrderSingle; a replace takes over venueId
  finishedSequence: 'u64', // the frame that finished it: finished rows are reused oldest first
  avgPx: 'i64', // AvgPx (6) as the venue reported it last
  venueMsgSeqNum: 'u32', // MsgSeqNum of the NewOrderSingle to the venue
  pendingMsgSeqNum: 'u32', // and of the cancel or replace in flight
  ordStatus: 'u8', // 39 as the venue reported it last; 0 = it has reported nothing
  timeInForce: 'u8', // 59
  reserved: 'u16',
  disputes: 'u32', // executions of it that the client disputed by DontKnowTrade
  clOrdId: 'text48',
  pendingClOrdId: 'text48',
  orderId: 'text48', // the venue's; shortened as in the EXECUTION row where it is longer
});

const O = ORDER_ROW.offset;
/** Reads the text of a length-prefixed field; ids are short, so a loop costs a third of a decoder's call. */
export function textOf(bytes: Uint8Array, offset: number): string {
  const end = offset + 1 + (bytes[offset] ?? 0);
  let text = '';
  for (let at = offset + 1; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** Writes length-prefixed text; what is longer than the field's 47 bytes was refused before it came here. */
export function setText(bytes: Uint8Array, offset: number, text: string): void {
  bytes[offset] = text.length;
  for (let index = 0; index < text.length; index++) bytes[offset + 1 + index] = text.charCodeAt(index);
}

/** Copies a length-prefixed field of 48 bytes. */
export function copyText(from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number): void {
  for (let index = 0; index < 48; index++) to[toOffset + index] = from[fromOffset + index]!;
}

/** A moving view of one order row: set `offset`, then read and write the fields. */
export class OrderRow {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  at(slot: number): this {
    this.#offset = slot * ORDER_ROW.sizeBytes;
    return this;
  }

  get offset(): number {
    return this.#offset;
  }

  u8(field: U8Field): number {
    return this.#view.getUint8(this.#offset + O[field]);
  }

  setU8(field: U8Field, value: number): void {
    this.#view.setUint8(this.#offset + O[field], value);
  }

  get pendingMsgType(): number {
    return this.#view.getUint8(this.#offset + O.pendingMsgType);
  }

  set pendingMsgType(value: number) {
    this.#view.setUint8(this.#offset + O.pendingMsgType, value);
  }

  u32(field: U32Field): number {
    return this.#view.getUint32(this.#offset + O[field], true);
  }

  setU32(field: U32Field, value: number): void {
    this.#view.setUint32(this.#offset + O[field], value, true);
  }

  i64(field: I64Field): bigint {
    return this.#view.getBigInt64(this.#offset + O[field], true);
  }

  setI64(field: I64Field, value: bigint): void {
    this.#view.setBigInt64(this.#offset + O[field], value, true);
  }

  /** Ledger sequences stay below 2^53. */
  sequence(field: SequenceField): number {
    const at = this.#offset + O[field];
    return this.#view.getUint32(at + 4, true) * 0x100000000 + this.#view.getUint32(at, true);
  }

  setSequence(field: SequenceField, value: number): void {
    const at = this.#offset + O[field];
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
  }

  text(field: TextField): string {
    return textOf(this.bytes, this.#offset + O[field]);
  }

  setText(field: TextField, text: string): void {
    setText(this.bytes, this.#offset + O[field], text);
  }

  clear(): void {
    this.bytes.fill(0, this.#offset, this.#offset + ORDER_ROW.sizeBytes);
  }
}

type U8Field = 'side' | 'state' | 'wasInDoubt' | 'ordStatus' | 'timeInForce';
type U32Field = 'accountIndex' | 'symbolIndex' | 'sessionIndex' | 'venueMsgSeqNum' | 'pendingMsgSeqNum' | 'disputes';
type I64Field =
  | 'quantity'
  | 'price'
  | 'reservedPrice'
  | 'cumQuantity'
  | 'toldQuantity'
  | 'openQuantity'
  | 'pendingQuantity'
  | 'pendingPrice'
  | 'pendingReservedPrice'
  | 'pendingOpenQuantity'
  | 'avgPx';
type SequenceField = 'venueId' | 'pendingVenueId' | 'firstVenueId' | 'finishedSequence';
type TextField = 'clOrdId' | 'pendingClOrdId' | 'orderId';

/** Whether a row takes a request (F or G) now: one at a time; a replace whose fate the venue forgot keeps no cancel away. */
export function takesRequest(row: OrderRow, msgType: number): boolean {
  const { pendingMsgType } = row;
  return pendingMsgType === 0 || (pendingMsgType === REPLACE_UNKNOWN && msgType === ORDER_MSG_TYPE.cancel);
}

/** Whether the request in flight is a cancel of the gateway's own: it has no ClOrdID of a client, who is told nothing of the request as such. */
export function isOwnCancel(row: OrderRow): boolean {
  return row.pendingMsgType === ORDER_MSG_TYPE.cancel && row.bytes[row.offset + O.pendingClOrdId] === 0;
}
