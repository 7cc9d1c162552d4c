const SPARE_MAX = 16;
/** A buffer is used again for what is not much smaller: batches of a file are alike. */
const LOOSE = 2;
const SMALL = 1 << 16;

/**
 * Buffers that are used again. Memory that is let go stays where it is until V8 collects what held it, which may be a hundred
 * megabytes later: so whoever has no use for a buffer gives it back here.
 */
export class SpareBuffers {
  private readonly spare: ArrayBuffer[] = [];

  /** A buffer of at least this size: one of the spare ones where one is large enough, and not much larger. */
  take(size: number): ArrayBuffer {
    const sizeMax = Math.max(size, SMALL) * LOOSE;
    const index = this.spare.findIndex(({ byteLength }) => byteLength >= size && byteLength <= sizeMax);
    return index < 0 ? new ArrayBuffer(size + (size >> 3)) : this.spare.splice(index, 1)[0]!;
  }

  /** Those that came last, so many at most. */
  takeLast(count: number): ArrayBuffer[] {
    return this.spare.splice(Math.max(0, this.spare.length - count));
  }

  /** Takes buffers back; of more than a few the smallest are let go, which serve the fewest. */
  keep(buffers: readonly ArrayBuffer[]): void {
    this.spare.push(...buffers);
    if (this.spare.length > SPARE_MAX)
      this.spare.sort((one, other) => other.byteLength - one.byteLength).length = SPARE_MAX;
  }
}
