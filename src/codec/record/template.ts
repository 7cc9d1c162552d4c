import { STATUS } from '../../model/index.js';
import { CHARSET, charsetOf, spaceOf } from './charset.js';
import type { CodePage } from './code-page.js';
import type { Layout, LayoutItem, LayoutValue, Leaf } from './layout.js';
import { editNumber } from './edit.js';
import { writeFloatText } from './float.js';
import { describeLeaf, LEAF, LEAF_INTS, LeafTable } from './leaf.js';
import { pageTables } from './page-tables.js';
import { Digits, type LeafAt } from './number.js';
import { writeNumber } from './number-writer.js';
import { TextBytes, writeText } from './text-writer.js';
import { viewSets } from './view-sets.js';

const SPACE = 0x20;
const IDEOGRAPHIC_SPACE = 0x3000;
const FIGURATIVE_TEXT: Readonly<Record<string, string>> = { SPACE: ' ', ZERO: '0', QUOTE: '"' };

/**
 * The bytes of a record before any value is written: slack is zero, a FILLER or absent item has its VALUE, else zero or
 * spaces. Of a REDEFINES the first view is filled; of a longer one the bytes behind it.
 */
export function recordTemplate(layout: Layout): Uint8Array {
  return itemTemplate(layout, layout.root);
}

/** The same of one item, all its occurrences. */
export function itemTemplate(layout: Layout, item: LayoutItem): Uint8Array {
  const bytes = new Uint8Array(extent(item));
  fillItem(layout, pageTables(layout.codePage, layout.sign), item, { bytes, shift: -item.offset });
  return bytes;
}

interface Target {
  readonly bytes: Uint8Array;
  readonly shift: number;
}

interface ByteTarget {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

function fillItem(layout: Layout, tables: Uint8Array, item: LayoutItem, { bytes, shift }: Target): void {
  for (let index = 0; index < (item.occurs?.count ?? 1); index++) {
    const at = shift + index * (item.occurs?.stride ?? 0);
    if (item.leaf !== undefined) fillLeaf(layout, tables, item, { bytes, shift: at });
    else for (const { views } of viewSets(item)) fillViews(layout, tables, views, { bytes, shift: at });
    if (item.leaf === undefined && item.value !== undefined)
      bytes.set(valueBytes(layout, item, item.value), item.offset + at);
  }
}

/** Fills the views of the same bytes, the last first, so that the first of them is whole. */
function fillViews(layout: Layout, tables: Uint8Array, views: readonly LayoutItem[], target: Target): void {
  for (const view of views.toReversed()) {
    const at = view.offset + target.shift;
    if (views.length > 1) target.bytes.fill(0, at, at + extent(view));
    fillItem(layout, tables, view, target);
  }
}

/** Bytes of all occurrences. */
function extent({ size, occurs }: LayoutItem): number {
  return occurs === undefined ? size : occurs.count * occurs.stride;
}

function fillLeaf(layout: Layout, tables: Uint8Array, item: LayoutItem, { bytes, shift }: Target): void {
  const { value } = item;
  const leaf = item.leaf!;
  const offset = item.offset + shift;
  const at: LeafAt = { leaves: Int32Array.from(describeLeaf(layout, item)), at: 0, tables };
  if (value === undefined ? leaf.kind === 'text' : isFilling(value, leaf))
    bytes.set(textBytes(layout.codePage, at, value ?? SPACES), offset);
  else if (leaf.kind === 'text') fillEdited(layout, tables, item, { bytes, offset });
  else if (leaf.kind === 'float') {
    if (value?.kind === 'number') writeFloatText(at, value.text, { bytes, offset });
  } else move(value, leaf, number => writeNumber(at, number, bytes, offset));
}

/** Whether a VALUE gives the item's bytes, whatever the item is: text, and all but ZERO of the figurative constants. */
function isFilling({ kind, text }: LayoutValue, leaf: Leaf): boolean {
  return kind !== 'number' && (leaf.kind === 'text' || kind !== 'figurative' || text !== 'ZERO');
}

/** A VALUE that is a number, edited by the picture. */
function fillEdited(layout: Layout, tables: Uint8Array, item: LayoutItem, target: ByteTarget): void {
  const { digits, scale } = (item.leaf as Leaf & { kind: 'text' }).edited!;
  const table = new LeafTable(layout);
  table.index(item);
  const leaf: LeafAt = { leaves: Int32Array.from(table.ints), at: 0, tables };
  const points: number[] = [];
  move(item.value, { digits, scale }, number => {
    const status = editNumber(leaf, table.masks(), number, points);
    return status === STATUS.ok.code ? writeText(leaf, layout.codePage, points, target) : status;
  });
}

/**
 * Writes a VALUE as MOVE does: what the picture has no place for is cut off, digits on the left, and the minus where there is no
 * sign.
 */
function move(
  value: LayoutValue | undefined,
  { digits, scale }: { readonly digits: number; readonly scale: number },
  write: (number: Digits) => number,
): void {
  const given = value?.kind === 'number' ? scaledValue(value.text, scale) : 0n;
  const kept = given % 10n ** BigInt(digits);
  const number = new Digits();
  for (const fitting of [given, kept, kept < 0n ? -kept : kept]) {
    number.setBigInt(fitting);
    if (write(number) === STATUS.ok.code) return;
  }
}

const SPACES: LayoutValue = { kind: 'figurative', text: 'SPACE', all: false };

/** A VALUE as text of an item, spaces added. A group is alphanumeric. */
export function valueBytes(layout: Layout, item: LayoutItem, value: LayoutValue): Uint8Array {
  const tables = pageTables(layout.codePage, layout.sign);
  const leaves = new Int32Array(LEAF_INTS);
  if (item.leaf === undefined) leaves[LEAF.size] = item.size;
  else leaves.set(describeLeaf(layout, item));
  return textBytes(layout.codePage, { leaves, at: 0, tables }, value);
}

function textBytes(page: CodePage, leaf: LeafAt, value: LayoutValue): Uint8Array {
  const size = leaf.leaves[LEAF.size]!;
  const space = spaceOf(leaf, charsetOf(leaf));
  const bytes = Uint8Array.from({ length: size }, (_, index) => space[index % space.length]!);
  const source = literalBytes(page, leaf, value);
  const repeats = value.all || value.kind === 'figurative';
  for (let index = 0; index < (repeats ? size : Math.min(size, source.length)); index++)
    bytes[index] = source[index % source.length]!;
  return bytes;
}

function literalBytes(page: CodePage, leaf: LeafAt, value: LayoutValue): ArrayLike<number> {
  if (value.kind === 'hex') return Buffer.from(value.text, 'hex');
  if (value.kind === 'figurative' && value.text === 'HIGH-VALUE') return [0xff];
  if (value.kind === 'figurative' && value.text === 'LOW-VALUE') return [0];
  const text = value.kind === 'figurative' ? FIGURATIVE_TEXT[value.text]! : value.text;
  return characterBytes(page, leaf, text.length === 0 ? ' ' : text);
}

/** As many characters as fit, a space for each that the charset does not have (DBCS has no 0 and no quote). */
function characterBytes(page: CodePage, leaf: LeafAt, text: string): readonly number[] {
  const charset = charsetOf(leaf);
  const size = leaf.leaves[LEAF.size]!;
  const bytesOf = (points: readonly number[]): readonly number[] | undefined => {
    const written = new TextBytes(size);
    return written.write(page, charset, points) === STATUS.ok.code ? written.bytes : undefined;
  };
  const space = charset === CHARSET.pairs ? IDEOGRAPHIC_SPACE : SPACE;
  const points = Array.from(text, character => character.codePointAt(0)!).map(point =>
    bytesOf([point]) === undefined ? space : point,
  );
  while (points.length > 0 && bytesOf(points) === undefined) points.pop();
  return points.length === 0 ? spaceOf(leaf, charset) : bytesOf(points)!;
}

/** A numeric literal as an integer at `scale`; digits behind it are cut off, as by MOVE. */
function scaledValue(text: string, scale: number): bigint {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text)!;
  const digits = whole + fraction.padEnd(Math.max(scale, 0), '0');
  const dropped = whole.length + Math.max(fraction.length, Math.max(scale, 0)) - (whole.length + scale);
  const kept = digits.slice(0, Math.max(0, digits.length - Math.max(0, dropped)));
  return (sign === '-' ? -1n : 1n) * BigInt(kept || '0');
}
