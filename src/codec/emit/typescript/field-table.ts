import { hasNullBlank, numberDigits } from '../../columns/index.js';
import type { Layout, LayoutItem } from '../../record/index.js';
import { camelCase, Names, pascalCase } from '../names.js';

/**
 * What an accessor gives: text, a float, a whole number below 10^15, or the digits of a number as a bigint, which are read as a
 * double below 10^15 (`units`) or at once as a bigint (`big`).
 */
export type FieldKind = 'text' | 'float' | 'integer' | 'units' | 'big';

/** A leaf as generated code has it. */
export interface Field {
  readonly index: number; // into the spec's fields
  readonly item: LayoutItem;
  readonly kind: FieldKind;
  readonly name: string; // of the accessor
  readonly textName: string; // of that which gives the text of `units` and `big`
  readonly setter: string; // of an item in a table
  readonly tables: readonly LayoutItem[]; // around it, itself included
  readonly nullable: boolean;
}

/** The digits that a double keeps, whatever they are. */
const SAFE_DIGITS = 15;
/** What every object has, and what a class may not call an accessor. */
const RESERVED =
  'constructor toString toJSON valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString prototype then';

/** The leaves of a layout that have a name, and FILLER that is a view of a REDEFINES, in the copybook's order. */
export class FieldTable {
  readonly fields: readonly Field[];
  private readonly byItem = new Map<LayoutItem, Field>();
  private readonly around = new Map<LayoutItem, readonly LayoutItem[]>();

  constructor(readonly layout: Layout) {
    this.walk(layout.root, []);
    const items = layout.items.filter(item => item.leaf !== undefined && (!item.filler || this.isView(item)));
    const names = new Names(RESERVED.split(' '));
    const counts = new Map<string, number>();
    for (const { name } of items) counts.set(camelCase(name), (counts.get(camelCase(name)) ?? 0) + 1);
    this.fields = items.map((item, index) => this.field(item, index, { names, counts }));
    for (const field of this.fields) this.byItem.set(field.item, field);
  }

  private walk(item: LayoutItem, groups: readonly LayoutItem[]): void {
    this.around.set(item, groups);
    for (const child of item.children) this.walk(child, [...groups, item]);
  }

  private isView(item: LayoutItem): boolean {
    const group = this.groups(item).at(-1);
    return item.redefines !== undefined || group?.children.some(other => other.redefines === item) === true;
  }

  private field(
    item: LayoutItem,
    index: number,
    { names, counts }: { names: Names; counts: ReadonlyMap<string, number> },
  ): Field {
    const own = item.filler ? 'filler' : camelCase(item.name);
    const groups = this.groups(item).filter(group => !group.filler && group !== this.layout.root);
    const isUnique = counts.get(own) === 1 || groups.length === 0;
    const qualified = camelCase(groups.map(({ name }) => name).join('-')) + pascalCase(item.name);
    const name = names.take(isUnique || item.filler ? own : qualified);
    const kind = kindOf(item);
    const tables = this.tables(item);
    const isUnits = kind === 'units' || kind === 'big';
    const textName = isUnits ? names.take(`${name}Text`) : '';
    const setter = tables.length === 0 ? '' : names.take(`set${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
    return { index, item, kind, name, textName, setter, tables, nullable: hasNullBlank(this.layout, item) };
  }

  /** The groups around an item, the record first. */
  groups(item: LayoutItem): readonly LayoutItem[] {
    return this.around.get(item)!;
  }

  /** The tables around an item, itself included, the outermost first. */
  tables(item: LayoutItem): readonly LayoutItem[] {
    return [...this.groups(item), item].filter(({ occurs }) => occurs !== undefined);
  }

  of(item: LayoutItem): Field {
    return this.byItem.get(item)!;
  }
}

function kindOf({ leaf, size }: LayoutItem): FieldKind {
  if (leaf === undefined || leaf.kind === 'text') return 'text';
  if (leaf.kind === 'float') return 'float';
  const digits = numberDigits(leaf, size);
  if (digits > SAFE_DIGITS) return 'big';
  return leaf.scale > 0 || digits - leaf.scale > SAFE_DIGITS ? 'units' : 'integer';
}

/** The variables that subscripts are, the outermost table's first. */
export const SUBSCRIPTS: readonly string[] = [...'ijklmnopqr'];
