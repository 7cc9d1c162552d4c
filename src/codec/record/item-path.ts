import type { Layout, LayoutItem } from './layout.js';

/** The groups around an item from the record on, and itself. */
export function itemPath(layout: Layout, item: LayoutItem): LayoutItem[] {
  const path: LayoutItem[] = [layout.root];
  for (let at = layout.root; at !== item;) {
    const next = at.children.findLast(child => child.index <= item.index);
    if (next === undefined) break;
    path.push(next);
    at = next;
  }
  return path;
}
