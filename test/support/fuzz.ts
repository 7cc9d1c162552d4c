/** What a fuzz run found: how many inputs agreed, and the shortest input that did not. */
export interface FuzzReport {
  readonly name: string;
  readonly seed: number;
  readonly inputs: number;
  readonly failure?: { readonly input: string; readonly what: string };
}

/** A seeded fuzz; the same seed and count make the same inputs. `npm run fuzz -- name seed` runs one. */
export interface Fuzz {
  readonly name: string;
  run(seed: number, iterations: number): FuzzReport | Promise<FuzzReport>;
}

/** Repeatable random numbers (xorshift128). */
export class SeededRandom {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, seed ^ 0x9e3779b9, 0x243f6a88, 0xb7e15162);
    for (let round = 0; round < 16; round++) this.next();
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const state = this.#state;
    let mixed = state[3]!;
    mixed ^= mixed << 11;
    mixed ^= mixed >>> 8;
    const first = state[0]!;
    state.copyWithin(1, 0, 3);
    state[0] = mixed ^ first ^ (first >>> 19);
    return state[0]!;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return this.next() % bound;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  /** True `percent` times of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** Cuts ever smaller pieces out of `input` while it still fails, and returns what is left. */
export function shrink(input: Uint8Array, fails: (input: Uint8Array) => boolean): Uint8Array {
  let shortest = input;
  for (let size = input.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= shortest.length;) {
      const shorter = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)]);
      if (fails(shorter)) shortest = shorter;
      else at += size;
    }
  }
  return shortest;
}

/** The same of a list of operations. */
export function shrinkList<Item>(input: readonly Item[], fails: (input: readonly Item[]) => boolean): readonly Item[] {
  let shortest = input;
  for (let size = input.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= shortest.length;) {
      const shorter = [...shortest.slice(0, at), ...shortest.slice(at + size)];
      if (fails(shorter)) shortest = shorter;
      else at += size;
    }
  }
  return shortest;
}
