import { STATUS, invariant } from '../model/index.js';
import { directionOf, magnitude, type Gate } from '../risk/index.js';
import type { OrderRow } from './order-row.js';

const INT64_MAX = (1n << 63n) - 1n;
const INT128_MAX = (1n << 127n) - 1n;
/** A gross notional as the gate shows it is at 10^-2, products of quantity and price are at 10^-16. */
const CENTS = 100_000_000_000_000n;
const BUY = 0x31;
const SELL = 0x32;

export interface Fill {
  readonly quantity: bigint;
  readonly price: bigint;
}

/** A fill that is taken back and the one that stands in its place; either quantity may be 0. */
export interface Correction {
  readonly reversed: bigint;
  readonly booked: bigint;
  readonly price: bigint;
}

/** One order's exposure in the gate, moved together with the row's own numbers. */
export class OrderExposure {
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Reserves what the check found room for, or `fits`. */
  reserve(row: OrderRow, quantity: bigint, price: bigint): void {
    if (quantity > 0n) expectOk(this.#gate.reserve(...scopeOf(row), quantity, price));
  }

  release(row: OrderRow, quantity: bigint, price: bigint): void {
    if (quantity > 0n) expectOk(this.#gate.release(...scopeOf(row), quantity, price));
  }

  /** Moves the row's open quantity to `quantity`; more needs `fits` before it. */
  setOpen(row: OrderRow, quantity: bigint): void {
    const more = quantity - row.i64('openQuantity');
    if (more > 0n) this.reserve(row, more, row.i64('reservedPrice'));
    else this.release(row, -more, row.i64('reservedPrice'));
    row.setI64('openQuantity', quantity);
  }

  /** A replace in flight reserves what it would leave open: OrderQty less what has been filled meanwhile. */
  matchPending(row: OrderRow): void {
    const wanted = pendingWanted(row, row.i64('cumQuantity'));
    const more = wanted - row.i64('pendingOpenQuantity');
    if (more > 0n) this.reserve(row, more, row.i64('pendingReservedPrice'));
    else this.release(row, -more, row.i64('pendingReservedPrice'));
    row.setI64('pendingOpenQuantity', wanted);
  }

  /** A fill. False, with nothing changed, when it is below 0 or a number would leave its integer. */
  fill(row: OrderRow, quantity: bigint, price: bigint): boolean {
    if (quantity < 0n || quantity > INT64_MAX - row.i64('cumQuantity')) return false;
    if (quantity === 0n) return true;
    const open = row.i64('openQuantity');
    // A venue that fills more than was open still changed our position.
    const status =
      quantity <= open
        ? this.#gate.fill(...scopeOf(row), quantity, row.i64('reservedPrice'), price)
        : this.#gate.trade(...scopeOf(row), quantity, price);
    if (status !== STATUS.ok.code) return false;
    if (quantity > open) this.release(row, open, row.i64('reservedPrice'));
    row.setI64('openQuantity', quantity < open ? open - quantity : 0n);
    row.setI64('cumQuantity', row.i64('cumQuantity') + quantity);
    this.matchPending(row);
    return true;
  }

  /** Two fills of one report. False, with nothing changed, as of one. */
  fillBoth(row: OrderRow, one: Fill, other: Fill): boolean {
    if (one.quantity === 0n) return this.fill(row, other.quantity, other.price);
    if (other.quantity === 0n) return this.fill(row, one.quantity, one.price);
    const highest = magnitude(one.price) > magnitude(other.price) ? one.price : other.price;
    if (one.quantity < 0n || other.quantity < 0n) return false;
    if (!this.fits(row, one.quantity + other.quantity, 0n, highest)) return false;
    return this.fill(row, one.quantity, one.price) && this.fill(row, other.quantity, other.price);
  }

  /** Takes a fill back and books the one in its place, if any. `fits` comes before it. */
  correct(row: OrderRow, { reversed, booked, price }: Correction): void {
    const [account, symbol, side] = scopeOf(row);
    const opposite = directionOf(side) > 0 ? SELL : BUY;
    if (reversed > 0n) expectOk(this.#gate.trade(account, symbol, opposite, reversed, price));
    if (booked > 0n) expectOk(this.#gate.trade(account, symbol, side, booked, price));
  }

  /**
   * Whether the gate surely takes these changes one after the other, so that none is left half done: quantities that trade and that open,
   * at prices up to `price`. It asks for more room than they need.
   */
  fits(row: OrderRow, moved: bigint, opened: bigint, price: bigint): boolean {
    const [account, symbol] = scopeOf(row);
    const pair = this.#gate.position(account, symbol);
    const { pairs, pairsMax } = this.#gate.firm();
    const quantity = magnitude(pair.position) + pair.openBuy + pair.openSell + moved + opened;
    const prices = [price, pair.averagePrice, row.i64('reservedPrice'), row.i64('pendingReservedPrice')].map(magnitude);
    const highest = prices.reduce((a, b) => (a > b ? a : b));
    const gross = magnitude(this.#gate.account(account).gross) * CENTS;
    const isKnown = pair.position !== 0n || pair.openBuy !== 0n || pair.openSell !== 0n;
    return quantity <= INT64_MAX && gross + quantity * highest <= INT128_MAX && (isKnown || pairs < pairsMax);
  }
}

/** What a pending replace would have open once `cumQuantity` is filled. */
export function pendingWanted(row: OrderRow, cumQuantity: bigint): bigint {
  const quantity = row.i64('pendingQuantity');
  return quantity > cumQuantity ? quantity - cumQuantity : 0n;
}

function scopeOf(row: OrderRow): [account: number, symbol: number, side: number] {
  return [row.u32('accountIndex'), row.u32('symbolIndex'), row.u8('side')];
}

function expectOk(status: number): void {
  invariant(status === STATUS.ok.code, 'the gate refused a change of exposure that was known to fit', { status });
}
