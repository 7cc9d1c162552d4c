import { NameTable } from '../../codec/index.js';
import { FRAME_TYPE, NO_INDEX, PRICE, QUOTE, TOPICS } from '../../model/index.js';
import type { RingProducer } from '../../ring/index.js';

const TOPIC = TOPICS.indexOf('quotes');
const SYMBOL_SIZE_MAX = 15;

/** What became of the prices given to an outbox, besides those sent; its owner takes the counts and sets them to 0. */
export interface OutboxCounts {
  /** Prices that a newer one of their symbol replaced before they were sent. */
  conflated: number;
  /** Prices of symbols beyond the table; the lane has no reference for them and refuses where it needs one. */
  unknown: number;
}

/**
 * The newest price of each symbol on its way to the lane. A symbol waits at most once, in the order of its first unsent
 * price; what it waits with is its newest price. So a full ring costs only prices that were already old, and never a wait.
 */
export class PriceOutbox {
  readonly counts: OutboxCounts = { conflated: 0, unknown: 0 };
  readonly #ring: RingProducer;
  readonly #names: NameTable;
  /** A PRICE row a symbol. */
  readonly #rows: Uint8Array;
  readonly #view: DataView;
  readonly #isWaiting: Uint8Array;
  /** Indices of waiting symbols: a circle as large as the table, so it cannot overflow. */
  readonly #queue: Uint32Array;
  #first = 0;
  #waiting = 0;

  constructor(ring: RingProducer, symbols: number) {
    this.#ring = ring;
    this.#names = new NameTable({ capacity: symbols, nameSizeMax: SYMBOL_SIZE_MAX });
    this.#rows = new Uint8Array(symbols * PRICE.sizeBytes);
    this.#view = new DataView(this.#rows.buffer);
    this.#isWaiting = new Uint8Array(symbols);
    this.#queue = new Uint32Array(symbols);
  }

  /** Symbols whose newest price is not sent yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes the QUOTE row at `from`, which is in the log under `feedSequence`. */
  put(quotes: Uint8Array, from: number, feedSequence: number): void {
    const name = from + QUOTE.offset.symbol;
    const index = this.#names.intern(quotes, name + 1, name + 1 + (quotes[name] as number));
    if (index === NO_INDEX) {
      this.counts.unknown++;
      return;
    }
    const row = index * PRICE.sizeBytes;
    for (let at = 0; at < QUOTE.sizeBytes; at++) this.#rows[row + at] = quotes[from + at] as number;
    this.#view.setUint32(row + PRICE.offset.feedSequence, feedSequence, true);
    this.#view.setUint32(row + PRICE.offset.feedSequence + 4, Math.floor(feedSequence / 0x1_0000_0000), true);
    if (this.#isWaiting[index] === 1) this.counts.conflated++;
    else this.#enqueue(index);
  }

  /** Sends what has room in the ring, and publishes it. Returns how many prices it sent. */
  send(): number {
    const before = this.#waiting;
    while (this.#waiting > 0 && this.#sendFirst());
    const sent = before - this.#waiting;
    if (sent > 0) this.#ring.publish();
    return sent;
  }

  #enqueue(index: number): void {
    this.#queue[(this.#first + this.#waiting) % this.#queue.length] = index;
    this.#waiting++;
    this.#isWaiting[index] = 1;
  }

  #sendFirst(): boolean {
    const at = this.#ring.tryClaim(FRAME_TYPE.quotes, TOPIC, 0, PRICE.sizeBytes);
    if (at < 0) return false;
    const index = this.#queue[this.#first] as number;
    const row = index * PRICE.sizeBytes;
    for (let byte = 0; byte < PRICE.sizeBytes; byte++) this.#ring.bytes[at + byte] = this.#rows[row + byte] as number;
    this.#isWaiting[index] = 0;
    this.#first = (this.#first + 1) % this.#queue.length;
    this.#waiting--;
    return true;
  }
}
