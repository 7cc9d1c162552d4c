import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem } from './layout.js';
import type { ItemTest, PlanFlags } from './plan-flags.js';
import type { ItemValues } from './value-tests.js';
import { viewSets, type ViewSet } from './view-sets.js';

/** A rule that picks a view: when for one of `when` each item has one of its values. */
export interface ViewChoice {
  readonly view: LayoutItem;
  readonly when: readonly (readonly ItemTest[])[];
}

/** A test made where the views begin, of an item that is not read before them. */
export interface DirectTest {
  readonly test: number;
  readonly item: LayoutItem;
  readonly flag: number;
}

/** How the view of a REDEFINES is chosen: `flag` and those behind it tell which views are picked, in their order. */
export interface PlannedChoice {
  readonly flag: number;
  readonly direct: readonly DirectTest[];
  /** Each sets the flag of its view when all of `count` flags from `first` on are set. */
  readonly joins: readonly { readonly flag: number; readonly first: number; readonly count: number }[];
}

/** The choices of a layout by the base item of their views. Throws ConfigError for a field that is not there to be tested. */
export function planChoices(
  layout: Layout,
  choices: readonly ViewChoice[],
  flags: PlanFlags,
): ReadonlyMap<LayoutItem, PlannedChoice> {
  const planner = new ChoicePlanner(layout, flags);
  const planned = new Map<LayoutItem, PlannedChoice>();
  const known = new Set<LayoutItem>();
  const visit = (group: LayoutItem): void => {
    for (const set of viewSets(group)) {
      const own = choices.filter(({ view }) => set.views.length > 1 && set.views.includes(view));
      own.forEach(({ view }) => known.add(view));
      if (own.length > 0) planned.set(set.base, planner.plan(set, own));
      set.views.forEach(visit);
    }
  };
  visit(layout.root);
  const stray = choices.find(({ view }) => !known.has(view));
  if (stray !== undefined)
    throw new ConfigError(
      'HR_RECORD',
      `${stray.view.name} of ${layout.name} is neither redefined nor redefines an item`,
    );
  return planned;
}

class ChoicePlanner {
  constructor(
    private readonly layout: Layout,
    private readonly flags: PlanFlags,
  ) {}

  plan(set: ViewSet, choices: readonly ViewChoice[]): PlannedChoice {
    const flag = this.flags.take(set.views.length);
    const direct: DirectTest[] = [];
    const joins = choices.flatMap(({ view, when }) =>
      when.map(tests => {
        const first = this.flags.take(tests.length);
        tests.forEach(({ item, values }, index) => {
          const name = `the rule for ${view.name}`;
          if (this.isReadBefore(set, item)) this.flags.testAt(name, { item, values }, first + index, 1);
          else direct.push({ test: this.directTest(name, set, item, values), item, flag: first + index });
        });
        return { flag: flag + set.views.indexOf(view), first, count: tests.length };
      }),
    );
    return { flag, direct, joins };
  }

  /** Whether the item was written when the views begin, in the same or an outer occurrence. */
  private isReadBefore({ base, views }: ViewSet, item: LayoutItem): boolean {
    if (item.index > base.index || views.some(view => contains(view, item))) return false;
    const [outer, inner] = [this.tables(item), this.tables(base).filter(table => table !== base)];
    return outer.every((table, depth) => table === inner[depth]);
  }

  private directTest(name: string, { base }: ViewSet, item: LayoutItem, values: readonly ItemValues[]): number {
    const [own, around] = [this.tables(item), this.tables(base)].map(tables => tables.filter(table => table !== base));
    const sameOccurrence = own!.length === around!.length && own!.every((table, depth) => table === around![depth]);
    const isMoved = this.layout.items.some(
      ({ occurs, index }) => occurs?.slides === true && index > base.index && index < item.index,
    );
    if (!sameOccurrence || isMoved)
      throw new ConfigError('HR_FIELD', `${name}: ${item.name} is not at a known place when ${base.name} is read`);
    return this.flags.tests.add(name, item, values);
  }

  /** The tables an item lies in, the outermost first, itself included. */
  private tables(item: LayoutItem): readonly LayoutItem[] {
    return this.layout.items.filter(other => other.occurs !== undefined && contains(other, item));
  }
}

function contains(group: LayoutItem, item: LayoutItem): boolean {
  return group === item || group.children.some(child => contains(child, item));
}
