import { STATUS } from '../../model/index.js';

/** The bytes of one record while it is encoded, and which item wrote each of them. */
export class RecordImage {
  readonly bytes: Uint8Array;
  /** After viewsDiffer, the item that had written other bytes. */
  otherItem = 0;
  /** Where the last byte lies behind that a value was written to. */
  writtenEnd = 0;
  private readonly writers: Int32Array | undefined; // item + 1; none where no two views share bytes

  constructor(size: number, hasViews: boolean) {
    this.bytes = new Uint8Array(size);
    this.writers = hasViews ? new Int32Array(size) : undefined;
  }

  /** Begins a record with the bytes it has before any value is written. */
  start(source: Uint8Array): void {
    this.bytes.set(source.subarray(0, this.bytes.length));
    this.writers?.fill(0);
    this.writtenEnd = 0;
  }

  /** Puts bytes where no value is written yet; what lies beyond either end is left. */
  fill(at: number, source: Uint8Array, from: number, size: number): void {
    const count = Math.min(size, source.length - from, this.bytes.length - at);
    if (count <= 0) return;
    if (this.writers === undefined) this.bytes.set(source.subarray(from, from + count), at);
    else
      for (let index = 0; index < count; index++)
        if (this.writers[at + index] === 0) this.bytes[at + index] = source[from + index]!;
  }

  /** Writes the value of an item; a status. What another view wrote there must be the same. */
  write(at: number, source: Uint8Array, from: number, { size, item }: { size: number; item: number }): number {
    this.writtenEnd = Math.max(this.writtenEnd, at + size);
    for (let index = 0; index < size; index++) {
      const byte = source[from + index]!;
      if (this.writers !== undefined) {
        const writer = this.writers[at + index]!;
        if (writer !== 0 && this.bytes[at + index] !== byte) {
          this.otherItem = writer - 1;
          return STATUS.viewsDiffer.code;
        }
        this.writers[at + index] = item + 1;
      }
      this.bytes[at + index] = byte;
    }
    return STATUS.ok.code;
  }
}
