const PIECE_SIZE = 1 << 18;
const SPARE_MAX = 16;

/** Text written part by part into buffers that are used again. */
export class TextPieces {
  private spare: ArrayBuffer[] = [];
  private done: Uint8Array<ArrayBuffer>[] = [];
  private piece: Uint8Array<ArrayBuffer> | undefined;
  private used = 0;

  /** Where text may be written next, at least so many bytes; it is kept by `add`. */
  room(sizeMin: number): Uint8Array<ArrayBuffer> {
    if (this.piece === undefined || this.piece.length - this.used < sizeMin) {
      this.end();
      this.piece = new Uint8Array(this.buffer(sizeMin));
    }
    return this.piece.subarray(this.used);
  }

  /** Keeps text: what was written into the room that was given, or any other, which is copied. */
  add(text: Uint8Array): void {
    if (text.length === 0) return;
    const room = this.room(text.length);
    if (text.buffer !== room.buffer || text.byteOffset !== room.byteOffset) room.set(text);
    this.used += text.length;
  }

  /** All that was kept, in order. The buffers are the taker's, until it gives them back. */
  take(): Uint8Array<ArrayBuffer>[] {
    this.end();
    return this.done.splice(0);
  }

  /** Takes buffers back to write into; more than a few are let go. */
  reuse(buffers: readonly ArrayBuffer[]): void {
    this.spare = [...buffers, ...this.spare].slice(0, SPARE_MAX);
  }

  /** The buffers that were not written into. */
  takeSpare(): ArrayBuffer[] {
    return this.spare.splice(0);
  }

  private end(): void {
    if (this.piece === undefined) return;
    if (this.used > 0) this.done.push(this.piece.subarray(0, this.used));
    else this.reuse([this.piece.buffer]);
    this.piece = undefined;
    this.used = 0;
  }

  private buffer(sizeMin: number): ArrayBuffer {
    const index = this.spare.findIndex(({ byteLength }) => byteLength >= sizeMin);
    return index < 0 ? new ArrayBuffer(Math.max(PIECE_SIZE, sizeMin * 2)) : this.spare.splice(index, 1)[0]!;
  }
}
