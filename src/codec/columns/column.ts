import { digitsOfBytes } from '../copybook/index.js';
import { DIGITS_MAX, type Layout, type LayoutItem, type Leaf } from '../record/index.js';
import { membersOf, recordMembers, type Member } from './members.js';

export type ColumnKind = 'utf8' | 'decimal' | 'int' | 'float32' | 'float64' | 'struct' | 'list';

/**
 * One node of the schema that a layout has in column formats: what Arrow calls a field. Names are those of decode's JSON, FILLER
 * is left out. `children` are the members of a struct, and of a list its one element, which is named `item`.
 */
export interface Column {
  /** Of several members of one name the second is `NAME-2`, or the next number that no member has. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** A view of a REDEFINES, a 66 level, or what a policy makes null. */
  readonly nullable: boolean;
  readonly precision: number; // decimal digits of a decimal or int at most, else 0
  readonly scale: number; // of a decimal, never negative: P on the right is digits of it
  readonly bits: 0 | 32 | 64; // of an int, which is signed
  readonly children: readonly Column[];
  /** The group or elementary item, and of a list the table; of a 66 level what it renames. */
  readonly item: LayoutItem;
}

export interface ColumnOptions {
  readonly renames?: boolean; // 66 levels behind the record's members
  /** Whether an item that does not decode is null, as for a JSON plan. */
  readonly isNullable?: (item: LayoutItem) => boolean;
}

/** Decimal digits that a decimal128 holds. */
export const DECIMAL_DIGITS_MAX = DIGITS_MAX;
const INT32_DIGITS = 9;
const ELEMENT = 'item';

/**
 * The columns of a record. Integers of at most 9 digits are 32 bits, of at most 18 (or 8 signed bytes) 64, all other numbers
 * decimals: the picture's, or what the bytes of COMP-5 hold, but never above 38 digits (16 such bytes may hold more: a value that
 * does is refused when it is written).
 */
export function columnsOf(layout: Layout, options: ColumnOptions = {}): readonly Column[] {
  return new ColumnBuilder(layout, options).columns(recordMembers(layout, options.renames));
}

class ColumnBuilder {
  constructor(
    private readonly layout: Layout,
    private readonly options: ColumnOptions,
  ) {}

  columns(members: readonly Member[]): readonly Column[] {
    const names = uniqueNames(members.map(({ name }) => name));
    return members.map((member, index) => this.member(names[index]!, member));
  }

  private member(name: string, { item, tables, isView }: Member): Column {
    if (tables.length === 0) return { ...this.value(name, item), nullable: isView || this.isNullable(item) };
    return this.list(name, tables, { item, isView });
  }

  private list(
    name: string,
    [table, ...inner]: readonly LayoutItem[],
    { item, isView }: { item: LayoutItem; isView: boolean },
  ): Column {
    const element = inner.length === 0 ? this.value(ELEMENT, item) : this.list(ELEMENT, inner, { item, isView: false });
    return { ...NOTHING, name, kind: 'list', nullable: isView, children: [element], item: table! };
  }

  /** One occurrence. */
  private value(name: string, item: LayoutItem): Column {
    const nullable = this.isNullable(item);
    if (item.leaf !== undefined) return { ...NOTHING, name, nullable, item, ...leafColumn(item.leaf, item.size) };
    return { ...NOTHING, name, kind: 'struct', nullable, children: this.columns(membersOf(item)), item };
  }

  private isNullable(item: LayoutItem): boolean {
    if (item.leaf === undefined) return false;
    return this.options.isNullable?.(item) === true || hasNullBlank(this.layout, item);
  }
}

const NOTHING = { precision: 0, scale: 0, bits: 0, children: [] } as const;

/** Whether a filling of the number, such as spaces, is null by the layout's policies. */
export function hasNullBlank(layout: Layout, { name, leaf }: LayoutItem): boolean {
  if (leaf === undefined || leaf.kind === 'text') return false;
  const policies = layout.fieldBlanks?.get(name.toUpperCase()) ?? layout.blanks;
  return policies !== undefined && Object.values(policies).includes('null');
}

type LeafColumn = Pick<Column, 'kind'> & Partial<Pick<Column, 'precision' | 'scale' | 'bits'>>;

function leafColumn(leaf: Leaf, size: number): LeafColumn {
  if (leaf.kind === 'text') return { kind: 'utf8' };
  // A hexadecimal COMP-1 reaches 7.2E75, which is beyond a float32 and exact in a float64.
  if (leaf.kind === 'float') return { kind: leaf.format === 'ieee' && size === 4 ? 'float32' : 'float64' };
  const { scale } = leaf;
  const digits = numberDigits(leaf, size);
  const precision = Math.min(Math.max(digits + Math.max(0, -scale), scale), DECIMAL_DIGITS_MAX);
  const bits = scale > 0 ? 0 : intBits(leaf, size, precision);
  return bits === 0 ? { kind: 'decimal', precision, scale: Math.max(scale, 0) } : { kind: 'int', precision, bits };
}

type NumberLeaf = Exclude<Leaf, { kind: 'text' } | { kind: 'float' }>;

/** Digits the item may have when it is read. */
export function numberDigits(leaf: NumberLeaf, size: number): number {
  return isFullRange(leaf) ? digitsOfBytes(size, leaf.signed) : leaf.digits;
}

const isFullRange = (leaf: NumberLeaf): leaf is NumberLeaf & { kind: 'binary' } =>
  leaf.kind === 'binary' && (leaf.fullRange || leaf.fullRangeRead === true);

function intBits(leaf: NumberLeaf, size: number, precision: number): 0 | 32 | 64 {
  if (precision <= INT32_DIGITS) return 32;
  if (isFullRange(leaf) && leaf.scale === 0 && size === 4 && leaf.signed) return 32;
  if (isFullRange(leaf) && leaf.scale === 0 && size === 8 && leaf.signed) return 64;
  return precision <= INT64_DIGITS ? 64 : 0;
}

const INT64_DIGITS = 18;

/** The names, a repeated one with the number of its turn behind it. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map(name => {
    let unique = name;
    for (let turn = 2; seen.has(unique) || (unique !== name && taken.has(unique)); turn++) unique = `${name}-${turn}`;
    seen.add(unique);
    return unique;
  });
}
