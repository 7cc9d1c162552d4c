import type { LayoutItem } from '../record/index.js';
import { CopybookError } from './copybook-error.js';
import type { QualifiedName } from './entry.js';

/** Finds items by what a copybook calls them: a name, qualified where it is not unique. */
export class ItemNames<Item extends LayoutItem> {
  private readonly byName = new Map<string, Item[]>();
  private readonly parents = new Map<LayoutItem, Item>();

  add(item: Item, parent: Item | undefined): void {
    if (parent !== undefined) this.parents.set(item, parent);
    if (item.filler) return;
    const key = item.name.toUpperCase();
    const same = this.byName.get(key);
    if (same === undefined) this.byName.set(key, [item]);
    else same.push(item);
  }

  /** The one item that is meant. Throws CopybookError where there is none for which `fits` holds, or more than one. */
  find(named: QualifiedName, what: string, fits: (item: Item) => boolean): Item {
    let found: Item | undefined;
    for (const item of this.byName.get(named.name.toUpperCase()) ?? []) {
      if (!fits(item) || !this.isWithin(item, named)) continue;
      if (found !== undefined)
        throw new CopybookError(
          named,
          `${written(named)} is not unique; expected OF and the name of a group around it`,
        );
      found = item;
    }
    if (found === undefined) throw new CopybookError(named, `${written(named)} is not ${what}`);
    return found;
  }

  /** The groups around an item, the nearest first. */
  *around(item: LayoutItem): Iterable<Item> {
    for (let group = this.parents.get(item); group !== undefined; group = this.parents.get(group)) yield group;
  }

  /** Qualifiers name groups around the item, the nearest first; others may lie between. */
  private isWithin(item: Item, { of }: QualifiedName): boolean {
    let next = 0;
    for (const group of this.around(item))
      if (next < of.length && group.name.toUpperCase() === of[next]!.toUpperCase()) next++;
    return next === of.length;
  }
}

const written = ({ name, of }: QualifiedName): string => [name, ...of].join(' OF ');
