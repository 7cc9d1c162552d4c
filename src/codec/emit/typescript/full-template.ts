import {
  describeLeaf,
  Digits,
  pageTables,
  recordTemplate,
  writeNumber,
  type Layout,
  type LayoutItem,
} from '../../record/index.js';

/** The bytes of a new record whose tables have all their occurrences: each item has its VALUE, and each count is the largest. */
export function fullTemplate(layout: Layout): Uint8Array {
  const bytes = recordTemplate(layout);
  const counts = new Map<LayoutItem, number>();
  for (const { occurs } of layout.items)
    if (occurs?.dependingOn !== undefined)
      counts.set(occurs.dependingOn, Math.min(occurs.count, counts.get(occurs.dependingOn) ?? Infinity));
  const tables = pageTables(layout.codePage, layout.sign);
  const digits = new Digits();
  eachOccurrence(layout.root, 0, (item, offset) => {
    const count = counts.get(item);
    if (count === undefined) return;
    digits.setBigInt(BigInt(count));
    writeNumber({ leaves: Int32Array.from(describeLeaf(layout, item)), at: 0, tables }, digits, bytes, offset);
  });
  return bytes;
}

function eachOccurrence(item: LayoutItem, shift: number, tell: (item: LayoutItem, offset: number) => void): void {
  for (let index = 0; index < (item.occurs?.count ?? 1); index++) {
    const own = shift + index * (item.occurs?.stride ?? 0);
    tell(item, item.offset + own);
    for (const child of item.children) eachOccurrence(child, own, tell);
  }
}
