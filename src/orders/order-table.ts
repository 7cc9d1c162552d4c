import { ORDER_ROW, ORDER_STATE, OrderRow } from './order-row.js';

/** No row: an unknown id, or a table whose every row holds a live order. */
export const NO_SLOT = -1;

const FINISHED_FROM = ORDER_STATE.filled;

/**
 * Every order the lane knows, in rows of a fixed count, found by the client's (session, ClOrdID) and by the venue's number. A finished order
 * stays findable until its row is needed: rows of finished orders are reused, the one finished first being the first to go.
 */
export class OrderTable {
  readonly row: OrderRow;
  readonly capacity: number;
  readonly #byClientId = new Map<string, number>();
  readonly #byVenueId = new Map<number, number>();
  /** Slots of finished orders in the order they finished; a slot stands here at most once. */
  readonly #finished: number[] = [];
  #finishedHead = 0;
  #used = 0;
  #live = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.row = new OrderRow(new Uint8Array(capacity * ORDER_ROW.sizeBytes));
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
    this.forget(slot);
    return slot;
  }

  findClient(sessionIndex: number, clOrdId: string): number {
    return this.#byClientId.get(`${sessionIndex} ${clOrdId}`) ?? NO_SLOT;
  }

  findVenue(venueId: number): number {
    return this.#byVenueId.get(venueId) ?? NO_SLOT;
  }

  /** Makes the row findable by its ids, those of a pending request included. */
  index(slot: number): void {
    const row = this.row.at(slot);
    const session = row.u32('sessionIndex');
    this.#byClientId.set(`${session} ${row.text('clOrdId')}`, slot);
    this.#byVenueId.set(row.sequence('venueId'), slot);
    if (row.u32('pendingMsgType') === 0) return;
    this.#byClientId.set(`${session} ${row.text('pendingClOrdId')}`, slot);
    this.#byVenueId.set(row.sequence('pendingVenueId'), slot);
  }

  /** Takes the row's ids out of the indexes; they are indexed again after a change of ids. */
  forget(slot: number): void {
    const row = this.row.at(slot);
    const session = row.u32('sessionIndex');
    this.#drop(`${session} ${row.text('clOrdId')}`, row.sequence('venueId'), slot);
    this.#drop(`${session} ${row.text('pendingClOrdId')}`, row.sequence('pendingVenueId'), slot);
  }

  #drop(clientKey: string, venueId: number, slot: number): void {
    if (this.#byClientId.get(clientKey) === slot) this.#byClientId.delete(clientKey);
    if (this.#byVenueId.get(venueId) === slot) this.#byVenueId.delete(venueId);
  }

  /** Marks the order finished: its row may be reused when rows run out. */
  finish(slot: number, state: number): void {
    this.row.at(slot).setU8('state', state);
    this.#finished.push(slot);
    this.#live--;
  }

  isFinished(slot: number): boolean {
    return this.row.at(slot).u8('state') >= FINISHED_FROM;
  }

  /** Visits the slots of orders that are not finished. */
  *liveSlots(): Generator<number> {
    for (let slot = 0; slot < this.#used; slot++) {
      const state = this.row.at(slot).u8('state');
      if (state !== ORDER_STATE.free && state < FINISHED_FROM) yield slot;
    }
  }

  /** The rows in use, for a snapshot. */
  save(): Uint8Array {
    return this.row.bytes.subarray(0, this.#used * ORDER_ROW.sizeBytes);
  }

  /** Fills an empty table from a snapshot's rows. */
  restore(rows: Uint8Array): void {
    this.row.bytes.set(rows);
    this.#used = rows.length / ORDER_ROW.sizeBytes;
    const finished: number[] = [];
    for (let slot = 0; slot < this.#used; slot++) {
      this.index(slot);
      if (this.isFinished(slot)) finished.push(slot);
      else this.#live++;
    }
    const changed = (slot: number): number => this.row.at(slot).sequence('changedSequence');
    this.#finished.push(...finished.sort((a, b) => changed(a) - changed(b)));
  }
}
