import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem, LayoutRenames, Occurs } from './layout.js';
import { FLAG, KIND, LEAF, LEAF_INTS, LeafTable } from './leaf.js';
import { NO_PAIRS, pageTables } from './page-tables.js';
import { planChoices, type PlannedChoice, type ViewChoice } from './plan-choices.js';
import { planConditions, type PlannedCondition } from './plan-conditions.js';
import { PlanFlags } from './plan-flags.js';
import { isBeforeSliding, renamedItem } from './plan-renames.js';
import { recordEnd } from './record-end.js';
import { viewSets, type ViewSet } from './view-sets.js';

/*
 * A JSON plan: the full tree of one record as a small program, run record by record by native/codec/copybook-json.cc and its
 * twin. Eight int32 an operation; source offsets are those of the layout and move with the base, which begins at the record.
 *
 *   literal   1 offset in literals  2 length
 *   leaf      1 leaf                2 source     3 register that keeps its integer, or -1
 *   loop      1 count               2 stride     3 register of the count, or -1   4 smallest count   5 operation after the loop
 *             6 item              7 source of the table
 *   next      1 operation after `loop`           2 stride                          the base moves on; ',' between occurrences
 *   hold      1 count               2 stride     3 register of the count          what follows the loop lies behind its largest count
 *   set       1 the first view's flag, or -1           2 views             begins the views of a REDEFINES
 *   view      1 operation to go on with when it does not decode   2 which of the views; where a flag picks one, the others are left out
 *   viewEnd   1 operation to go on with          2 1: what it wrote is taken back (an elementary FILLER)
 *             3 bytes that the record may lack behind the view where it, and all views around it, were picked
 *   setEnd    1 item                2 source     3 when no view decoded: 0 refuses, 1 tells and goes on, 2 goes on
 *   test      1 test                2 source     3 flag                    4 flags: of a table one for each occurrence
 *   clear     1 flag                2 flags
 *   join      1 flag                2 first of   3 flags                   sets the flag when all of these are set
 *   label     1 flag                2 operation to go on with when it is not set
 *   labels    1 flag                2 flags      3 register of the count, or -1   writes [true,false]
 *   close     '}' in the place of the ',' before it
 *   origin    1 1: the base goes to the record's start, 0: back to where it was
 *   end
 *
 * After a loop the base moves back by the largest count, so it returns to where it was for a fixed table, and what follows a
 * table with DEPENDING ON slides up, but for `hold`. An elementary item that does not decode ends the view around it, else the record.
 */
export const JSON_OP = {
  literal: 1,
  leaf: 2,
  loop: 3,
  next: 4,
  set: 5,
  view: 6,
  viewEnd: 7,
  setEnd: 8,
  end: 9,
  hold: 10,
  test: 11,
  clear: 12,
  join: 13,
  label: 14,
  labels: 15,
  close: 16,
  origin: 17,
} as const;
export const JSON_OP_INTS = 8;

/** Loops, sets and views lie inside each other at most so deep: levels end at 49. */
export const JSON_DEPTH_MAX = 64;

/** A record whose text may be longer than this is refused when its plan is made. */
export const JSON_SIZE_MAX = 1 << 30;

export interface JsonPlan {
  readonly layout: Layout;
  readonly recordSize: number;
  /** Bytes the text of one record takes at most, with its newline. */
  readonly textSizeMax: number;
  readonly registerCount: number;
  readonly flagCount: number;
  /** The most values that may be null in one record. */
  readonly nullsMax: number;
  readonly ops: Int32Array;
  readonly leaves: Int32Array;
  readonly literals: Uint8Array;
  readonly tables: Uint8Array;
  readonly pairs: Uint8Array; // the double-byte part of the page, or empty
  readonly tests: Int32Array;
  readonly alternatives: Int32Array;
  readonly testBytes: Uint8Array;
}

/** What is written beside the values, and what becomes of those that do not decode. */
export interface JsonPlanOptions {
  readonly conditions?: boolean; // 88 levels that hold, under $conditions
  readonly renames?: boolean; // 66 levels as members of the record
  /** Whether an item that does not decode is null, instead of ending its record. */
  readonly isNullable?: (item: LayoutItem) => boolean;
  readonly choices?: readonly ViewChoice[];
}

const NULLS_MAX = 4096;
const FLAGS_MAX = 1 << 26;

/** Compiles the program that writes a record as one line of JSON. */
export function compileJsonPlan(layout: Layout, options: JsonPlanOptions = {}): JsonPlan {
  const writer = new JsonPlanWriter(layout, options);
  writer.record();
  if (writer.textSize > JSON_SIZE_MAX)
    throw new ConfigError(
      'HR_PLAN_SIZE',
      `${layout.name}: the text of one record may be longer than ${JSON_SIZE_MAX} bytes`,
    );
  if (writer.flags.count > FLAGS_MAX)
    throw new ConfigError(
      'HR_PLAN_SIZE',
      `${layout.name}: conditions and rules have more than ${FLAGS_MAX} occurrences to remember`,
    );
  return {
    layout,
    recordSize: layout.sizeBytes,
    textSizeMax: writer.textSize + COPY_STEP,
    registerCount: writer.registers.size,
    flagCount: writer.flags.count,
    nullsMax: Math.min(writer.nulls, NULLS_MAX),
    ops: Int32Array.from(writer.ops),
    leaves: Int32Array.from(writer.leaves.ints),
    literals: Buffer.concat([Buffer.from(writer.literals.join('')), Buffer.alloc(COPY_STEP)]),
    tables: pageTables(layout.codePage, layout.sign),
    pairs: layout.codePage.pairs?.bytes ?? NO_PAIRS,
    tests: Int32Array.from(writer.flags.tests.tests),
    alternatives: Int32Array.from(writer.flags.tests.alternatives),
    testBytes: Uint8Array.from(writer.flags.tests.bytes),
  };
}

/** What setEnd does when no view decoded. */
export const SET_TELLS = 1;
export const SET_GOES_ON = 2;
const LABEL_SIZE_MAX = 6; // `false,`
const ESCAPED_BYTE_MAX = 6;
/** Copies go in steps: the text and the literals have that much room behind them. */
const COPY_STEP = 64;
const PLAIN_DIGITS_MAX = 48; // sign, point, leading zero, digits and the zeros of P

class JsonPlanWriter {
  readonly ops: number[] = [];
  readonly leaves: LeafTable;
  readonly literals: string[] = [];
  readonly registers = new Map<LayoutItem, number>();
  private literalSize = 0;
  private pending = '';
  /** Bytes written so far at most, and how often what comes now is written. */
  textSize = 0;
  private times = 1;

  nulls = 0;
  readonly flags: PlanFlags;
  private readonly conditions: ReadonlyMap<LayoutItem, readonly PlannedCondition[]>;
  private readonly choices: ReadonlyMap<LayoutItem, PlannedChoice>;
  private readonly mayLack: ReadonlyMap<LayoutItem, number>;

  constructor(
    private readonly layout: Layout,
    private readonly options: JsonPlanOptions,
  ) {
    this.leaves = new LeafTable(layout);
    this.flags = new PlanFlags(layout, this.leaves);
    this.conditions = options.conditions === true ? planConditions(layout, this.flags) : new Map();
    this.choices = planChoices(layout, options.choices ?? [], this.flags);
    this.mayLack = this.choices.size === 0 ? new Map() : recordEnd(layout.root);
    for (const { occurs } of layout.items)
      if (occurs?.dependingOn !== undefined && !this.registers.has(occurs.dependingOn))
        this.registers.set(occurs.dependingOn, this.registers.size);
  }

  record(): void {
    const { root } = this.layout;
    this.text('{');
    if (root.leaf === undefined) this.tests(root);
    let isFirst = root.leaf === undefined ? this.members(root, true) : this.member(root, true);
    if (this.options.renames === true)
      for (const renames of this.layout.renames) isFirst = this.renames(renames, isFirst);
    this.tellConditions(root, isFirst);
    this.text('}\n');
    this.op(JSON_OP.end);
  }

  private text(text: string): void {
    this.pending += text;
  }

  /** Writes the literal that has gathered; whatever jumps or loops comes after it. */
  private flush(): void {
    if (this.pending === '') return;
    const size = Buffer.byteLength(this.pending);
    this.literals.push(this.pending);
    this.ops.push(JSON_OP.literal, this.literalSize, size, 0, 0, 0, 0, 0);
    this.literalSize += size;
    this.textSize += size * this.times;
    this.pending = '';
  }

  /** Adds an operation and returns where it is. */
  private op(code: number, ...ints: readonly number[]): number {
    this.flush();
    const at = this.ops.length;
    this.ops.push(code, ...ints);
    while (this.ops.length < at + JSON_OP_INTS) this.ops.push(0);
    return at;
  }

  private here(): number {
    this.flush();
    return this.ops.length;
  }

  /** The named items of a group; returns whether the next one is still the first of its object. */
  private members(group: LayoutItem, first: boolean): boolean {
    let isFirst = first;
    for (const set of viewSets(group)) {
      if (set.views.length === 1) isFirst = this.member(set.base, isFirst);
      else isFirst = this.set(set, isFirst);
    }
    return isFirst;
  }

  private name(item: LayoutItem, first: boolean): void {
    this.text(`${first ? '' : ','}${JSON.stringify(item.name)}:`);
  }

  /** One item with its name. A FILLER group has no name: its named items stand where it does. */
  private member(item: LayoutItem, first: boolean): boolean {
    if (!item.filler) {
      this.name(item, first);
      this.table(item, () => this.value(item));
      return false;
    }
    if (item.leaf === undefined && item.occurs !== undefined) return this.fillerTable(item, first);
    this.tests(item);
    return item.leaf !== undefined ? first : this.members(item, first);
  }

  /** The columns of a table without a name: each item below it that has one becomes an array of its own. */
  private fillerTable(item: LayoutItem, first: boolean): boolean {
    let isFirst = first;
    for (const child of item.children.filter(({ filler }) => !filler)) {
      this.name(child, isFirst);
      this.table(item, () => this.table(child, () => this.value(child)));
      isFirst = false;
    }
    return isFirst;
  }

  private table(item: LayoutItem, writeValue: () => void): void {
    const { occurs } = item;
    if (occurs === undefined) return writeValue();
    const register = occurs.dependingOn === undefined ? -1 : this.registers.get(occurs.dependingOn)!;
    this.text('[');
    const loop = this.op(JSON_OP.loop, occurs.count, occurs.stride, register, occurs.min, 0, item.index, item.offset);
    const times = this.times;
    this.times = Math.min(times * occurs.count, JSON_SIZE_MAX);
    writeValue();
    this.flush();
    this.textSize += this.times;
    this.times = times;
    this.op(JSON_OP.next, loop + JSON_OP_INTS, occurs.stride);
    this.ops[loop + 5] = this.here();
    if (register >= 0 && !occurs.slides) this.op(JSON_OP.hold, occurs.count, occurs.stride, register);
    this.text(']');
  }

  private value(item: LayoutItem): void {
    if (item.leaf !== undefined) {
      this.leaf(item);
      return this.tests(item);
    }
    this.tests(item);
    this.text('{');
    this.tellConditions(item, this.members(item, true));
    this.text('}');
  }

  /** Tests an item whose bytes lie at the base, for what is told or chosen later. */
  private tests(item: LayoutItem): void {
    for (const { test, flag, slots } of this.flags.of(item)) this.op(JSON_OP.test, test, item.offset, flag, slots);
  }

  /** The conditions that hold, at the end of their object. */
  private tellConditions(group: LayoutItem, first: boolean): void {
    const conditions = this.conditions.get(group);
    if (conditions === undefined) return;
    this.text(`${first ? '' : ','}"$conditions":{`);
    for (const { name, flag, occurs } of conditions) {
      if (occurs !== undefined) this.tellTable(name, flag, occurs);
      else {
        const label = this.op(JSON_OP.label, flag);
        this.text(`${JSON.stringify(name)}:true,`);
        this.ops[label + 2] = this.here();
      }
    }
    this.op(JSON_OP.close);
    this.textSize += this.times;
  }

  private tellTable(name: string, flag: number, occurs: Occurs): void {
    const register = occurs.dependingOn === undefined ? -1 : this.registers.get(occurs.dependingOn)!;
    this.text(`${JSON.stringify(name)}:`);
    this.op(JSON_OP.labels, flag, occurs.count, register);
    this.textSize += this.times * (2 + occurs.count * LABEL_SIZE_MAX);
    this.text(',');
  }

  /** A 66 level: its one item with that item's value, else the text of its bytes; null where it does not decode. */
  private renames(renames: LayoutRenames, first: boolean): boolean {
    const { name } = renames;
    const item = renamedItem(renames);
    const fromStart = isBeforeSliding(this.layout, renames);
    this.text(`${first ? '' : ','}${JSON.stringify(name)}:`);
    this.op(JSON_OP.set, -1);
    if (fromStart) this.op(JSON_OP.origin, 1);
    const start = this.op(JSON_OP.view, 0, 0);
    this.leaf(item);
    const end = this.op(JSON_OP.viewEnd, 0, 0);
    this.ops[start + 1] = this.here();
    this.text('null');
    this.ops[end + 1] = this.here();
    if (fromStart) this.op(JSON_OP.origin, 0);
    this.op(JSON_OP.setEnd, item.index, item.offset, SET_GOES_ON);
    return false;
  }

  private leaf(item: LayoutItem): void {
    const leaf = this.leaves.index(item);
    this.op(JSON_OP.leaf, leaf, item.offset, this.registers.get(item) ?? -1);
    if (this.options.isNullable?.(item) === true) {
      this.leaves.ints[leaf * LEAF_INTS + LEAF.flags]! |= FLAG.nullable;
      this.nulls = Math.min(this.nulls + this.times, JSON_SIZE_MAX);
    }
    const isText = this.leaves.ints[leaf * LEAF_INTS + LEAF.kind] === KIND.text;
    this.textSize += this.times * (isText ? 2 + item.size * ESCAPED_BYTE_MAX : PLAIN_DIGITS_MAX * 2);
  }

  private set(set: ViewSet, first: boolean): boolean {
    let isFirst = first;
    const choice = this.choices.get(set.base);
    if (choice !== undefined) this.choose(set, choice);
    this.op(JSON_OP.set, choice?.flag ?? -1, choice === undefined ? 0 : set.views.length);
    set.views.forEach((view, index) => (isFirst = this.view(view, index, isFirst)));
    const isNullable = this.options.isNullable?.(set.base) === true;
    if (isNullable) this.nulls = Math.min(this.nulls + this.times, JSON_SIZE_MAX);
    this.op(JSON_OP.setEnd, set.base.index, set.base.offset, isNullable ? SET_TELLS : 0);
    return isFirst;
  }

  private choose(set: ViewSet, { flag, direct, joins }: PlannedChoice): void {
    for (const { test, item, flag } of direct) this.op(JSON_OP.test, test, item.offset, flag, 1);
    this.op(JSON_OP.clear, flag, set.views.length);
    for (const join of joins) this.op(JSON_OP.join, join.flag, join.first, join.count);
  }

  /** A view's value, or null; for a FILLER group null for each of its named items. */
  private view(view: LayoutItem, index: number, first: boolean): boolean {
    const hoisted = view.filler && view.leaf === undefined;
    const discard = view.filler && view.leaf !== undefined;
    if (!view.filler) this.name(view, first);
    const start = this.op(JSON_OP.view, 0, index);
    let isFirst = first;
    if (hoisted) isFirst = this.member(view, first);
    else this.table(view, () => this.value(view));
    const end = this.op(JSON_OP.viewEnd, 0, discard ? 1 : 0, this.mayLack.get(view) ?? 0);
    this.ops[start + 1] = this.here();
    for (const { flag, slots } of this.flags.within(view)) this.op(JSON_OP.clear, flag, slots);
    if (hoisted) this.nullMembers(view, first);
    else if (!discard) this.text('null');
    this.ops[end + 1] = this.here();
    return hoisted || discard ? isFirst : false;
  }

  private nullMembers(group: LayoutItem, first: boolean): boolean {
    let isFirst = first;
    for (const child of group.children) {
      if (child.filler) {
        if (child.leaf === undefined) isFirst = this.nullMembers(child, isFirst);
        continue;
      }
      this.name(child, isFirst);
      this.text('null');
      isFirst = false;
    }
    return isFirst;
  }
}
