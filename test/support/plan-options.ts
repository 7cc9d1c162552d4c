import {
  viewChoices,
  type JsonPlanOptions,
  type Layout,
  type LayoutItem,
  type ViewChoice,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import type { SeededRandom } from './fuzz.js';

const VALUES = ['0', '1', '5', 'A', '-1', "X'40'", '12'];

/** Seeded options of a JSON plan: conditions, renames, views picked by rules, and items that may be null. */
export function makePlanOptions(random: SeededRandom, layout: Layout): JsonPlanOptions {
  const choices = Array.from({ length: random.below(3) }, () => makeChoice(random, layout)).flat();
  const nullable = random.below(3);
  return {
    conditions: random.below(2) === 0,
    renames: random.below(2) === 0,
    choices,
    ...(nullable === 0 ? {} : { isNullable: ({ index }) => nullable === 1 || index % 2 === 0 }),
  };
}

/** The options as text, items by their names. */
export function planText(options: JsonPlanOptions): string {
  return JSON.stringify(options, (key, value: unknown) =>
    key === 'item' || key === 'view' ? (value as LayoutItem).name : value,
  );
}

/** A rule for a view by a field before it, in it or behind it; none where the field is not at a known place. */
function makeChoice(random: SeededRandom, layout: Layout): readonly ViewChoice[] {
  const named = layout.items.filter(({ filler }) => !filler);
  const views = named.filter(item => item.redefines !== undefined || named.some(({ redefines }) => redefines === item));
  const fields = named.filter((item: LayoutItem) => item !== layout.root);
  if (views.length === 0) return [];
  const value = random.below(3) === 0 ? { from: '0', to: random.pick(['5', 'F']) } : random.pick(VALUES);
  const tests = Array.from({ length: 1 + random.below(2) }, () => [random.pick(fields).name, [value]] as const);
  try {
    return viewChoices(layout, [{ record: random.pick(views).name, when: [Object.fromEntries(tests)] }]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [];
  }
}
