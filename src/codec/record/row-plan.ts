import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem } from './layout.js';
import { LeafTable, slotWidth } from './leaf.js';
import { NO_PAIRS, pageTables } from './page-tables.js';
import { viewSets, type ViewSet } from './view-sets.js';

/*
 * A row plan: what lies where in the record, and where it goes in the row. Every leaf of every occurrence is one operation of
 * eight int32, in the order of the copybook, run over a whole block of records before the next (C++: copybook-rows.cc).
 *
 *   0 code     1 leaf (or first view)     2 source offset     3 target offset (-1: only checked; or views)
 *   4 view whose failure this is, or -1   5 item              6, 7 not used
 *
 * A row, 8-byte aligned:
 *
 *   0  status    i32   0, or the code of the first operation that refused
 *   4  failedOp  u32   that operation
 *   8  views     a byte for each view of each REDEFINES: 1 when it decodes; then zeros up to a multiple of 8
 *   .. slots     text: u32 length, UTF-8; numbers: int64 or int128 (low word first) at the scale of the schema; floats: f64
 */
export const OP = { code: 0, leaf: 1, source: 2, target: 3, view: 4, item: 5 } as const;
export const OP_INTS = 8;
export const OP_CODE = { leaf: 1, resolve: 2 } as const;

export const ROW_STATUS = 0;
export const ROW_FAILED_OP = 4;
export const ROW_VIEWS = 8;

/** More operations than this no plan has; a copybook that needs more is refused by name. */
export const OPERATIONS_MAX = 1_000_000;

export interface RowSlot {
  readonly path: string; // GROUP.TABLE(2).FIELD, below the record's name
  readonly item: LayoutItem;
  readonly kind: 'text' | 'i64' | 'i128' | 'f64';
  readonly scale: number;
  readonly offset: number; // in the row
  readonly width: number;
  readonly view: number; // index of the view it belongs to, or -1
}

export interface RowPlan {
  readonly layout: Layout;
  readonly recordSize: number;
  readonly rowSize: number;
  readonly viewCount: number;
  /** For each view the view it lies in, or -1. */
  readonly viewParents: Int32Array;
  /** For each view the item that it is, once for each occurrence of the tables around it. */
  readonly viewItems: readonly LayoutItem[];
  readonly slots: readonly RowSlot[];
  readonly ops: Int32Array;
  readonly leaves: Int32Array;
  readonly tables: Uint8Array;
  readonly pairs: Uint8Array; // the double-byte part of the page, or empty
}

interface Place {
  readonly shift: number; // bytes the occurrences around it add to an item's offset
  readonly path: string;
  readonly view: number;
}

class PlanWriter {
  readonly ops: number[] = [];
  readonly leaves: LeafTable;
  readonly found: { item: LayoutItem; path: string; view: number; op: number }[] = [];
  readonly viewParents: number[] = [];
  readonly viewItems: LayoutItem[] = [];

  constructor(readonly layout: Layout) {
    this.leaves = new LeafTable(layout);
  }

  item(item: LayoutItem, place: Place): void {
    if (item.occurs?.dependingOn !== undefined) {
      const message = `${item.name} has OCCURS DEPENDING ON: its records have no rows of fixed offsets, only JSON`;
      throw new ConfigError('HR_PLAN_ODO', message);
    }
    const count = item.occurs?.count ?? 1;
    for (let index = 0; index < count; index++) {
      const subscript = item.occurs === undefined ? '' : `(${index + 1})`;
      const path = item.filler ? place.path : `${place.path}${place.path === '' ? '' : '.'}${item.name}${subscript}`;
      const shift = place.shift + index * (item.occurs?.stride ?? 0);
      if (item.leaf === undefined) this.children(item, { shift, path, view: place.view });
      else this.leaf(item, { shift, path, view: place.view });
    }
  }

  children(group: LayoutItem, place: Place): void {
    for (const set of viewSets(group))
      if (set.views.length === 1) this.item(set.base, place);
      else this.set(set, place);
  }

  private set(set: ViewSet, place: Place): void {
    const first = this.viewParents.length;
    for (const view of set.views) {
      this.viewParents.push(place.view);
      this.viewItems.push(view);
    }
    set.views.forEach((view, index) => this.view(view, { ...place, view: first + index }));
    this.add([OP_CODE.resolve, first, set.base.offset + place.shift, set.views.length, place.view, set.base.index]);
  }

  /** A FILLER that is a view of its own is checked, though nothing of it is written. */
  private view(view: LayoutItem, place: Place): void {
    if (view.filler && view.leaf !== undefined && view.leaf.kind !== 'text') this.check(view, place);
    else this.item(view, place);
  }

  private check(item: LayoutItem, place: Place): void {
    for (let index = 0; index < (item.occurs?.count ?? 1); index++) {
      const source = item.offset + place.shift + index * (item.occurs?.stride ?? 0);
      this.add([OP_CODE.leaf, this.leaves.index(item), source, -1, place.view, item.index]);
    }
  }

  private leaf(item: LayoutItem, place: Place): void {
    if (item.filler) return;
    const op = this.add([OP_CODE.leaf, this.leaves.index(item), item.offset + place.shift, -1, place.view, item.index]);
    this.found.push({ item, path: place.path, view: place.view, op });
  }

  private add(ints: readonly number[]): number {
    if (this.ops.length >= OPERATIONS_MAX * OP_INTS)
      throw new ConfigError('HR_PLAN_SIZE', `${this.layout.name} has more than ${OPERATIONS_MAX} elementary values`);
    return this.ops.push(...ints, 0, 0) / OP_INTS - 1;
  }
}

/**
 * Compiles the full tree, or with `fields` the hot projection of those alone. A projected field must decode whichever view
 * it belongs to, so the plan of a record type names that type's own fields. Throws ConfigError for a name it cannot find.
 */
export function compileRowPlan(layout: Layout, fields?: readonly string[]): RowPlan {
  const writer = new PlanWriter(layout);
  if (layout.root.leaf === undefined) writer.children(layout.root, { shift: 0, path: '', view: -1 });
  else writer.item(layout.root, { shift: 0, path: '', view: -1 });
  const ops = fields === undefined ? writer.ops : projectOps(writer, fields);
  return placeSlots(writer, ops, fields === undefined ? writer.viewParents : []);
}

function projectOps(writer: PlanWriter, fields: readonly string[]): number[] {
  const chosen = fields.flatMap(field => findField(writer, field));
  writer.found.splice(0, writer.found.length, ...chosen.map((found, op) => ({ ...found, view: -1, op })));
  return chosen.flatMap(({ op }) => {
    const ints = writer.ops.slice(op * OP_INTS, (op + 1) * OP_INTS);
    ints[OP.view] = -1;
    return ints;
  });
}

const withoutSubscripts = (path: string): string => path.replace(/\(\d+\)/g, '');

function findField(writer: PlanWriter, field: string): PlanWriter['found'] {
  const wanted = field.toUpperCase();
  const matches = writer.found.filter(({ path }) =>
    [path, withoutSubscripts(path)].some(name => `.${name.toUpperCase()}`.endsWith(`.${wanted}`)),
  );
  if (matches.length === 0) throw new ConfigError('HR_FIELD', `${writer.layout.name} has no field ${field}`);
  const places = new Set(matches.map(({ path }) => withoutSubscripts(path)));
  if (places.size > 1)
    throw new ConfigError('HR_FIELD', `${field} is not unique in ${writer.layout.name}: ${[...places].join(', ')}`);
  return matches;
}

function placeSlots(writer: PlanWriter, ops: number[], viewParents: readonly number[]): RowPlan {
  const { layout } = writer;
  const viewCount = viewParents.length;
  let offset = ROW_VIEWS + ((viewCount + 7) & ~7);
  const slots = writer.found.map(({ item, path, view, op }): RowSlot => {
    const width = slotWidth(layout, item);
    const slot = { path, item, kind: slotKind(item, width), scale: scaleOf(item), offset, width, view };
    ops[op * OP_INTS + OP.target] = offset;
    offset += width;
    return slot;
  });
  return {
    layout,
    recordSize: layout.sizeBytes,
    rowSize: offset,
    viewCount,
    viewParents: Int32Array.from(viewParents),
    viewItems: viewCount === 0 ? [] : writer.viewItems,
    slots,
    ops: Int32Array.from(ops),
    leaves: Int32Array.from(writer.leaves.ints),
    tables: pageTables(layout.codePage, layout.sign),
    pairs: layout.codePage.pairs?.bytes ?? NO_PAIRS,
  };
}

function slotKind(item: LayoutItem, width: number): RowSlot['kind'] {
  if (item.leaf?.kind === 'text') return 'text';
  if (item.leaf?.kind === 'float') return 'f64';
  return width === 16 ? 'i128' : 'i64';
}

function scaleOf(item: LayoutItem): number {
  return item.leaf !== undefined && 'scale' in item.leaf ? item.leaf.scale : 0;
}
