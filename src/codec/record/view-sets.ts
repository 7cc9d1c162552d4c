import type { LayoutItem } from './layout.js';

/** Items of one group that describe the same bytes: the base item, then those that redefine it, in the copybook's order. */
export interface ViewSet {
  readonly base: LayoutItem;
  readonly views: readonly LayoutItem[]; // the base first
}

/** The group's children, those over the same bytes together, where the first of them stands. */
export function viewSets(group: LayoutItem): readonly ViewSet[] {
  const sets = new Map<LayoutItem, LayoutItem[]>();
  for (const child of group.children) {
    const views = child.redefines === undefined ? undefined : sets.get(child.redefines);
    if (views === undefined) sets.set(child, [child]);
    else views.push(child);
  }
  return Array.from(sets, ([base, views]) => ({ base, views }));
}
