/**
 * The gate one would write in plain JavaScript: numbers as doubles in typed arrays, pairs and remembered ClOrdIDs in Maps. It
 * judges by the same rules, but is not exact beyond 2^53 and writes no decision but a mask and the measured values.
 */
import { ORDER } from '../src/model/index.js';
import type { Timed } from './harness.js';
import { ACCOUNTS, BATCH, ORDERS, PAIRS, SYMBOLS, UNIT, heldPairs, orderRows, type Spread } from './risk-orders.js';

const O = ORDER.offset;
const REMEMBERED = 8192;
const SCALE = 1e8;
const HIGH = 2 ** 32;

/** A Set that forgets its oldest key, which a ring holds: asking a Map for its first key gets slow after many deletions. */
class Remembered {
  readonly #keys = new Set<string>();
  readonly #ring: string[] = [];
  #next = 0;
  has(key: string): boolean {
    return this.#keys.has(key);
  }
  add(key: string): void {
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.add(key);
    this.#ring[this.#next] = key;
    this.#next = (this.#next + 1) % REMEMBERED;
  }
}

class PlainGate {
  readonly #pairs = new Map<number, number>();
  readonly #position = new Float64Array(PAIRS);
  readonly #open = new Float64Array(PAIRS);
  readonly #limits = new Float64Array(ACCOUNTS * 4).fill(1e12);
  readonly #gross = new Float64Array(ACCOUNTS);
  readonly #reference = new Float64Array(SYMBOLS).fill(50);
  readonly #referenceMs = new Float64Array(SYMBOLS);
  readonly #halted = new Uint8Array(ACCOUNTS);
  readonly #restricted = new Uint8Array(SYMBOLS);
  readonly #ids = Array.from({ length: 4 }, () => new Remembered());
  readonly #orders = new Remembered();
  readonly #counts = new Float64Array(4);
  readonly measured = new Float64Array(8);

  load(accounts: Uint32Array, symbols: Uint32Array): void {
    for (let pair = 0; pair < accounts.length; pair++) {
      this.#pairs.set(accounts[pair]! * SYMBOLS + symbols[pair]!, pair);
      this.#position[pair] = 1000;
      this.#gross[accounts[pair]!]! += 49_000;
    }
  }

  check(rows: Buffer, view: DataView, at: number): number {
    const account = view.getUint32(at + O.accountIndex, true);
    const symbol = view.getUint32(at + O.symbolIndex, true);
    const session = view.getUint32(at + O.sessionIndex, true);
    const buys = view.getUint8(at + O.side) === 0x31;
    const quantity = numberAt(view, at + O.quantity);
    const price = numberAt(view, at + O.price);
    const id = rows.toString('latin1', at + O.clOrdId + 1, at + O.clOrdId + 1 + rows[at + O.clOrdId]!);
    const same = `${account}|${symbol}|${buys}|${quantity}|${price}`;
    const pair = this.#pairs.get(account * SYMBOLS + symbol) ?? -1;
    const held = pair < 0 ? 0 : this.#position[pair]!;
    const measured = this.measured;
    measured[0] = quantity;
    measured[1] = quantity * price;
    measured[2] = (buys ? held : -held) + (pair < 0 ? 0 : this.#open[pair]!) + quantity;
    measured[3] = this.#gross[account]! + quantity * price;
    measured[4] = Math.abs(price - this.#reference[symbol]!);
    measured[5] = ++this.#counts[session]!;
    let failed = this.#halted[account]! | this.#restricted[symbol]!;
    for (let rule = 0; rule < 4; rule++) if (measured[rule]! > this.#limits[account * 4 + rule]!) failed |= 2 << rule;
    if (measured[4] > this.#reference[symbol]! * 0.1 || this.#referenceMs[symbol]! > 10_000) failed |= 64;
    if (measured[5] > 1e12) failed |= 128;
    if (this.#ids[session]!.has(id)) failed |= 256;
    if (this.#orders.has(same)) failed |= 512;
    this.#ids[session]!.add(id);
    if (failed === 0) this.#orders.add(same);
    return failed;
  }
}

function numberAt(view: DataView, at: number): number {
  return (view.getInt32(at + 4, true) * HIGH + view.getUint32(at, true)) / SCALE;
}

export function riskJavaScript(spread: Spread): Timed {
  const pairs = heldPairs();
  const rows = Buffer.from(orderRows(pairs, spread).buffer);
  const view = new DataView(rows.buffer);
  const gate = new PlainGate();
  gate.load(pairs.accounts, pairs.symbols);
  let next = 0;
  const call = (): number => {
    let accepted = 0;
    for (let row = 0; row < BATCH; row++) if (gate.check(rows, view, (next + row) * ORDER.sizeBytes) === 0) accepted++;
    next = (next + BATCH) % ORDERS;
    if (accepted !== BATCH) throw new Error(`${BATCH - accepted} orders were refused`);
    return accepted;
  };
  return { name: 'plain JavaScript, typed arrays and Maps', unit: UNIT, operations: BATCH, call };
}
