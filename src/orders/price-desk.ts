import type { NameTable } from '../codec/index.js';
import { NO_INDEX, PRICE } from '../model/index.js';
import { RingConsumer } from '../ring/index.js';
import type { LaneContext } from './lane-context.js';

/** Prices taken a batch: the rest waits for the next, so that market data never holds an order up for long. */
const PRICES_A_BATCH = 1_024;

/** Takes each symbol's newest price off the ring into the gate's references. A symbol nobody may trade is counted and left. */
export class PriceDesk {
  readonly #context: LaneContext;
  readonly #symbols: NameTable;
  readonly #ring: RingConsumer;

  constructor(context: LaneContext, ring: SharedArrayBuffer) {
    this.#context = context;
    this.#symbols = context.symbols;
    this.#ring = new RingConsumer(ring);
  }

  /** Drains what is there, within a bound; returns how many prices it took. */
  drain(): number {
    const taken = this.#ring.poll((_type, _topic, _source, bytes, start) => this.#take(bytes, start), PRICES_A_BATCH);
    if (taken > 0) this.#context.meter.count('pricesIn', taken);
    return taken;
  }

  #take(bytes: Uint8Array, start: number): void {
    const name = start + PRICE.offset.symbol;
    const symbol = this.#symbols.lookup(bytes, name + 1, name + 1 + (bytes[name] ?? 0));
    if (symbol === NO_INDEX) return this.#context.meter.count('pricesUnknown');
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, PRICE.sizeBytes);
    const price = view.getBigInt64(PRICE.offset.last, true);
    const feedSequence = Number(view.getBigUint64(PRICE.offset.feedSequence, true));
    this.#context.gate.reference(symbol, price, feedSequence, view.getBigUint64(PRICE.offset.feedTimeNs, true));
  }
}
