import { ORDER_MSG_TYPE } from '../model/index.js';
import { EarlierIds } from './earlier-ids.js';
import { ORDER_ROW, ORDER_STATE, OrderRow } from './order-row.js';

/** No row: an unknown id, or a table whose every row holds a live order. */
export const NO_SLOT = -1;

const O = ORDER_ROW.offset;
const FINISHED_FROM = ORDER_STATE.filled;
/** Replaced venue ids kept a row, over all rows. */
const EARLIER_IDS_A_ROW = 4;

/**
 * Every order the lane knows, in rows of a fixed count, found by the client's (session, ClOrdID) and by the venue's number. A finished order
 * stays findable until its row is needed: rows of finished orders are reused, the one finished first being the first to go.
 */
export class OrderTable {
  readonly row: OrderRow;
  readonly capacity: number;
  readonly #byClientId = new Map<string, number>();
  readonly #byVenueId = new Map<number, number>();
  readonly #earlier: EarlierIds;
  /** Slots of finished orders in the order they finished; a slot stands here at most once. */
  readonly #finished: number[] = [];
  #finishedHead = 0;
  #used = 0;
  #live = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.row = new OrderRow(new Uint8Array(capacity * ORDER_ROW.sizeBytes));
    this.#earlier = new EarlierIds(capacity * EARLIER_IDS_A_ROW);
  }

  get live(): number {
    return this.#live;
  }

  get hasRoom(): boolean {
    return this.#live < this.capacity;
  }

  /** A cleared row for a new order, or NO_SLOT when all rows hold live orders. */
  allocate(): number {
    if (!this.hasRoom) return NO_SLOT;
    const slot = this.#used < this.capacity ? this.#used++ : this.#reuse();
    this.row.at(slot).clear();
    this.#live++;
    return slot;
  }

  #reuse(): number {
    const slot = this.#finished[this.#finishedHead++] as number;
    if (this.#finishedHead > this.capacity) {
      this.#finished.splice(0, this.#finishedHead);
      this.#finishedHead = 0;
    }
    this.#forget(slot);
    return slot;
  }

  findClient(sessionIndex: number, clOrdId: string): number {
    return this.#byClientId.get(`${sessionIndex} ${clOrdId}`) ?? NO_SLOT;
  }

  /** The slot of an order by any id it ever had at the venue: its own, its pending request's, or one a replace took the place of. */
  findVenue(venueId: number): number {
    const slot = this.#byVenueId.get(venueId);
    if (slot !== undefined) return slot;
    const earlier = this.#earlier.find(venueId);
    // Sequences only grow: an id below the first of the row's order is that of an order whose row was reused.
    return earlier !== undefined && this.row.at(earlier).sequence('firstVenueId') <= venueId ? earlier : NO_SLOT;
  }

  /** The slot of a session's order by the venue's OrderID, the newest of several. It looks through all rows: for messages that are rare. */
  findOrderId(sessionIndex: number, orderId: string): number {
    const wanted = Buffer.from(orderId, 'latin1');
    if (wanted.length === 0) return NO_SLOT;
    let found = NO_SLOT;
    for (let slot = 0; slot < this.#used; slot++) {
      const row = this.row.at(slot);
      const at = row.offset + O.orderId;
      if (row.bytes[at] !== wanted.length || row.u32('sessionIndex') !== sessionIndex) continue;
      const isIt = wanted.equals(row.bytes.subarray(at + 1, at + 1 + wanted.length));
      if (isIt && (found === NO_SLOT || isNewer(this.row, slot, found))) found = slot;
    }
    return found;
  }

  /** Makes the row findable by its ids, those of a pending request included; an open order's id is never taken from it. */
  index(slot: number): void {
    const row = this.row.at(slot);
    const session = row.u32('sessionIndex');
    this.#put(`${session} ${row.text('clOrdId')}`, row.sequence('venueId'), slot);
    if (row.sequence('pendingVenueId') === 0) return;
    // A cancel of our own has no ClOrdID of the client's.
    const pending = row.text('pendingClOrdId');
    if (pending === '') this.#byVenueId.set(row.sequence('pendingVenueId'), slot);
    else this.#put(`${session} ${pending}`, row.sequence('pendingVenueId'), slot);
  }

  #put(clientKey: string, venueId: number, slot: number): void {
    const other = this.#byClientId.get(clientKey);
    if (other === undefined || other === slot || this.isFinished(other)) this.#byClientId.set(clientKey, slot);
    this.#byVenueId.set(venueId, slot);
  }

  #forget(slot: number): void {
    const row = this.row.at(slot);
    const session = row.u32('sessionIndex');
    this.#drop(`${session} ${row.text('clOrdId')}`, row.sequence('venueId'), slot);
    this.#drop(`${session} ${row.text('pendingClOrdId')}`, row.sequence('pendingVenueId'), slot);
  }

  #drop(clientKey: string, venueId: number, slot: number): void {
    if (this.#byClientId.get(clientKey) === slot) this.#byClientId.delete(clientKey);
    if (this.#byVenueId.get(venueId) === slot) this.#byVenueId.delete(venueId);
  }

  /** Ends a pending request that left the order as it was: its ids lead nowhere any more. */
  dropPending(slot: number): void {
    const row = this.row.at(slot);
    this.#drop(`${row.u32('sessionIndex')} ${row.text('pendingClOrdId')}`, row.sequence('pendingVenueId'), slot);
    row.setSequence('pendingVenueId', 0);
    row.setText('pendingClOrdId', '');
    this.index(slot);
  }

  /** The pending request's ids become the order's. Its former id at the venue still leads here: a late report may carry it. */
  takeOverIds(slot: number): void {
    const row = this.row.at(slot);
    this.#forget(slot);
    this.#earlier.keep(row.sequence('venueId'), slot);
    row.setText('clOrdId', row.text('pendingClOrdId'));
    row.setSequence('venueId', row.sequence('pendingVenueId'));
    row.setSequence('pendingVenueId', 0);
    row.setText('pendingClOrdId', '');
    this.index(slot);
  }

  /** An id that leads here from outside the row becomes the order's; the client goes on knowing it by the ClOrdID it has. */
  takeOverVenueId(slot: number, venueId: number): void {
    const row = this.row.at(slot);
    this.#earlier.keep(row.sequence('venueId'), slot);
    this.#byVenueId.delete(row.sequence('venueId'));
    row.setSequence('venueId', venueId);
    this.index(slot);
  }

  /** Keeps the pending request's id at the venue, if it stands in the row, leading here while another request takes its place. */
  keepPendingId(slot: number): void {
    const venueId = this.row.at(slot).sequence('pendingVenueId');
    if (venueId !== 0) this.#earlier.keep(venueId, slot);
    this.dropPending(slot);
  }

  /** Marks the order finished by the frame `sequence`: its row may be reused when rows run out. */
  finish(slot: number, state: number, sequence: number): void {
    const row = this.row.at(slot);
    row.setU8('state', state);
    row.setSequence('finishedSequence', sequence);
    this.#finished.push(slot);
    this.#live--;
  }

  /** A finished order lives again: a fill that ended it was taken back. */
  reopen(slot: number, state: number): void {
    this.#finished.splice(this.#finished.indexOf(slot, this.#finishedHead), 1);
    const row = this.row.at(slot);
    row.setU8('state', state);
    row.setSequence('finishedSequence', 0);
    this.#live++;
    this.index(slot);
  }

  /** Whether nothing of the order can trade any more. A filled one whose replace is not answered yet may live on with more. Moves no view. */
  isFinished(slot: number): boolean {
    const { bytes } = this.row;
    const at = slot * ORDER_ROW.sizeBytes;
    const state = bytes[at + O.state]!;
    if (state !== ORDER_STATE.filled) return state > FINISHED_FROM;
    return bytes[at + O.pendingMsgType] !== ORDER_MSG_TYPE.replace;
  }

  /** Visits the slots of orders that are not finished. */
  *liveSlots(): Generator<number> {
    for (let slot = 0; slot < this.#used; slot++) if (!this.isFinished(slot)) yield slot;
  }

  /** The rows in use, for a snapshot. */
  save(): Uint8Array {
    return this.row.bytes.subarray(0, this.#used * ORDER_ROW.sizeBytes);
  }

  /** Replaced ids at the venue and their slots, for a snapshot. */
  saveEarlierIds(): Float64Array {
    return this.#earlier.save();
  }

  /** Fills an empty table from a snapshot's rows and replaced ids. */
  restore(rows: Uint8Array, earlierIds: Float64Array): void {
    this.row.bytes.set(rows);
    this.#used = rows.length / ORDER_ROW.sizeBytes;
    this.#earlier.restore(earlierIds);
    const slots = Array.from({ length: this.#used }, (_, slot) => slot);
    const by = (field: 'venueId' | 'finishedSequence') => {
      const keys = slots.map(slot => this.row.at(slot).sequence(field));
      return (a: number, b: number): number => keys[a]! - keys[b]!;
    };
    const finished = slots.filter(slot => this.isFinished(slot));
    const live = slots.filter(slot => !this.isFinished(slot));
    // Of several orders under one ClOrdID the newest is found, and an open one before all.
    for (const slot of [...finished.sort(by('venueId')), ...live]) this.index(slot);
    this.#live = live.length;
    this.#finished.push(...finished.sort(by('finishedSequence')));
  }
}

function isNewer(row: OrderRow, slot: number, other: number): boolean {
  return row.at(slot).sequence('firstVenueId') > row.at(other).sequence('firstVenueId');
}
