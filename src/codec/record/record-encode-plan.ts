import type { Layout, LayoutItem, LayoutRenames, Leaf } from './layout.js';
import { LeafTable } from './leaf.js';
import { pageTables } from './page-tables.js';
import { valuesMax } from './values-max.js';
import { itemTemplate, recordTemplate } from './template.js';
import { viewSets, type ViewSet } from './view-sets.js';

/*
 * How a JSON object becomes a record: the layout as a tree of nodes, twenty int32 each, walked with the object's members by
 * record-encode-twin.ts and native/codec/copybook-record.cc. Offsets are those of the layout, of the first occurrence.
 *
 *   0 code      1 item       2 offset         3 size of one occurrence
 *   4 member    the place among the members of the object around it, or -1
 *   5 first     the first node below, or -1   6 next: the node beside it, or -1
 *   7 leaf      8 register that keeps its integer, or -1 (a leaf)
 *   9 count     occurrences at most; 0: no table     10 stride    11 min    12 depends: register of the count, or -1
 *  13 flags    14 scope: its first member (an object)    15 members: how many
 *  16 template: what to add to an offset to find its bytes among the templates (a view with one of its own)
 *  17 rest     bytes from the table's largest end to the end of the occurrence, or record, around it
 */
export const NODE = {
  code: 0,
  item: 1,
  offset: 2,
  size: 3,
  member: 4,
  first: 5,
  next: 6,
  leaf: 7,
  register: 8,
  count: 9,
  stride: 10,
  min: 11,
  depends: 12,
  flags: 13,
  scope: 14,
  members: 15,
  template: 16,
  rest: 17,
} as const;
export const NODE_INTS = 20;
export const MEMBER_INTS = 3;
export const REGISTER_INTS = 2;

/** `inner`: a FILLER group, whose members stand in the object around it. `column`: what a FILLER table makes of one item.
 * `renames`: a 66 level, the last in the object of the record. */
export const NODE_CODE = { leaf: 1, group: 2, inner: 3, column: 4, views: 5, renames: 6 } as const;

export const NODE_FLAG = {
  slides: 1, // what follows the table begins after its last occurrence
  varies: 2, // a count, or a table with DEPENDING ON, is it or lies in it
  ownTemplate: 4, // a view that redefines
} as const;

export interface RecordEncodePlan {
  readonly layout: Layout;
  readonly recordSize: number;
  readonly root: number;
  /** Values of a line, names among them; one with more is refused. */
  readonly valuesMax: number;
  readonly nodes: Int32Array;
  /** Twos: the item of each register, and the count that its VALUE says, else 0. */
  readonly registers: Int32Array;
  /** Threes: where a member's name lies in `names`, its length, and the member before of the same name, or -1. */
  readonly members: Int32Array;
  readonly names: Uint8Array;
  readonly leaves: Int32Array;
  /** The masks of edited numbers, which their leaves point to. */
  readonly masks: Uint8Array;
  readonly tables: Uint8Array;
  /** The record's template, then those of the views that redefine. */
  readonly templates: Uint8Array;
  /** Whether two items may have the same bytes. */
  readonly hasViews: boolean;
  /** The name of each 66 level, by its node. */
  readonly renames: ReadonlyMap<number, string>;
}

/** Compiles the tree that turns objects into records. */
export function compileRecordEncodePlan(layout: Layout): RecordEncodePlan {
  const writer = new NodeWriter(layout);
  const root = writer.record();
  return {
    layout,
    recordSize: layout.sizeBytes,
    root,
    valuesMax: valuesMax(layout),
    nodes: Int32Array.from(writer.nodes),
    registers: Int32Array.from([...writer.registers.keys()].flatMap(item => [item.index, initialCount(item)])),
    members: Int32Array.from(writer.members),
    names: Buffer.concat(writer.names),
    leaves: Int32Array.from(writer.leaves.ints),
    masks: writer.leaves.masks(),
    tables: pageTables(layout.codePage, layout.sign),
    templates: Buffer.concat(writer.templates),
    hasViews: layout.renames.length > 0 || layout.items.some(item => item.redefines !== undefined),
    renames: writer.renames,
  };
}

const COUNT_MAX = 0x7fffffff;

/** A count beyond what any table has is as good as none. */
const initialCount = ({ value }: LayoutItem): number => {
  const count = value?.kind === 'number' ? Number(value.text) : 0;
  return count >= 0 && count <= COUNT_MAX ? count : 0;
};

/** What several items together are. */
const TEXT: Leaf = { kind: 'text', charset: 'page', justified: false, blankWhenZero: false };

/** Where a node is compiled: the names of the object around it, and where the occurrence around it ends. */
interface Around {
  readonly scope: string[];
  readonly end: number;
}

class NodeWriter {
  readonly nodes: number[] = [];
  readonly members: number[] = [];
  readonly names: Uint8Array[] = [];
  readonly leaves: LeafTable;
  readonly templates: Uint8Array[];
  readonly registers = new Map<LayoutItem, number>();
  readonly renames = new Map<number, string>();
  private namesSize = 0;
  private templatesSize: number;

  constructor(private readonly layout: Layout) {
    this.leaves = new LeafTable(layout);
    this.templates = [recordTemplate(layout)];
    this.templatesSize = layout.sizeBytes;
    for (const { occurs } of layout.items)
      if (occurs?.dependingOn !== undefined && !this.registers.has(occurs.dependingOn))
        this.registers.set(occurs.dependingOn, this.registers.size);
  }

  /** The object of the whole record; returns its node. */
  record(): number {
    const { root, sizeBytes } = this.layout;
    const node = this.add(NODE_CODE.group, root);
    const around: Around = { scope: [], end: sizeBytes };
    const below = root.leaf === undefined ? this.below(root, around) : this.member(root, around);
    const renames = this.layout.renames.map(level => this.rename(level, around));
    this.link(node, [...below, ...renames]);
    this.scope(node, around.scope);
    return node;
  }

  /** A 66 level: its one item, or the text from one item to the end of another. */
  private rename({ name, from, thru }: LayoutRenames, { scope }: Around): number {
    const leaf = from === thru ? from.leaf : undefined;
    const size = thru.offset + thru.size - from.offset;
    const node = this.add(NODE_CODE.renames, from);
    this.renames.set(node, name);
    const item: LayoutItem = leaf === undefined ? { ...from, size, leaf: TEXT, children: [] } : from;
    this.set(node, { member: scope.push(name) - 1, size, leaf: this.leaves.index(item) });
    return node;
  }

  private add(code: number, item: LayoutItem): number {
    const node = this.nodes.length;
    for (let int = 0; int < NODE_INTS; int++) this.nodes.push(0);
    this.set(node, { code, item: item.index, offset: item.offset, size: item.size });
    this.set(node, { member: -1, first: -1, next: -1, leaf: -1, register: -1, depends: -1 });
    return node;
  }

  private set(node: number, ints: Partial<Record<keyof typeof NODE, number>>): void {
    for (const [name, value] of Object.entries(ints)) this.nodes[node + NODE[name as keyof typeof NODE]] = value;
  }

  private flag(node: number, flag: number): void {
    this.nodes[node + NODE.flags]! |= flag;
  }

  private has(node: number, flag: number): boolean {
    return (this.nodes[node + NODE.flags]! & flag) !== 0;
  }

  /** Puts nodes below another, in their order. */
  private link(node: number, below: readonly number[]): void {
    below.forEach((child, index) => {
      this.set(child, { next: below[index + 1] ?? -1 });
      if (this.has(child, NODE_FLAG.varies)) this.flag(node, NODE_FLAG.varies);
    });
    this.set(node, { first: below[0] ?? -1 });
  }

  private scope(node: number, names: readonly string[]): void {
    this.set(node, { scope: this.members.length / MEMBER_INTS, members: names.length });
    const last = new Map<string, number>();
    names.forEach((name, member) => {
      const bytes = Buffer.from(name);
      this.members.push(this.namesSize, bytes.length, last.get(name) ?? -1);
      last.set(name, member);
      this.names.push(bytes);
      this.namesSize += bytes.length;
    });
  }

  /** A group with a name: an object of its own. */
  private object(node: number, group: LayoutItem, end: number): void {
    const scope: string[] = [];
    this.link(node, this.below(group, { scope, end }));
    this.scope(node, scope);
  }

  private below(group: LayoutItem, around: Around): number[] {
    return viewSets(group).flatMap(set =>
      set.views.length === 1 ? this.member(set.base, around) : [this.views(set, around)],
    );
  }

  private views(set: ViewSet, around: Around): number {
    const node = this.add(NODE_CODE.views, set.base);
    const views = set.views.flatMap(view =>
      this.member(view, around).map(child => {
        if (view.redefines !== undefined) this.ownTemplate(child, view);
        return child;
      }),
    );
    this.link(node, views);
    return node;
  }

  private ownTemplate(node: number, view: LayoutItem): void {
    const bytes = itemTemplate(this.layout, view);
    this.set(node, { template: this.templatesSize - view.offset });
    this.flag(node, NODE_FLAG.ownTemplate);
    this.templates.push(bytes);
    this.templatesSize += bytes.length;
  }

  /** The node of an item; none of an elementary FILLER, which has no value. */
  private member(item: LayoutItem, around: Around): number[] {
    if (!item.filler) return [this.named(item, around)];
    if (item.leaf !== undefined) return [];
    const node = this.add(NODE_CODE.inner, item);
    if (item.occurs === undefined) this.link(node, this.below(item, around));
    else {
      this.set(node, { count: item.occurs.count, stride: item.occurs.stride });
      this.columns(node, item, around);
    }
    return [node];
  }

  private named(item: LayoutItem, around: Around): number {
    const node = this.add(item.leaf === undefined ? NODE_CODE.group : NODE_CODE.leaf, item);
    this.set(node, { member: around.scope.push(item.name) - 1 });
    this.value(node, item, this.table(node, item, around.end));
    return node;
  }

  private value(node: number, item: LayoutItem, end: number): void {
    if (item.leaf === undefined) return this.object(node, item, end);
    const register = this.registers.get(item) ?? -1;
    this.set(node, { leaf: this.leaves.index(item), register });
    if (register >= 0) this.flag(node, NODE_FLAG.varies);
  }

  /** Describes the table that an item is, if any; returns where the occurrence around its content ends. */
  private table(node: number, { occurs, offset }: LayoutItem, end: number): number {
    if (occurs === undefined) return end;
    const { count, stride, min, dependingOn } = occurs;
    const depends = dependingOn === undefined ? -1 : this.registers.get(dependingOn)!;
    this.set(node, { count, stride, min, depends, rest: Math.max(0, end - offset - count * stride) });
    if (depends >= 0) this.flag(node, NODE_FLAG.varies);
    if (occurs.slides) this.flag(node, NODE_FLAG.slides);
    return offset + stride;
  }

  /** Each item of a FILLER table that has a name is an array of its own, over the occurrences of the table. */
  private columns(node: number, table: LayoutItem, { scope, end }: Around): void {
    const named = table.children.filter(({ filler }) => !filler);
    const columns = named.map(child => {
      const column = this.add(NODE_CODE.column, child);
      this.set(column, { member: scope.push(child.name) - 1 });
      const within = this.table(column, table, end);
      this.set(column, { offset: table.offset });
      const below = this.add(child.leaf === undefined ? NODE_CODE.group : NODE_CODE.leaf, child);
      this.value(below, child, this.table(below, child, within));
      this.link(column, [below]);
      return column;
    });
    this.link(node, columns);
  }
}
