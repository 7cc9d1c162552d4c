const SPACE_SIZE = 1 << 20;

/**
 * Where the records of one batch are written, one behind the other, in memory that runs of several kinds share: they may change with every
 * line, and memory for each run would cost far more than its record. What is taken is not written again.
 */
export class OutputSpace {
  private space = new Uint8Array(0);

  /** Room for a record of `recordSize` bytes at least; new memory is no larger than `count` such records need. */
  room(recordSize: number, count: number): Uint8Array {
    if (this.space.length < recordSize)
      this.space = Buffer.allocUnsafe(Math.max(recordSize, Math.min(SPACE_SIZE, recordSize * count)));
    return this.space;
  }

  /** The first bytes of the room hold records now. */
  take(size: number): void {
    this.space = this.space.subarray(size);
  }
}
