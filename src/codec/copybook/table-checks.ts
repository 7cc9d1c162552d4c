import type { LayoutItem } from '../record/index.js';
import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { Entry, QualifiedName } from './entry.js';
import type { ItemNames } from './item-names.js';

/** A table with the entry that declares it. */
export interface DeclaredTable {
  readonly entry: Entry;
  readonly item: LayoutItem;
}

/**
 * Refuses tables whose occurrences cannot all be read: those whose count has several values where they stand, and of FILLER
 * tables, which become columns read one after the other, those that would have to be read row by row. For a whole record,
 * since what slides is known at its end. Throws CopybookError.
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

/** The columns of a FILLER table have names, and each its own bytes; an elementary FILLER is passed over, and so cannot slide. */
function checkFillerTable({ entry, item }: DeclaredTable): void {
  if (!item.filler) return;
  const { dependingOn, slides } = item.occurs!;
  if (dependingOn !== undefined && (slides || item.leaf === undefined))
    fail(entry.occurs!, `a FILLER with OCCURS DEPENDING ON ${dependingOn.name} has no name to write; give it a name`);
  for (const child of entry.children)
    if (child.filler || child.redefines !== undefined)
      fail(
        child,
        `a FILLER with OCCURS holds ${child.filler ? 'a FILLER' : `the REDEFINES ${child.name}`}, which cannot stand alone; give the table a name`,
      );
}

function checkCount({ entry, item }: DeclaredTable, names: ItemNames<LayoutItem>): void {
  const { dependingOn, slides } = item.occurs!;
  if (dependingOn === undefined) return;
  const place = entry.occurs!.dependingOn!;
  const path = [item, ...names.around(item)];
  const countPath = [dependingOn, ...names.around(dependingOn)];
  for (const outer of countPath)
    if (outer.occurs !== undefined && !path.includes(outer))
      fail(
        place,
        `${dependingOn.name} lies in the table ${outer.name}, ${item.name} does not: each occurrence has a count of its own`,
      );
  for (const outer of path.slice(1))
    if (outer.filler && outer.occurs !== undefined) checkColumn({ outer, path, countPath, slides }, place);
}

/** A table with DEPENDING ON in a FILLER table; the items around it and around its count, the nearest first. */
interface TableInFiller {
  readonly outer: LayoutItem;
  readonly path: readonly LayoutItem[];
  readonly countPath: readonly LayoutItem[];
  readonly slides: boolean;
}

/** A column is read for all occurrences before the next column: a count in another column is that of the last, and what slides moves them apart. */
function checkColumn({ outer, path, countPath, slides }: TableInFiller, place: QualifiedName): void {
  const columnOf = (items: readonly LayoutItem[]): LayoutItem | undefined => items[items.indexOf(outer) - 1];
  if (countPath.includes(outer) && columnOf(path) !== columnOf(countPath))
    fail(
      place,
      `${countPath[0]!.name} and ${path[0]!.name} are two columns of a FILLER with OCCURS; give the table, or a group around both, a name`,
    );
  if (slides && outer.children.length > 1)
    fail(
      place,
      `${path[0]!.name} moves the other items of a FILLER with OCCURS, which are columns of their own; give the table, or a group around them all, a name`,
    );
}
