import type { Layout, LayoutItem } from './layout.js';
import type { LeafTable } from './leaf.js';
import { ValueTests, type ItemValues } from './value-tests.js';

/** A test that is made where its item is written, and the flag it sets; of a table a flag for each occurrence. */
export interface FlagTest {
  readonly test: number;
  readonly flag: number;
  readonly slots: number;
}

/** An item and the values it is tested for. */
export interface ItemTest {
  readonly item: LayoutItem;
  readonly values: readonly ItemValues[];
}

/** The flags of a JSON plan: what was true of values already read, for $conditions and the choice of views. */
export class PlanFlags {
  readonly tests: ValueTests;
  count = 0;
  private readonly tested = new Map<LayoutItem, FlagTest[]>();

  constructor(layout: Layout, leaves: LeafTable) {
    this.tests = new ValueTests(layout, leaves);
  }

  /** Takes as many flags in a row; returns the first. */
  take(count: number): number {
    const first = this.count;
    this.count += count;
    return first;
  }

  /** Has an item tested wherever it is written. `name` is what a refusal names; `slots` flags are of its occurrences. */
  testAt(name: string, { item, values }: ItemTest, flag: number, slots: number): void {
    const test = { test: this.tests.add(name, item, values), flag, slots };
    const known = this.tested.get(item);
    if (known === undefined) this.tested.set(item, [test]);
    else known.push(test);
  }

  of(item: LayoutItem): readonly FlagTest[] {
    return this.tested.get(item) ?? [];
  }

  /** The tests of an item and all below it. */
  within(item: LayoutItem): readonly FlagTest[] {
    return [...this.of(item), ...item.children.flatMap(child => this.within(child))];
  }
}
