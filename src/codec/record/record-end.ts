import type { LayoutItem } from './layout.js';
import { viewSets } from './view-sets.js';

/**
 * The views at the end of a record with the bytes by which the longest view over the same bytes goes on behind each: a record
 * of a variable length, of the kind that such a view describes, ends with the view.
 */
export function recordEnd(root: LayoutItem): ReadonlyMap<LayoutItem, number> {
  const mayLack = new Map<LayoutItem, number>();
  const visit = (group: LayoutItem): void => {
    const end = group.offset + group.size;
    for (const { views } of viewSets(group)) {
      const setEnd = Math.max(...views.map(endOf));
      if (setEnd !== end) continue;
      for (const view of views) {
        mayLack.set(view, setEnd - endOf(view));
        if (view.occurs === undefined) visit(view);
      }
    }
  };
  visit(root);
  return mayLack;
}

function endOf({ offset, size, occurs }: LayoutItem): number {
  return offset + (occurs === undefined ? size : occurs.count * occurs.stride);
}
