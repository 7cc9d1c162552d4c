const TWO_32 = 4294967296;

/**
 * One signed 64-bit integer that a parser fills without making a BigInt: `low` and `high` are its unsigned words, as a row
 * stores them; `value` makes the BigInt at the edges.
 */
export class Int64Cell {
  low = 0;
  high = 0;

  get value(): bigint {
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low >>> 0);
  }

  set value(value: bigint) {
    this.low = Number(BigInt.asUintN(32, value));
    this.high = Number(BigInt.asUintN(32, value >> 32n));
  }

  /**
   * Holds `units * scale + fraction`, all integers, not negative. Exact while units < 2^48, scale ≤ 10^9 and fraction < scale;
   * returns false, holding nothing useful, when the sum passes 2^63 - 1.
   */
  setScaled(units: number, scale: number, fraction: number): boolean {
    const unitsHigh = Math.floor(units / 65536);
    const highProduct = unitsHigh * scale;
    const highTop = Math.floor(highProduct / 65536);
    const rest = (highProduct - highTop * 65536) * 65536 + (units - unitsHigh * 65536) * scale + fraction;
    const carry = Math.floor(rest / TWO_32);
    const high = highTop + carry;
    this.low = rest - carry * TWO_32;
    this.high = high;
    return high < 0x80000000;
  }

  /** Moves one unit away from zero, for a value cut to 0 in the direction of its sign; returns false past 2^63 - 1 either way. */
  stepAwayFromZero(negative: boolean): boolean {
    if (negative) this.negate();
    this.low = (this.low + 1) >>> 0;
    if (this.low === 0) this.high++;
    const fits = this.high < 0x80000000;
    if (negative) this.negate();
    return fits;
  }

  negate(): void {
    const low = -this.low >>> 0;
    this.high = (~this.high + (low === 0 ? 1 : 0)) >>> 0;
    this.low = low;
  }
}
