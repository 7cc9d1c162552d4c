import { STATUS } from '../../model/index.js';
import { LEAF_INTS } from './leaf.js';
import { Digits, readNumber, type LeafAt } from './number.js';
import { ALTERNATIVE, ALTERNATIVE_INTS, ALTERNATIVE_KIND, TEST, TEST_INTS } from './value-tests.js';

/** The tests of a plan, and the leaves and tables they read by. */
export interface TestTables {
  readonly leaves: Int32Array;
  readonly tables: Uint8Array;
  readonly tests: Int32Array;
  readonly alternatives: Int32Array;
  readonly testBytes: Uint8Array;
}

/** Tells whether an item has one of the values of a test: the twin of native/codec/copybook-tests.cc. */
export class ValueTestTwin {
  private readonly leaf: LeafAt;
  private readonly number = new Digits();

  constructor(private readonly plan: TestTables) {
    this.leaf = { leaves: plan.leaves, at: 0, tables: plan.tables };
  }

  /** Whether the item at `offset` holds; never when it goes beyond `end` or is no number where numbers are compared. */
  holds(test: number, bytes: Uint8Array, offset: number, end: number): boolean {
    const { tests } = this.plan;
    const at = test * TEST_INTS;
    const size = tests[at + TEST.size]!;
    if (offset + size > end) return false;
    const value = this.value(tests[at + TEST.leaf]!, bytes, offset);
    const first = tests[at + TEST.first]!;
    for (let index = first; index < first + tests[at + TEST.count]!; index++) {
      const alternative = index * ALTERNATIVE_INTS;
      if (this.lies(alternative, value, bytes, { offset, size })) return true;
    }
    return false;
  }

  private value(leaf: number, bytes: Uint8Array, offset: number): bigint | undefined {
    if (leaf < 0) return undefined;
    this.leaf.at = leaf * LEAF_INTS;
    const isGood = readNumber(this.leaf, bytes, offset, this.number) === STATUS.ok.code;
    return isGood ? this.number.toBigInt() : undefined;
  }

  private lies(
    at: number,
    value: bigint | undefined,
    bytes: Uint8Array,
    { offset, size }: { offset: number; size: number },
  ): boolean {
    const { alternatives } = this.plan;
    if (alternatives[at + ALTERNATIVE.kind] === ALTERNATIVE_KIND.number)
      return (
        value !== undefined && value >= this.int128(at + ALTERNATIVE.low) && value <= this.int128(at + ALTERNATIVE.high)
      );
    const low = alternatives[at + ALTERNATIVE.low]!;
    const high = alternatives[at + ALTERNATIVE.highBytes]!;
    return this.compare(bytes, offset, size, low) >= 0 && this.compare(bytes, offset, size, high) <= 0;
  }

  private compare(bytes: Uint8Array, offset: number, size: number, value: number): number {
    const { testBytes } = this.plan;
    for (let index = 0; index < size; index++) {
      const difference = bytes[offset + index]! - testBytes[value + index]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  private int128(at: number): bigint {
    const { alternatives } = this.plan;
    let value = BigInt(alternatives[at + 3]!);
    for (let word = 2; word >= 0; word--) value = (value << 32n) | BigInt(alternatives[at + word]! >>> 0);
    return value;
  }
}
