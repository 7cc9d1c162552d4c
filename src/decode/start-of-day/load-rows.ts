import { CapacityError, POSITION } from '../../model/index.js';

const GROWTH = 2;
const FIRST_ROWS = 1024;

/** Rows of one kind in one growing block, at most `countMax`. */
export class RowBlock {
  count = 0;
  private bytes: Uint8Array;
  private view: DataView;

  constructor(
    readonly rowSize: number,
    private readonly countMax: number,
  ) {
    this.bytes = new Uint8Array(rowSize * Math.min(FIRST_ROWS, countMax));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Adds an empty row and returns its offset. Throws CapacityError beyond the bound. */
  add(): number {
    if (this.count >= this.countMax)
      throw new CapacityError('HR_LOAD_SIZE', `the file has more than ${this.countMax} records; raise recordsMax`);
    const row = this.count++ * this.rowSize;
    if (row + this.rowSize > this.bytes.length) this.grow();
    return row;
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * GROWTH);
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  setInt64(offset: number, value: bigint): void {
    this.view.setBigInt64(offset, value, true);
  }

  getInt64(offset: number): bigint {
    return this.view.getBigInt64(offset, true);
  }

  /** Writes one length byte and the text; false when it is longer than the row's field of `size` bytes. */
  setText(offset: number, size: number, text: string): boolean {
    const utf8 = Buffer.from(text);
    if (utf8.length >= size) return false;
    this.bytes[offset] = utf8.length;
    this.bytes.set(utf8, offset + 1);
    return true;
  }

  row(index: number): Uint8Array {
    return this.bytes.subarray(index * this.rowSize, (index + 1) * this.rowSize);
  }
}

/** Everything a start-of-day file says, once it was found good as a whole. */
export interface FileLoad {
  readonly fileHash: Buffer;
  readonly businessDate: number;
  readonly fileSequence: bigint;
  readonly positions: RowBlock;
  readonly limits: RowBlock;
  readonly quantityTotal: bigint;
  readonly grossNotionalTotal: bigint;
}

/** Bytes that account and symbol have in either row, the length byte included. */
export const NAME_SIZE = POSITION.offset.symbol - POSITION.offset.account;
