import type { LayoutItem } from '../record/index.js';
import { CopybookError } from './copybook-error.js';
import type { Entry } from './entry.js';
import type { ItemNames } from './item-names.js';

/** A table with the entry that declares it. */
export interface DeclaredTable {
  readonly entry: Entry;
  readonly item: LayoutItem;
}

/** Refuses a table whose count has several values where it stands. Throws CopybookError. */
export function checkTables(tables: readonly DeclaredTable[], names: ItemNames<LayoutItem>): void {
  for (const table of tables) checkCount(table, names);
}

function checkCount({ entry, item }: DeclaredTable, names: ItemNames<LayoutItem>): void {
  const { dependingOn } = item.occurs!;
  if (dependingOn === undefined) return;
  const place = entry.occurs!.dependingOn!;
  const around = [...names.around(item)];
  for (const outer of [dependingOn, ...names.around(dependingOn)])
    if (outer.occurs !== undefined && !around.includes(outer))
      throw new CopybookError(
        place,
        `${dependingOn.name} lies in the table ${outer.name}, ${item.name} does not: each occurrence has a count of its own`,
      );
}
