import { STATUS } from '../../model/index.js';
import { itemPath } from './item-path.js';
import { JSON_KIND, TAPE_INTS, type JsonTape } from './json-tape.js';
import { stringPoints } from './json-string.js';
import type { Layout, LayoutItem } from './layout.js';
import { LeafTable } from './leaf.js';
import { LeafValueWriter } from './leaf-value-writer.js';
import { pageTables } from './page-tables.js';
import { recordTemplate } from './template.js';

const NONE = -1;

/** A record of which only some items have the values of an object: enough for rules to pick its layout. */
export class RecordSketch {
  readonly bytes: Uint8Array;
  private readonly template: Uint8Array;
  private readonly members: ReadonlySet<string>;
  private readonly writer: LeafValueWriter;
  private readonly fields: readonly {
    readonly item: LayoutItem;
    readonly leaf: number;
    readonly path: readonly string[];
  }[];

  constructor(
    layout: Layout,
    items: readonly LayoutItem[],
    private readonly tape: JsonTape,
  ) {
    const leaves = new LeafTable(layout);
    this.fields = items.flatMap(leavesOf).map(item => ({ item, leaf: leaves.index(item), path: pathOf(layout, item) }));
    this.template = recordTemplate(layout);
    this.members = new Set([...memberNames(layout.root), ...layout.renames.map(({ name }) => name)]);
    this.bytes = new Uint8Array(layout.sizeBytes);
    const tables = pageTables(layout.codePage, layout.sign);
    const plan = {
      layout,
      leaves: Int32Array.from(leaves.ints),
      masks: leaves.masks(),
      tables,
      recordSize: layout.sizeBytes,
    };
    this.writer = new LeafValueWriter(plan, tape);
  }

  /** Draws the object that the tape holds into `bytes`; false when it has none of the items. */
  draw(): boolean {
    this.bytes.set(this.template);
    let isDrawn = false;
    for (const { item, leaf, path } of this.fields) {
      const value = this.valueAt(path);
      if (value === NONE || this.writer.write(leaf, value) !== STATUS.ok.code) continue;
      this.bytes.set(this.writer.bytes.subarray(0, item.size), item.offset);
      isDrawn = true;
    }
    return isDrawn;
  }

  /** Whether every member of the object that the tape holds may be one of the record, or is among others; names with $ say nothing. */
  hasMembers(others: ReadonlyMap<string, unknown>): boolean {
    if (this.tape.kind(0) !== JSON_KIND.object) return false;
    for (let name = TAPE_INTS; name < this.tape.next(0); name = this.tape.next(this.tape.next(name)))
      if (!this.isMember(this.nameAt(name), others)) return false;
    return true;
  }

  private isMember(name: string, others: ReadonlyMap<string, unknown>): boolean {
    return this.members.has(name) || others.has(name) || name.startsWith('$');
  }

  private valueAt(path: readonly string[]): number {
    let value = 0;
    for (const name of path) {
      if (this.tape.kind(value) !== JSON_KIND.object) return NONE;
      value = this.member(value, name);
      if (value === NONE) return NONE;
    }
    return value;
  }

  private member(object: number, wanted: string): number {
    for (let name = object + TAPE_INTS; name < this.tape.next(object);) {
      const value = this.tape.next(name);
      if (this.nameAt(name) === wanted) return value;
      name = this.tape.next(value);
    }
    return NONE;
  }

  private nameAt(name: number): string {
    return String.fromCodePoint(...stringPoints(this.tape, name).slice(0, NAME_SIZE_MAX));
  }
}

/** No name of COBOL is longer. */
const NAME_SIZE_MAX = 256;

/** The names that lead to an item: the groups around it, and its own. */
function pathOf(layout: Layout, item: LayoutItem): readonly string[] {
  const below = item === layout.root ? [item] : itemPath(layout, item).slice(1);
  return below.filter(({ filler }) => !filler).map(({ name }) => name);
}

/** The members of an item's object; what lies in a FILLER stands beside it. */
function memberNames(item: LayoutItem): readonly string[] {
  if (item.leaf !== undefined) return [item.name];
  return item.children.flatMap(child =>
    child.filler ? (child.leaf === undefined ? memberNames(child) : []) : [child.name],
  );
}

const leavesOf = (item: LayoutItem): readonly LayoutItem[] =>
  item.leaf === undefined ? item.children.flatMap(leavesOf) : item.filler ? [] : [item];
