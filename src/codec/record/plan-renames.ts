import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem, LayoutRenames } from './layout.js';

/** What a 66 level is read as: the one elementary item it renames, else a text item over all its bytes. */
export function renamedItem({ name, from, thru }: LayoutRenames): LayoutItem {
  if (from === thru && from.leaf !== undefined && from.occurs === undefined) return from;
  const end = thru.offset + (thru.occurs === undefined ? thru.size : thru.occurs.count * thru.occurs.stride);
  return {
    index: from.index,
    name,
    filler: false,
    level: 66,
    picture: '',
    usage: 'DISPLAY',
    offset: from.offset,
    size: end - from.offset,
    leaf: { kind: 'text', charset: 'page', justified: false, blankWhenZero: false },
    children: [],
  };
}

/**
 * Whether what a 66 level renames lies before every table that slides: then it is at its offset from the record's start, and
 * behind them all at its offset from where they end.
 */
export function isBeforeSliding(layout: Layout, { name, from, thru }: LayoutRenames): boolean {
  const sliding = layout.items.filter(({ occurs }) => occurs?.slides === true);
  if (sliding.every(table => table.offset >= thru.offset + thru.size)) return true;
  const table = sliding.find(table => table.offset + table.occurs!.count * table.occurs!.stride > from.offset);
  if (table !== undefined)
    throw new ConfigError('HR_PLAN_ODO', `${name} renames what lies before or in ${table.name}, whose length varies`);
  return false;
}
