import { Int64Cell, type RowSlot } from '../../codec/index.js';
import { DECIMAL_SCALE, QUOTE, STATUS } from '../../model/index.js';
import { QUOTE_COLUMNS, isQuoteColumn } from './layout.js';

const SYMBOL_SIZE_MAX = 15;
const TWO_32 = 0x1_0000_0000;
const INT64_MAX = 2n ** 63n - 1n;
/** Int64Cell.setScaled is exact below this. */
const UNITS_END = 2 ** 48;

interface NumberColumn {
  readonly slot: RowSlot;
  readonly target: number;
  readonly factor: number;
}

/** Writes QUOTE rows from the codec's rows: the symbol as it stands, prices and sizes at 10^-8. */
export class QuoteRows {
  readonly #symbol: RowSlot;
  readonly #numbers: readonly NumberColumn[];
  readonly #cell = new Int64Cell();

  constructor(slots: readonly RowSlot[]) {
    this.#symbol = slots.find(slot => slot.path === 'symbol') as RowSlot;
    this.#numbers = slots.flatMap(slot => {
      if (!isQuoteColumn(slot.path)) return [];
      const target = QUOTE.offset[QUOTE_COLUMNS[slot.path]];
      return [{ slot, target, factor: 10 ** (DECIMAL_SCALE - slot.scale) }];
    });
  }

  /** Writes the quote of the row at `from` to `to`, all but its time. Returns a status; on any but ok nothing useful is there. */
  write(rows: DataView, from: number, quotes: DataView, to: number): number {
    for (let word = 0; word < QUOTE.sizeBytes; word += 8) quotes.setFloat64(to + word, 0);
    const status = this.#writeSymbol(rows, from + this.#symbol.offset, quotes, to + QUOTE.offset.symbol);
    if (status !== STATUS.ok.code) return status;
    for (const column of this.#numbers) {
      if (!this.#read(rows, from, column)) return STATUS.digitsOverflow.code;
      quotes.setUint32(to + column.target, this.#cell.low, true);
      quotes.setUint32(to + column.target + 4, this.#cell.high, true);
    }
    return STATUS.ok.code;
  }

  #writeSymbol(rows: DataView, from: number, quotes: DataView, to: number): number {
    const size = rows.getUint32(from, true);
    if (size === 0) return STATUS.missingValue.code;
    if (size > SYMBOL_SIZE_MAX) return STATUS.tooLong.code;
    quotes.setUint8(to, size);
    for (let index = 0; index < size; index++) quotes.setUint8(to + 1 + index, rows.getUint8(from + 4 + index));
    return STATUS.ok.code;
  }

  /** Reads a number into the cell, at 10^-8; false when it does not fit. Only numbers beyond 2^48 units need a BigInt. */
  #read(rows: DataView, from: number, { slot, factor }: NumberColumn): boolean {
    const at = from + slot.offset;
    const units = rows.getInt32(at + 4, true) * TWO_32 + rows.getUint32(at, true);
    if (slot.kind === 'i64' && units >= 0 && units < UNITS_END) return this.#cell.setScaled(units, factor, 0);
    const low = rows.getBigUint64(at, true);
    const exact = slot.kind === 'i64' ? BigInt.asIntN(64, low) : (rows.getBigInt64(at + 8, true) << 64n) | low;
    const value = exact * BigInt(factor);
    if (value > INT64_MAX || value < -INT64_MAX) return false;
    this.#cell.value = value;
    return true;
  }
}
