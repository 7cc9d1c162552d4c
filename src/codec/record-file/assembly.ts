/** Where records are put together that do not lie in one piece: memory for some, of bounded size. */
export class Assembly {
  readonly bytes: Uint8Array;
  /** Where the record in hand begins and ends. */
  private start = 0;
  private end = 0;

  constructor(
    private readonly recordMax: number,
    sizeMin: number,
  ) {
    this.bytes = new Uint8Array(Math.max(sizeMin, recordMax * 2));
  }

  /** Forgets the records that are done; the one in hand stays. */
  reuse(): void {
    this.bytes.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
  }

  get hasRoom(): boolean {
    return this.bytes.length - this.start >= this.recordMax;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Adds bytes to the record in hand; what goes beyond the largest record is dropped. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const size = Math.min(to - from, this.recordMax - this.length);
    this.bytes.set(bytes.subarray(from, from + size), this.end);
    this.end += size;
  }

  pad(size: number, byte: number): void {
    this.bytes.fill(byte, this.end, this.start + size);
    this.end = Math.max(this.end, this.start + size);
  }

  /** Ends the record in hand; returns where it begins. */
  take(): number {
    const { start } = this;
    this.start = this.end;
    return start;
  }

  drop(): void {
    this.end = this.start;
  }
}
