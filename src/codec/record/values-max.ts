import type { Layout, LayoutItem } from './layout.js';

/** What a line may have beyond the values of its record: members whose names begin with $, and a table given too long, are told apart. */
const SLACK = 65_536;
/** Native code counts in 32 bits. */
const VALUES_MAX = 0x7fffffff;
const NAME = 1;
/** A condition's name, its value, and the list that it is of a table. */
const OF_CONDITION = 3;

/**
 * Values and names that the line of a record may have on a tape: all that its layout can hold, every view of a REDEFINES too, and some
 * more. A longer line is refused before it takes memory without end.
 */
export function valuesMax(layout: Layout): number {
  const conditions = new Map<LayoutItem, number>();
  for (const { item } of layout.conditions) conditions.set(item, (conditions.get(item) ?? 0) + OF_CONDITION);
  const renames = layout.renames.length * (NAME + 1);
  return Math.min(VALUES_MAX, SLACK + renames + valuesOf(layout.root, conditions));
}

/** Of an item's member: name, the array of a table, and each occurrence with what is below it; a group may tell $conditions. */
function valuesOf(item: LayoutItem, conditions: ReadonlyMap<LayoutItem, number>): number {
  const below = item.children.reduce((sum, child) => sum + valuesOf(child, conditions), 0);
  const object = item.leaf === undefined ? NAME + 1 : 0;
  const once = 1 + object + below + (conditions.get(item) ?? 0);
  return NAME + 1 + (item.occurs?.count ?? 1) * once;
}
