import type { LayoutItem } from '../record/index.js';
import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { Entry } from './entry.js';
import type { ItemNames } from './item-names.js';

/** A table with the entry that declares it. */
export interface DeclaredTable {
  readonly entry: Entry;
  readonly item: LayoutItem;
}

/**
 * Refuses tables that have no right reading: those whose count has several values where they stand, and FILLER tables, which
 * become columns read one after the other, that would have to be read row by row. For a whole record, since what slides is
 * known at its end. Throws CopybookError.
 */
export function checkTables(tables: readonly DeclaredTable[], names: ItemNames<LayoutItem>): void {
  for (const table of tables) {
    checkFillerTable(table);
    checkCount(table, names);
  }
}

function fail(place: SourcePlace, message: string): never {
  throw new CopybookError(place, message);
}

/** The columns of a FILLER table have each its own bytes; an elementary FILLER is passed over, and so cannot slide. */
function checkFillerTable({ entry, item }: DeclaredTable): void {
  if (!item.filler) return;
  const { dependingOn, slides } = item.occurs!;
  if (dependingOn !== undefined && (slides || item.leaf === undefined))
    fail(entry.occurs!, `a FILLER with OCCURS DEPENDING ON ${dependingOn.name} has no name to write; give it a name`);
  for (const child of entry.children)
    if ((child.filler && child.children.length > 0) || child.redefines !== undefined)
      fail(
        child,
        `a FILLER with OCCURS holds ${child.filler ? 'a group FILLER' : `the REDEFINES ${child.name}`}, which cannot stand alone; give the table a name`,
      );
}

function checkCount({ entry, item }: DeclaredTable, names: ItemNames<LayoutItem>): void {
  const { dependingOn } = item.occurs!;
  if (dependingOn === undefined) return;
  const place = entry.occurs!.dependingOn!;
  const around = [...names.around(item)];
  for (const outer of [dependingOn, ...names.around(dependingOn)])
    if (outer.occurs !== undefined && !around.includes(outer))
      fail(
        place,
        `${dependingOn.name} lies in the table ${outer.name}, ${item.name} does not: each occurrence has a count of its own`,
      );
  // A column is read and written for all occurrences before the next: a count in another one would be that of the last
  // occurrence, and what slides, or is filled up to the largest count, would move or clear the others.
  for (const outer of around)
    if (outer.filler && outer.occurs !== undefined && outer.children.length > 1)
      fail(
        place,
        `${item.name} has DEPENDING ON beside other items of a FILLER with OCCURS, each of them a column; give the FILLER, or a group around all it holds, a name`,
      );
}
