import type { LayoutItem, LayoutRenames } from '../record/index.js';
import { CopybookError } from './copybook-error.js';
import type { QualifiedName, Renames } from './entry.js';
import type { ItemNames } from './item-names.js';

/** A 66 level by the rules of the RENAMES clause: no level 01 or 77, no table, and what is named last ends last. */
export function resolveRenames(renames: Renames, names: ItemNames<LayoutItem>): LayoutRenames {
  const from = renamed(renames.from, names);
  if (renames.thru === undefined) return { name: renames.name, from, thru: from };
  const thru = renamed(renames.thru, names);
  if (thru.offset < from.offset || thru.offset + thru.size <= from.offset + from.size)
    throw new CopybookError(renames.thru, `${thru.name} does not end after ${from.name}`);
  return { name: renames.name, from, thru };
}

function renamed(named: QualifiedName, names: ItemNames<LayoutItem>): LayoutItem {
  const item = names.find(named, 'an item of the record', ({ level }) => level !== 1 && level !== 77);
  const table = [item, ...names.around(item)].find(({ occurs }) => occurs !== undefined);
  if (table !== undefined)
    throw new CopybookError(named, `${item.name} is in the table ${table.name}, which RENAMES cannot name`);
  return item;
}
