import type {
  CodePage,
  Layout,
  LayoutCondition,
  LayoutItem,
  Occurs,
  SignDialect,
  SignNibbles,
} from '../record/index.js';
import { alignUp, boundaryOf } from './boundary.js';
import { conditionsOf, initialValue } from './conditions.js';
import { CopybookError, type SourcePlace } from './copybook-error.js';
import { elementary, type ElementaryRules } from './elementary.js';
import type { Entry, QualifiedName, SignClause } from './entry.js';
import { isReadByRows } from './filler-rows.js';
import { ItemNames } from './item-names.js';
import { resolveRenames } from './renames.js';
import { checkTables, type DeclaredTable } from './table-checks.js';
import type { Usage } from './usage.js';

export interface LayoutRules extends ElementaryRules {
  readonly codePage: CodePage;
  readonly sign: SignDialect;
  readonly signNibbles: SignNibbles;
  readonly slides: boolean; // what follows a table with DEPENDING ON
}

/** What an item takes from the groups around it. */
interface Inherited {
  readonly usage?: Usage;
  readonly sign?: SignClause;
  readonly sync: boolean;
  readonly slides: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Item = Omit<Mutable<LayoutItem>, 'children' | 'redefines'> & { children: Item[]; redefines?: Item };

const RECORD_SIZE_MAX = 1 << 28;

/** Lays a record out: sizes, offsets, tables, redefinitions. Throws CopybookError where an entry cannot be laid out. */
export function buildLayout(record: Entry, rules: LayoutRules): Layout {
  const builder = new LayoutBuilder(rules);
  const root = builder.build(record);
  checkTables(builder.tables, builder.names);
  return {
    name: record.name,
    sizeBytes: builder.extent(root),
    root,
    items: builder.items,
    conditions: builder.conditions,
    renames: record.renames.map(renames => resolveRenames(renames, builder.names)),
    codePage: rules.codePage,
    sign: rules.sign,
    signNibbles: rules.signNibbles,
  };
}

class LayoutBuilder {
  readonly items: Item[] = [];
  readonly names = new ItemNames<Item>();
  readonly conditions: LayoutCondition[] = [];
  readonly tables: DeclaredTable[] = [];
  /** The largest alignment that SYNCHRONIZED asked for since the last table began. */
  private alignment = 1;
  private fillersOfRows = 0;

  constructor(private readonly rules: LayoutRules) {}

  build(record: Entry): Item {
    return this.item(record, 0, undefined, { sync: false, slides: this.rules.slides });
  }

  /** Bytes of all occurrences. */
  extent(item: Item): number {
    return item.occurs === undefined ? item.size : item.occurs.count * item.occurs.stride;
  }

  private fail(place: SourcePlace, message: string): never {
    throw new CopybookError(place, message);
  }

  private item(entry: Entry, offset: number, group: Item | undefined, from: Inherited): Item {
    const own = this.inherit(entry, from);
    const rows = isReadByRows(entry, own.slides);
    const item: Item = {
      index: this.items.length,
      name: rows ? this.fillerName() : entry.name,
      filler: entry.filler && !rows,
      level: entry.level,
      picture: entry.picture?.text ?? '',
      usage: own.usage ?? 'DISPLAY',
      offset,
      size: 0,
      children: [],
    };
    this.items.push(item);
    this.names.add(item, group);
    const outer = this.alignment;
    this.alignment = 1;
    if (entry.children.length > 0) this.group(entry, item, own);
    else this.elementary(entry, item, own);
    if (entry.occurs !== undefined) {
      item.occurs = this.occurs(entry, item, own.slides);
      this.tables.push({ entry, item });
    }
    this.alignment = Math.max(outer, this.alignment);
    if (entry.value !== undefined) item.value = initialValue(item, entry.value);
    this.conditions.push(...conditionsOf(entry, item));
    if (this.extent(item) + offset > RECORD_SIZE_MAX)
      this.fail(entry, `the record is larger than ${RECORD_SIZE_MAX} bytes`);
    return item;
  }

  /** FILLER, FILLER-2 …, each once in the record. */
  private fillerName(): string {
    return ++this.fillersOfRows === 1 ? 'FILLER' : `FILLER-${this.fillersOfRows}`;
  }

  private inherit(entry: Entry, from: Inherited): Inherited {
    const usage = entry.usage?.usage ?? from.usage;
    if (entry.usage !== undefined && from.usage !== undefined && entry.usage.usage !== from.usage)
      this.fail(
        entry.usage,
        `USAGE ${entry.usage.usage} differs from USAGE ${from.usage} of the group around ${entry.name}`,
      );
    const sign = entry.sign ?? from.sign;
    return {
      ...(usage === undefined ? {} : { usage }),
      ...(sign === undefined ? {} : { sign }),
      sync: entry.sync !== undefined || from.sync,
      slides: from.slides && entry.redefines === undefined,
    };
  }

  private occurs(entry: Entry, item: Item, slides: boolean): Occurs {
    const { min, max, dependingOn, keys } = entry.occurs!;
    if (entry.level === 1 || entry.level === 77) this.fail(entry.occurs!, 'OCCURS stands at level 02 to 49');
    const stride = alignUp(item.size, item.leaf === undefined ? this.alignment : 1);
    if (stride * max > RECORD_SIZE_MAX) this.fail(entry.occurs!, `the table is larger than ${RECORD_SIZE_MAX} bytes`);
    for (const key of keys)
      this.names.find(key, `an item of the table ${item.name}`, ({ index }) => index >= item.index);
    if (dependingOn === undefined) return { count: max, stride, min: max, slides: false };
    return { count: max, stride, min, dependingOn: this.counter(dependingOn, item), slides };
  }

  /** The count lies before the table, and so is known when the table is read. */
  private counter(dependingOn: QualifiedName, table: Item): Item {
    const counter = this.names.find(dependingOn, 'an item before the table', ({ index }) => index < table.index);
    if (counter.leaf === undefined || !('scale' in counter.leaf) || counter.leaf.scale !== 0)
      this.fail(dependingOn, `${dependingOn.name} is not an integer`);
    return counter;
  }

  private group(entry: Entry, group: Item, own: Inherited): void {
    if (entry.picture !== undefined) this.fail(entry.picture, `${entry.name} is a group and has no PICTURE`);
    for (const [clause, place] of [
      ['JUSTIFIED', entry.justified],
      ['BLANK WHEN ZERO', entry.blankWhenZero],
    ] as const)
      if (place !== undefined) this.fail(place, `${clause} is for elementary items; ${entry.name} is a group`);
    let end = group.offset;
    let last: Item | undefined; // that redefines nothing
    for (const child of entry.children) {
      const base = child.redefines === undefined ? undefined : this.redefined(child, group, last);
      const item = this.item(child, base?.offset ?? end, group, own);
      if (base !== undefined) item.redefines = base;
      else last = item;
      group.children.push(item);
      end = Math.max(end, item.offset + this.extent(item));
    }
    group.size = end - group.offset;
  }

  /** The item whose bytes an entry describes anew: the last one that is no view itself, by its name or that of one of its views. */
  private redefined(entry: Entry, group: Item, last: Item | undefined): Item {
    const { name } = entry.redefines!;
    const isNamed = (item: Item): boolean => item.name.toUpperCase() === name.toUpperCase();
    const target = last !== undefined && isNamed(last) ? last : group.children.findLast(isNamed);
    if (target === undefined || target.level !== entry.level)
      this.fail(
        entry.redefines!,
        `${name} is not an item of level ${entry.level} before ${entry.name} in ${group.name}`,
      );
    const base = target.redefines ?? target;
    if (base !== last)
      this.fail(
        entry.redefines!,
        `${last!.name} lies between ${name} and ${entry.name}; expected a REDEFINES of ${last!.name}`,
      );
    if (base.occurs?.dependingOn !== undefined)
      this.fail(entry.redefines!, `${name} has OCCURS DEPENDING ON and cannot be redefined`);
    holdTables(base);
    return base;
  }

  private elementary(entry: Entry, item: Item, own: Inherited): void {
    const { leaf, size, usage } = elementary(entry, own.usage, own.sign, this.rules);
    Object.assign(item, { leaf, size, usage });
    if (own.sync) this.synchronize(entry, item, boundaryOf(leaf, size, usage, this.rules.binarySize));
  }

  private synchronize(entry: Entry, item: Item, boundary: number): void {
    const aligned = alignUp(item.offset, boundary);
    if (entry.redefines !== undefined && aligned !== item.offset)
      this.fail(
        entry,
        `${entry.name} is SYNCHRONIZED, but what it redefines does not begin at a multiple of ${boundary}`,
      );
    item.offset = aligned;
    this.alignment = Math.max(this.alignment, boundary);
  }
}

/** What lies under a REDEFINES is bytes at fixed places: what follows a table in them does not slide. */
function holdTables(item: Item): void {
  if (item.occurs !== undefined) item.occurs = { ...item.occurs, slides: false };
  item.children.forEach(holdTables);
}
