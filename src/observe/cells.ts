/** Distance between what two threads write: a SharedArrayBuffer is only 16-byte aligned, so a whole line lies on each side. */
const PADDING_SIZE = 64;
const CELL_SIZE = 8;
const TWO_32 = 0x1_0000_0000;

/** High word of a cell whose low word is being exchanged. No float64-safe value has it. */
const CHANGING = -0x8000_0000;

/**
 * Little-endian int64 cells, written by one thread and read by any, holding whole numbers within ±2^53.
 *
 *     0  64 bytes nobody writes
 *    64  cell 0: low u32, high i32 │ cell 1 │ …
 *        64 bytes nobody writes
 *
 * JavaScript stores 64 bits at once only as a BigInt, which allocates. So a cell is two words: mostly the low one alone
 * changes, by one store that cannot tear. When the high word changes too, it says CHANGING first, and a reader that saw
 * CHANGING, or two different high words around the low one, reads again.
 */
export class Cells {
  readonly memory: SharedArrayBuffer;
  readonly count: number;
  readonly #words: Int32Array;
  /** The writer's own copy, so that adding needs no read of shared memory. */
  readonly #values: Float64Array;

  static sizeFor(count: number): number {
    return 2 * PADDING_SIZE + count * CELL_SIZE;
  }

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.count = (memory.byteLength - 2 * PADDING_SIZE) / CELL_SIZE;
    this.#words = new Int32Array(memory, PADDING_SIZE, 2 * this.count);
    this.#values = Float64Array.from({ length: this.count }, (_, index) => this.load(index));
  }

  add(index: number, amount: number): void {
    this.store(index, this.own(index) + amount);
  }

  /** The writing thread's value, without looking at shared memory. */
  own(index: number): number {
    return this.#values[index] as number;
  }

  store(index: number, value: number): void {
    const words = this.#words;
    const high = Math.floor(value / TWO_32);
    this.#values[index] = value;
    if (words[2 * index + 1] === high) {
      // Plain: counts carry no other data, a reader may see it a moment later.
      words[2 * index] = value | 0;
      return;
    }
    // Sequentially consistent, so no reader sees the new low word under the old high one.
    Atomics.store(words, 2 * index + 1, CHANGING);
    Atomics.store(words, 2 * index, value | 0);
    Atomics.store(words, 2 * index + 1, high);
  }

  load(index: number): number {
    const words = this.#words;
    while (true) {
      const high = Atomics.load(words, 2 * index + 1);
      const low = Atomics.load(words, 2 * index);
      if (high !== CHANGING && Atomics.load(words, 2 * index + 1) === high) return high * TWO_32 + (low >>> 0);
    }
  }
}
