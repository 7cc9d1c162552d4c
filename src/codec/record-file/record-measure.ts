import { STATUS } from '../../model/index.js';
import {
  describeLeaf,
  Digits,
  pageTables,
  readNumber,
  type Layout,
  type LayoutItem,
  type LeafAt,
} from '../record/index.js';

/** A length that cannot be told: the record goes on behind the bytes, or a count is none. */
export const UNMEASURED = { incomplete: -1, bad: -2 } as const;

/** Tells how long a record is by the counts of its tables that slide. */
export class RecordMeasure {
  /** What has to be looked at: tables that slide, their counts, and the groups and tables that hold them. */
  private readonly matters = new Set<LayoutItem>();
  private readonly leaves = new Map<LayoutItem, LeafAt>();
  private readonly counts = new Map<LayoutItem, number>();
  private readonly number = new Digits();
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;

  constructor(private readonly layout: Layout) {
    const tables = pageTables(layout.codePage, layout.sign);
    for (const { occurs } of layout.items) {
      const counter = occurs?.slides === true ? occurs.dependingOn : undefined;
      if (counter !== undefined)
        this.leaves.set(counter, { leaves: Int32Array.from(describeLeaf(layout, counter)), at: 0, tables });
    }
    this.mark(layout.root);
  }

  /** Whether records of the layout have different lengths. */
  get varies(): boolean {
    return this.leaves.size > 0;
  }

  /** The table whose count is none, after UNMEASURED.bad. */
  refused: LayoutItem | undefined;
  private unmeasured: number = UNMEASURED.incomplete;

  /** The record's length, or one of UNMEASURED. */
  length(bytes: Uint8Array, start: number, end: number): number {
    this.bytes = bytes;
    this.end = end;
    this.counts.clear();
    const shift = this.item(this.layout.root, start);
    return Number.isNaN(shift) ? this.unmeasured : shift - start + this.layout.sizeBytes;
  }

  private mark(item: LayoutItem): boolean {
    const inside = item.children.map(child => this.mark(child)).includes(true);
    const matters = inside || this.leaves.has(item) || item.occurs?.slides === true;
    if (matters) this.matters.add(item);
    return matters;
  }

  /** Goes through an item that begins at its offset plus `base`; returns the base behind it, NaN when it cannot be told. */
  private item(item: LayoutItem, base: number): number {
    if (!this.matters.has(item)) return base;
    const { occurs } = item;
    if (occurs === undefined) return this.once(item, base);
    const count = occurs.slides ? this.counts.get(occurs.dependingOn!) : occurs.count;
    if (count === undefined || count < occurs.min || count > occurs.count) return this.refuse(item);
    let at = base;
    for (let index = 0; index < count && !Number.isNaN(at); index++) at = this.once(item, at) + occurs.stride;
    return at - occurs.stride * (occurs.slides ? occurs.count : count);
  }

  /** A view of a REDEFINES may hold a count; it has no length of its own. */
  private once(item: LayoutItem, base: number): number {
    const leaf = this.leaves.get(item);
    if (leaf !== undefined && !this.count(item, leaf, base + item.offset)) return NaN;
    let at = base;
    for (const child of item.children) {
      const next = this.item(child, at);
      if (child.redefines === undefined) at = next;
    }
    return at;
  }

  /** Keeps a count; one that is no number fits no table. False when its bytes are not there. */
  private count(item: LayoutItem, leaf: LeafAt, offset: number): boolean {
    this.unmeasured = UNMEASURED.incomplete;
    if (offset + item.size > this.end) return false;
    const isGood = readNumber(leaf, this.bytes, offset, this.number) === STATUS.ok.code;
    if (isGood) this.counts.set(item, Number(this.number.toBigInt()));
    else this.counts.delete(item);
    return true;
  }

  private refuse(item: LayoutItem): number {
    this.refused = item;
    this.unmeasured = UNMEASURED.bad;
    return NaN;
  }
}
