import { renamedItem, viewSets, type Layout, type LayoutItem } from '../record/index.js';

/** A member of the JSON object that decode writes for a record or a group. */
export interface Member {
  readonly name: string;
  readonly item: LayoutItem; // of a 66 level the item, or the text, that it renames
  /** The items whose OCCURS make the arrays around the value, the outermost first. */
  readonly tables: readonly LayoutItem[];
  /** One of several views of the same bytes, or a 66 level: null where it does not decode. */
  readonly isView: boolean;
  /** The item whose bytes it shows, itself or another; undefined where there is no other view of them. */
  readonly viewOf?: LayoutItem | undefined;
}

type Around = Pick<Member, 'tables' | 'isView' | 'viewOf'>;

const ALONE: Around = { tables: [], isView: false };

/** The members of a record's object in their order; with `renames` its 66 levels behind them. */
export function recordMembers(layout: Layout, renames = false): readonly Member[] {
  const { root } = layout;
  const own = root.leaf === undefined ? membersOf(root) : itemMembers(root, ALONE);
  if (!renames) return own;
  const others = layout.renames.map(level => ({ ...ALONE, name: level.name, item: renamedItem(level), isView: true }));
  return [...own, ...others];
}

/** The members of a group's object. What is in a FILLER group stands where it does; an elementary FILLER is left out. */
export function membersOf(group: LayoutItem): readonly Member[] {
  return groupMembers(group, ALONE);
}

function groupMembers(group: LayoutItem, around: Around): readonly Member[] {
  return viewSets(group).flatMap(({ views }) => {
    const isView = around.isView || views.length > 1;
    const viewOf = views.length > 1 ? views[0] : around.viewOf;
    return views.flatMap(view => itemMembers(view, { ...around, isView, viewOf }));
  });
}

function itemMembers(item: LayoutItem, around: Around): readonly Member[] {
  const tables = item.occurs === undefined ? around.tables : [...around.tables, item];
  if (!item.filler) return [{ ...around, name: item.name, item, tables }];
  return item.leaf === undefined ? groupMembers(item, { ...around, tables }) : [];
}
