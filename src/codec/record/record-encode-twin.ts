import { STATUS } from '../../model/index.js';
import { JSON_KIND, JsonTape, TAPE_INTS } from './json-tape.js';
import { LEAF, LEAF_INTS } from './leaf.js';
import { LeafValueWriter } from './leaf-value-writer.js';
import { ABSENT, MemberNames } from './member-names.js';
import { RawRecord } from './raw-record.js';
import {
  compileRecordEncodePlan,
  NODE,
  NODE_CODE,
  NODE_FLAG,
  REGISTER_INTS,
  type RecordEncodePlan,
} from './record-encode-plan.js';
import { RecordImage } from './record-image.js';
import type { Layout } from './layout.js';

const OK: number = STATUS.ok.code;
/** A count that this record has not given; one that its table is to give; and one that no table can have. */
const UNSET = -1;
const PENDING = -2;
const NO_COUNT = Infinity;

/** What becomes of an item without a value: it takes its VALUE, else zero or spaces, or refuses the record. */
export type MissingPolicy = 'default' | 'refuse';

export interface RecordEncodeRules {
  readonly layout: Layout;
  /** A member that is not there; default when left out. */
  readonly absent?: MissingPolicy;
  /** A member that is null, no view of a REDEFINES; refuse when left out. */
  readonly nulls?: MissingPolicy;
  /** Bytes of every record: one that its tables or its layout make shorter gets spaces behind it, a longer one is refused. */
  readonly recordLength?: number | undefined;
}

/** Where and why an object was refused. `value` and `other` are -1 where there is none. */
export interface EncodeRefusedAt {
  status: number;
  item: number;
  rename: string; // the 66 level whose value it is, or ''
  other: number; // another item that the refusal is about
  value: number; // on the tape
  subscripts: readonly number[];
  occurrences: readonly [min: number, most: number]; // of the table
}

/** What moves as tables are walked: what is added to an offset to find a byte of the record, a template, `$raw`. */
interface Bases {
  record: number;
  template: number;
  raw: number;
}

/** Writes JSON objects as records: the twin of native/codec/copybook-record.cc and its oracle. */
export class RecordEncodeTwin {
  readonly plan: RecordEncodePlan;
  readonly tape: JsonTape;
  readonly refused: EncodeRefusedAt = {
    status: OK,
    item: 0,
    rename: '',
    other: -1,
    value: -1,
    subscripts: [],
    occurrences: [0, 0],
  };
  private readonly names: MemberNames;
  private readonly image: RecordImage;
  private readonly leaf: LeafValueWriter;
  private readonly raw: RawRecord;
  private readonly slots: Int32Array;
  private top = 0;
  private readonly counts: Float64Array;
  private readonly rawCounts: Float64Array;
  private readonly countPlaces: { node: number; at: number }[] = [];
  private readonly indices: number[] = [];
  private bases: Bases = { record: 0, template: 0, raw: 0 };
  private hasRaw = false;
  private rawValue = ABSENT; // on the tape
  /** Where each table began by the layout, and what lies behind it: 66 levels look back. */
  private slides: { offset: number; bases: Bases }[] = [];

  constructor(private readonly rules: RecordEncodeRules) {
    this.plan = compileRecordEncodePlan(rules.layout);
    this.tape = new JsonTape(this.plan.valuesMax);
    this.raw = new RawRecord(this.plan);
    this.names = new MemberNames(this.plan, this.tape);
    this.image = new RecordImage(this.plan.recordSize, this.plan.hasViews);
    this.leaf = new LeafValueWriter(this.plan, this.tape);
    this.slots = new Int32Array(this.plan.members.length);
    this.counts = new Float64Array(this.plan.registers.length / REGISTER_INTS);
    this.rawCounts = new Float64Array(this.plan.registers.length / REGISTER_INTS);
  }

  /** Encodes the object that is the text from `start` to `end` into `out` at `at`; the record's length, or -1 with `refused`. */
  write(text: { bytes: Uint8Array; start: number; end: number }, out: Uint8Array, at: number): number {
    this.top = 0;
    this.indices.length = 0;
    this.slides = [];
    this.bases = { record: 0, template: 0, raw: 0 };
    this.counts.fill(UNSET);
    this.rawCounts.fill(UNSET);
    const status = this.record(text);
    if (status !== OK) return -1;
    const length = this.recordEnd();
    const { recordLength = length } = this.rules;
    if (length > recordLength || this.isRawLost()) {
      this.refuse(STATUS.tooLong.code, this.plan.root, length > recordLength ? -1 : this.rawValue);
      return -1;
    }
    out.set(this.image.bytes.subarray(0, length), at);
    this.pad(out, at + length, recordLength - length);
    return recordLength;
  }

  /** The record's length; where `$raw` ends early, so does the record, unless a value is now given behind that. */
  private recordEnd(): number {
    const { plan, bases, raw, image } = this;
    const lacking = this.hasRaw ? Math.max(0, plan.recordSize + bases.raw - raw.bytes.length) : 0;
    return Math.max(plan.recordSize + bases.record - lacking, image.writtenEnd);
  }

  /** Whether `$raw` has bytes that no record of the layout or of that length can have. */
  private isRawLost(): boolean {
    const most = this.rules.recordLength ?? this.plan.recordSize + this.bases.raw;
    return this.hasRaw && this.raw.bytes.length > most;
  }

  private pad(out: Uint8Array, at: number, size: number): void {
    if (size === 0) return;
    out.fill(this.leaf.space, at, at + size);
    const from = this.plan.recordSize + this.bases.raw;
    if (this.hasRaw) out.set(this.raw.bytes.subarray(from, from + size), at);
  }

  private refuse(status: number, node: number, value: number, other = -1): number {
    this.refused.status = status;
    this.refused.item = this.plan.nodes[node + NODE.item]!;
    this.refused.rename = this.plan.renames.get(node) ?? '';
    this.refused.value = value;
    this.refused.other = other;
    this.refused.subscripts = [...this.indices];
    this.refused.occurrences = [this.plan.nodes[node + NODE.min]!, this.plan.nodes[node + NODE.count]!];
    return status;
  }

  private record({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }): number {
    const { plan, names, image, raw } = this;
    this.hasRaw = false;
    const status = this.tape.read(bytes, start, end);
    if (status !== OK) return this.refuse(status, plan.root, -1);
    if (this.tape.kind(0) !== JSON_KIND.object) return this.refuse(STATUS.badJson.code, plan.root, -1);
    const assigned = this.assign(plan.root, 0, 0);
    if (assigned !== OK) return assigned;
    image.start(plan.templates);
    this.rawValue = names.raw;
    if (this.rawValue !== ABSENT) {
      if (!raw.read(this.tape, this.rawValue)) return this.refuse(STATUS.badType.code, plan.root, this.rawValue);
      this.hasRaw = true;
      image.start(raw.bytes);
    }
    return this.children(plan.root, 0);
  }

  private assign(node: number, object: number, frame: number): number {
    const status = this.names.assign(node, object, this.slots, frame);
    this.top = frame + this.plan.nodes[node + NODE.members]!;
    return status === OK ? OK : this.refuse(status, node, this.names.refusedName);
  }

  private has(node: number, flag: number): boolean {
    return (this.plan.nodes[node + NODE.flags]! & flag) !== 0;
  }

  private children(node: number, frame: number): number {
    const { nodes } = this.plan;
    for (let child = nodes[node + NODE.first]!; child >= 0; child = nodes[child + NODE.next]!) {
      const status = this.child(child, frame);
      if (status !== OK) return status;
    }
    return OK;
  }

  private child(node: number, frame: number): number {
    const { nodes } = this.plan;
    switch (nodes[node + NODE.code]) {
      case NODE_CODE.inner:
        return this.children(node, frame);
      case NODE_CODE.views:
        return this.views(node, frame);
      case NODE_CODE.renames:
        return this.renames(node, this.slots[frame + nodes[node + NODE.member]!]!);
      default:
        return this.item(node, this.slots[frame + nodes[node + NODE.member]!]!);
    }
  }

  /** A member of an object: an item, or a table as a whole. */
  private item(node: number, value: number): number {
    const isTable = this.plan.nodes[node + NODE.count]! > 0;
    if (value === ABSENT) {
      if (this.rules.absent === 'refuse' && !this.hasRaw) return this.refuse(STATUS.missingValue.code, node, -1);
      return isTable ? this.follow(node, true) : this.element(node, ABSENT);
    }
    if (!isTable) return this.element(node, value);
    if (this.tape.kind(value) !== JSON_KIND.null) return this.table(node, value);
    if (!this.hasRaw && this.rules.nulls !== 'default') return this.refuse(STATUS.missingValue.code, node, value);
    return this.follow(node, true);
  }

  /** An item, or one occurrence of a table. */
  private element(node: number, value: number): number {
    const { nodes } = this.plan;
    if (nodes[node + NODE.code] === NODE_CODE.column) return this.item(nodes[node + NODE.first]!, value);
    if (value === ABSENT) return this.follow(node, false);
    if (this.tape.kind(value) !== JSON_KIND.null) return this.value(node, value);
    if (this.isKeptNull(node, value)) return this.follow(node, false);
    if (this.leaf.isBlank(nodes[node + NODE.leaf]!)) return this.writeLeaf(node, value);
    if (this.rules.nulls !== 'default') return this.refuse(STATUS.missingValue.code, node, value);
    return this.follow(node, false);
  }

  /** Whether null is what `$raw` says too: an item that does not decode, or is blank by a policy, keeps its bytes. */
  private isKeptNull(node: number, value: number): boolean {
    const { nodes } = this.plan;
    if (!this.hasRaw || nodes[node + NODE.code] !== NODE_CODE.leaf) return this.hasRaw;
    return this.raw.holds(nodes[node + NODE.leaf]!, this.bases.raw + nodes[node + NODE.offset]!, this.tape, value);
  }

  /** Without a value the bytes are there already; counts, and what slides, must still be followed. */
  private follow(node: number, isTable: boolean): number {
    if (!this.has(node, NODE_FLAG.varies)) return OK;
    return isTable ? this.table(node, ABSENT) : this.value(node, ABSENT);
  }

  private value(node: number, value: number): number {
    const { nodes } = this.plan;
    switch (nodes[node + NODE.code]) {
      case NODE_CODE.leaf:
        return this.writeLeaf(node, value);
      default:
        return this.group(node, value);
    }
  }

  private group(node: number, value: number): number {
    if (value !== ABSENT && this.tape.kind(value) !== JSON_KIND.object)
      return this.refuse(STATUS.badType.code, node, value);
    const frame = this.top;
    let status = OK;
    if (value !== ABSENT) status = this.assign(node, value, frame);
    else {
      this.top += this.plan.nodes[node + NODE.members]!;
      this.slots.fill(ABSENT, frame, this.top);
    }
    if (status === OK) status = this.children(node, frame);
    this.top = frame;
    return status;
  }

  private writeLeaf(node: number, value: number): number {
    const { nodes } = this.plan;
    const [leaf, offset, register] = [
      nodes[node + NODE.leaf]!,
      nodes[node + NODE.offset]!,
      nodes[node + NODE.register]!,
    ];
    const at = this.bases.record + offset;
    const rawAt = this.bases.raw + offset;
    if (register >= 0) this.rawCounts[register] = (this.hasRaw ? this.raw.count(leaf, rawAt) : undefined) ?? UNSET;
    if (value === ABSENT) return register >= 0 ? this.awaitCount(register, node, at) : OK;
    const isKept = this.hasRaw && this.raw.holds(leaf, rawAt, this.tape, value);
    const status = isKept ? OK : this.leaf.write(leaf, value);
    if (status !== OK) return this.refuse(status, node, value);
    const [bytes, from] = isKept ? [this.raw.bytes, rawAt] : [this.leaf.bytes, 0];
    if (this.image.write(at, bytes, from, this.targetOf(node)) !== OK)
      return this.refuse(STATUS.viewsDiffer.code, node, value, this.image.otherItem);
    if (register >= 0) this.keepCount(register, this.leaf.integer(leaf, value));
    return OK;
  }

  private targetOf(node: number): { size: number; item: number } {
    const { nodes, leaves } = this.plan;
    return {
      size: leaves[nodes[node + NODE.leaf]! * LEAF_INTS + LEAF.size]!,
      item: nodes[node + NODE.item]!,
    };
  }

  private keepCount(register: number, count: number): void {
    this.counts[register] = count < 0 ? NO_COUNT : count;
  }

  private awaitCount(register: number, node: number, at: number): number {
    this.counts[register] = PENDING;
    this.countPlaces[register] = { node, at };
    return OK;
  }

  /** A 66 level says again what is written already, or writes what nothing else says. */
  private renames(node: number, value: number): number {
    if (value === ABSENT || this.tape.kind(value) === JSON_KIND.null) return OK;
    const { bases, plan } = this;
    const before = this.slides.findLast(({ offset }) => offset < plan.nodes[node + NODE.offset]!);
    this.bases = before?.bases ?? { record: 0, template: 0, raw: 0 };
    const status = this.writeLeaf(node, value);
    this.bases = bases;
    return status;
  }

  // The views of the same bytes: each that has a value writes, and must write what those before it wrote.
  private views(node: number, frame: number): number {
    const { nodes } = this.plan;
    const { bases } = this;
    let [filledTo, isNull, status] = [-1, ABSENT, OK];
    for (let view = nodes[node + NODE.first]!; view >= 0 && status === OK; view = nodes[view + NODE.next]!) {
      const value = this.givenValue(view, frame);
      if (value === ABSENT) continue;
      if (this.tape.kind(value) === JSON_KIND.null) isNull = value;
      else {
        this.bases = { ...bases };
        filledTo = Math.max(filledTo, this.enterView(view, filledTo));
        status = this.child(view, frame);
      }
    }
    this.bases = bases;
    if (status !== OK || filledTo >= 0) return status;
    if (isNull !== ABSENT && !this.hasRaw && this.rules.nulls !== 'default')
      return this.refuse(STATUS.missingValue.code, node, isNull);
    const base = nodes[node + NODE.first]!;
    // Which view `$raw` had, and why that was null, only the rules of decoding know: its bytes stay.
    if (isNull !== ABSENT && this.hasRaw && !this.has(base, NODE_FLAG.varies)) return OK;
    return this.child(base, frame);
  }

  /** A value below the node that is not null, else a null, else ABSENT. */
  private givenValue(node: number, frame: number): number {
    const { nodes } = this.plan;
    if (nodes[node + NODE.member]! >= 0) return this.slots[frame + nodes[node + NODE.member]!]!;
    let found = ABSENT;
    for (let child = nodes[node + NODE.first]!; child >= 0; child = nodes[child + NODE.next]!) {
      const value = this.givenValue(child, frame);
      if (value === ABSENT) continue;
      if (this.tape.kind(value) !== JSON_KIND.null) return value;
      found = value;
    }
    return found;
  }

  /** Gives a view its own template where no view before it has given the bytes one; returns the offset of its end. */
  private enterView(view: number, filledTo: number): number {
    const { nodes, templates } = this.plan;
    const [offset, count] = [nodes[view + NODE.offset]!, nodes[view + NODE.count]!];
    const end = offset + (count > 0 ? count * nodes[view + NODE.stride]! : nodes[view + NODE.size]!);
    if (!this.has(view, NODE_FLAG.ownTemplate)) return end;
    this.bases.template = nodes[view + NODE.template]!;
    const from = Math.max(filledTo, offset);
    const at = this.bases.record + from;
    if (!this.hasRaw) this.image.fill(at, templates, this.bases.template + from, end - from);
    return end;
  }

  private table(node: number, value: number): number {
    if (value !== ABSENT && this.tape.kind(value) !== JSON_KIND.array)
      return this.refuse(STATUS.badType.code, node, value);
    const count = this.occurrences(node, value);
    if (count < 0) return -count;
    const { nodes } = this.plan;
    const { bases, hasRaw } = this;
    const [stride, most] = [nodes[node + NODE.stride]!, nodes[node + NODE.count]!];
    const slides = this.has(node, NODE_FLAG.slides);
    const rawCount = hasRaw ? this.rawCount(node) : 0;
    const template = bases.template;
    let [element, raw] = [value === ABSENT ? ABSENT : value + TAPE_INTS, bases.raw];
    for (let index = 0; index < count; index++) {
      this.hasRaw = index < rawCount;
      bases.raw = raw;
      const status = this.occurrence(node, element, index);
      if (status !== OK) return status;
      bases.record += stride;
      bases.template += stride;
      if (this.hasRaw) raw = bases.raw + stride;
      if (element !== ABSENT) element = this.tape.next(element);
    }
    this.hasRaw = hasRaw;
    for (let index = count; index < rawCount; index++) raw = this.skipRaw(node, raw) + stride;
    bases.template = template;
    bases.record -= (slides ? most : count) * stride;
    bases.raw = raw - (hasRaw ? (slides ? most : rawCount) * stride : 0);
    if (this.has(node, NODE_FLAG.varies)) this.fillRest(node);
    if (this.plan.renames.size > 0) this.slides.push({ offset: nodes[node + NODE.offset]!, bases: { ...bases } });
    return OK;
  }

  private occurrence(node: number, value: number, index: number): number {
    const { nodes } = this.plan;
    if (this.has(node, NODE_FLAG.varies)) this.fill(nodes[node + NODE.offset]!, nodes[node + NODE.stride]!);
    this.indices.push(index + 1);
    const status = this.element(node, value);
    this.indices.pop();
    return status;
  }

  /** What follows a table lies where the table now ends. */
  private fillRest(node: number): void {
    const { nodes } = this.plan;
    const end = nodes[node + NODE.offset]! + nodes[node + NODE.count]! * nodes[node + NODE.stride]!;
    this.fill(end, nodes[node + NODE.rest]!);
  }

  /** Puts the bytes there that the record has without values: those of the template, or of `$raw`. */
  private fill(offset: number, size: number): void {
    const { record, template, raw } = this.bases;
    this.image.fill(record + offset, this.plan.templates, template + offset, size);
    if (this.hasRaw) this.image.fill(record + offset, this.raw.bytes, raw + offset, size);
  }

  /** How many occurrences the table has in `$raw`. */
  private rawCount(node: number): number {
    const { nodes } = this.plan;
    const depends = nodes[node + NODE.depends]!;
    if (depends < 0) return nodes[node + NODE.count]!;
    const count = this.rawCounts[depends]!;
    return count <= nodes[node + NODE.count]! ? Math.max(count, 0) : 0;
  }

  /** Goes over an occurrence that `$raw` has and the record has not; returns where the next one begins, less the stride. */
  private skipRaw(node: number, raw: number): number {
    if (!this.has(node, NODE_FLAG.varies)) return raw;
    const { nodes } = this.plan;
    const register = nodes[node + NODE.register]!;
    if (register >= 0)
      this.rawCounts[register] = this.raw.count(nodes[node + NODE.leaf]!, raw + nodes[node + NODE.offset]!) ?? UNSET;
    let at = raw;
    if (nodes[node + NODE.code] === NODE_CODE.views) return at;
    for (let child = nodes[node + NODE.first]!; child >= 0; child = nodes[child + NODE.next]!)
      at = nodes[child + NODE.count]! > 0 ? this.skipRawTable(child, at) : this.skipRaw(child, at);
    return at;
  }

  private skipRawTable(table: number, raw: number): number {
    const { nodes } = this.plan;
    const [count, stride] = [this.rawCount(table), nodes[table + NODE.stride]!];
    let at = raw;
    for (let index = 0; index < count; index++) at = this.skipRaw(table, at) + stride;
    return at - (this.has(table, NODE_FLAG.slides) ? nodes[table + NODE.count]! : count) * stride;
  }

  /** How many occurrences a table has, its count written where none was given; a refusal is below zero. */
  private occurrences(node: number, value: number): number {
    const { nodes, registers } = this.plan;
    const [most, min, depends] = [nodes[node + NODE.count]!, nodes[node + NODE.min]!, nodes[node + NODE.depends]!];
    const given = value === ABSENT ? UNSET : this.tape.count(value);
    if (depends < 0) return given === UNSET || given === most ? most : -this.refuse(STATUS.badCount.code, node, value);
    const known = this.counts[depends]!;
    const count = known >= 0 ? known : given >= 0 ? given : this.countWithoutValue(node);
    const differs = known === UNSET || (given >= 0 && given !== count);
    if (differs || !(count >= min && count <= most))
      return -this.refuse(STATUS.badCount.code, node, value, registers[depends * REGISTER_INTS]);
    const status = known === PENDING ? this.giveCount(depends, count) : OK;
    return status === OK ? count : -status;
  }

  /** Neither count nor table was given: the count is that of `$raw`, else its VALUE, else the smallest. */
  private countWithoutValue(node: number): number {
    const { nodes, registers } = this.plan;
    const [most, min, depends] = [nodes[node + NODE.count]!, nodes[node + NODE.min]!, nodes[node + NODE.depends]!];
    if (this.hasRaw) return this.rawCounts[depends]!;
    const count = registers[depends * REGISTER_INTS + 1]!;
    return count >= min && count <= most ? count : min;
  }

  private giveCount(register: number, count: number): number {
    const { nodes } = this.plan;
    const { node, at } = this.countPlaces[register]!;
    this.counts[register] = count;
    if (this.rawCounts[register] === count) return OK;
    const leaf = nodes[node + NODE.leaf]!;
    const status = this.leaf.writeInteger(leaf, count);
    if (status !== OK) return this.refuse(status, node, -1);
    if (this.image.write(at, this.leaf.bytes, 0, this.targetOf(node)) === OK) return OK;
    return this.refuse(STATUS.viewsDiffer.code, node, -1, this.image.otherItem);
  }
}
