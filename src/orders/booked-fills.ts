import { hashIdentifier, Int64Cell } from '../codec/index.js';
import { EXECUTION } from '../model/index.js';

const BUCKET_SIZE = 8;

/**
 * ExecIDs of fills that were booked, each under its order, so that a fill which the venue reports again under a new MsgSeqNum is not booked
 * twice. Keys are 53 bits of a hash, in buckets of eight, the newest first: a full bucket forgets its oldest. Memory is fixed.
 *
 *   keys: [newest … oldest] [newest … oldest] …     0 = free
 */
export class BookedFills {
  readonly #keys: Float64Array;
  readonly #cell = new Int64Cell();

  /** Room for at least twice `orders` fills. */
  constructor(orders: number) {
    this.#keys = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(orders * 2, BUCKET_SIZE))));
  }

  /** The key of a fill of the order whose NewOrderSingle had the number `firstVenueId`. */
  keyOf(firstVenueId: number, execution: Uint8Array): number {
    const cell = this.#cell;
    const at = EXECUTION.offset.execId;
    cell.low = firstVenueId >>> 0;
    cell.high = Math.floor(firstVenueId / 0x100000000);
    hashIdentifier(execution, at + 1, at + 1 + execution[at]!, cell);
    return (cell.high & 0x1fffff) * 0x100000000 + cell.low || 1;
  }

  has(key: number): boolean {
    const first = this.#bucketOf(key);
    for (let at = first; at < first + BUCKET_SIZE; at++) if (this.#keys[at] === key) return true;
    return false;
  }

  keep(key: number): void {
    if (this.has(key)) return;
    const first = this.#bucketOf(key);
    this.#keys.copyWithin(first + 1, first, first + BUCKET_SIZE - 1);
    this.#keys[first] = key;
  }

  #bucketOf(key: number): number {
    return ((key % 0x100000000) * BUCKET_SIZE) % this.#keys.length;
  }

  /** The keys, for a snapshot. */
  save(): Float64Array {
    return this.#keys;
  }

  /** Fills an empty table from a snapshot's keys, also from a table of another size. */
  restore(keys: Float64Array): void {
    for (let first = 0; first < keys.length; first += BUCKET_SIZE)
      for (let at = first + BUCKET_SIZE - 1; at >= first; at--) if (keys[at]! > 0) this.keep(keys[at]!);
  }
}
