import { ConfigError } from '../../model/index.js';
import { NO_CHARACTER } from './code-page.js';
import { MIXED_PAGES } from './code-page-tables.js';
import { editedMask } from './edited-mask.js';
import type { BlankPolicies, BlankPolicy, Layout, LayoutItem, Leaf } from './layout.js';

/*
 * A leaf as the loops see it: eight int32, the same in C++ (native/codec/copybook-plan.h).
 *
 *   0 kind   1 size in bytes   2 digits   3 scale   4 flags   5 item (Layout.items)   6 width of its row slot   7 blanks: see BLANK_SHIFT and MASK_SHIFT
 */
export const LEAF = { kind: 0, size: 1, digits: 2, scale: 3, flags: 4, item: 5, width: 6, blanks: 7 } as const;
export const LEAF_INTS = 8;

export const KIND = { text: 1, display: 2, packed: 3, binary: 4, float: 5 } as const;

export const FLAG = {
  signed: 1,
  leading: 2, // the sign stands first
  separate: 4, // the sign is a byte of its own
  littleEndian: 8,
  fullRange: 16,
  blankWhenZero: 32,
  justified: 64,
  wide: 128, // the row slot is an int128
  noSignNibble: 256, // COMP-6
  strictSign: 512, // only C, D and F are signs
  ieee: 1024, // a float is IEEE 754, else IBM hexadecimal
  national: 2048, // text or digits in UTF-16
  dbcs: 4096, // text in pairs of the page's double-byte part
  fullRangeRead: 8192, // TRUNC(OPT)
  trimStart: 16384, // spaces at the beginning of text are left out
  trimEnd: 32768,
  nullable: 65536, // what does not decode is null, of a JSON plan
} as const;

/** Two bits for each filling, spaces lowest, then low-values and high-values. */
export const BLANK_POLICY = { refuse: 0, null: 1, zero: 2 } as const satisfies Record<BlankPolicy, number>;
export const BLANK_SHIFT = { spaces: 0, lowValues: 2, highValues: 4 } as const satisfies Record<
  keyof BlankPolicies,
  number
>;

/** An edited number has no fillings; above their bits it has where its mask is. */
export const MASK_SHIFT = 6;
const MASKS_SIZE_MAX = 1 << 24;

function blankBits(policies: BlankPolicies | undefined): number {
  if (policies === undefined) return 0;
  const { spaces, lowValues, highValues } = policies;
  return (
    (BLANK_POLICY[spaces] << BLANK_SHIFT.spaces) |
    (BLANK_POLICY[lowValues] << BLANK_SHIFT.lowValues) |
    (BLANK_POLICY[highValues] << BLANK_SHIFT.highValues)
  );
}

/** A picture of more digits has an int128 slot. */
export const INT64_DIGITS_MAX = 18;
/** More digits than this no picture has. */
export const DIGITS_MAX = 38;

const flagIf = (condition: boolean, flag: number): number => (condition ? flag : 0);

function trimFlags(layout: Layout, item: LayoutItem): number {
  const trim = layout.fieldTrim?.get(item.name.toUpperCase()) ?? layout.trim ?? 'right';
  return (
    flagIf(trim === 'left' || trim === 'both', FLAG.trimStart) |
    flagIf(trim === 'right' || trim === 'both', FLAG.trimEnd)
  );
}

function flagsOf(layout: Layout, item: LayoutItem): number {
  const leaf = item.leaf as Leaf;
  const { size } = item;
  switch (leaf.kind) {
    case 'text':
      return (
        trimFlags(layout, item) |
        flagIf(leaf.justified, FLAG.justified) |
        flagIf(leaf.charset === 'utf16', FLAG.national) |
        flagIf(leaf.charset === 'dbcs', FLAG.dbcs)
      );
    case 'display':
      return (
        flagIf(leaf.sign !== 'none', FLAG.signed) |
        flagIf(leaf.sign.startsWith('leading'), FLAG.leading) |
        flagIf(leaf.sign.endsWith('separate'), FLAG.separate) |
        flagIf(leaf.blankWhenZero, FLAG.blankWhenZero) |
        flagIf(leaf.national, FLAG.national) |
        flagIf(isWide(leaf, size), FLAG.wide)
      );
    case 'packed':
      return (
        flagIf(leaf.signed, FLAG.signed) |
        flagIf(!leaf.signNibble, FLAG.noSignNibble) |
        flagIf(layout.signNibbles === 'strict', FLAG.strictSign) |
        flagIf(isWide(leaf, size), FLAG.wide)
      );
    case 'binary':
      return (
        flagIf(leaf.signed, FLAG.signed) |
        flagIf(leaf.littleEndian, FLAG.littleEndian) |
        flagIf(leaf.fullRange, FLAG.fullRange) |
        flagIf(leaf.fullRangeRead === true, FLAG.fullRangeRead) |
        flagIf(isWide(leaf, size), FLAG.wide)
      );
    case 'float':
      return flagIf(leaf.format === 'ieee', FLAG.ieee) | flagIf(leaf.littleEndian, FLAG.littleEndian);
  }
}

/** Whether a row holds the number as int128: more than 18 digits, or the upper half of an unsigned 8-byte COMP-5. */
export function isWide(leaf: Leaf, size: number): boolean {
  if (leaf.kind === 'text' || leaf.kind === 'float') return false;
  if (leaf.kind === 'binary' && (leaf.fullRange || leaf.fullRangeRead === true))
    return size > 8 || (size === 8 && !leaf.signed);
  return leaf.digits > INT64_DIGITS_MAX;
}

/**
 * Bytes of UTF-8 that a byte of text becomes at most: three of a character of two bytes (a pair, or UTF-16) are less than two a byte,
 * and four of a surrogate pair one.
 */
export function utf8WidthMax(layout: Layout, leaf: Leaf & { kind: 'text' }): number {
  if (leaf.charset !== 'page') return 2;
  if (layout.codePage.form === 'utf8') return 1;
  return layout.codePage.toUnicode.some(point => point >= 0x800 && point !== NO_CHARACTER) ? 3 : 2;
}

/** Bytes of the leaf's slot in a row: text is a u32 length and UTF-8, a number is int64 or int128, a float an f64. */
export function slotWidth(layout: Layout, item: LayoutItem): number {
  const leaf = item.leaf as Leaf;
  if (leaf.kind === 'text') return (4 + item.size * utf8WidthMax(layout, leaf) + 7) & ~7;
  return isWide(leaf, item.size) ? 16 : 8;
}

/** The leaves of a plan, each elementary item described once. */
export class LeafTable {
  readonly ints: number[] = [];
  readonly #masks: Uint8Array[] = [];
  #masksSize = 0;
  readonly #layout: Layout;
  readonly #indexOf = new Map<LayoutItem, number>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The item's index in the table; a new item is added. */
  index(item: LayoutItem): number {
    const known = this.#indexOf.get(item);
    if (known !== undefined) return known;
    const index = this.ints.length / LEAF_INTS;
    this.ints.push(...describeLeaf(this.#layout, item));
    this.#addMask(item, this.ints.length - LEAF_INTS);
    this.#indexOf.set(item, index);
    return index;
  }

  #addMask(item: LayoutItem, at: number): void {
    const leaf = item.leaf as Leaf;
    if (leaf.kind !== 'text' || leaf.edited?.numeric !== true) return;
    this.ints[at + LEAF.blanks] = (this.#masksSize + 1) << MASK_SHIFT;
    const mask = editedMask(leaf.edited, leaf.blankWhenZero);
    this.#masks.push(mask);
    this.#masksSize += mask.length;
    if (this.#masksSize > MASKS_SIZE_MAX)
      throw new ConfigError(
        'HR_PLAN_SIZE',
        `the pictures of edited numbers are longer than ${MASKS_SIZE_MAX} together`,
      );
  }

  /** Masks of edited numbers, one after the other; where its own begins a leaf says, plus 1, above MASK_SHIFT. */
  masks(): Uint8Array {
    return Buffer.concat(this.#masks);
  }
}

/** Digits and scale of a number, an edited one too. */
function digitsOf(leaf: Leaf): readonly [digits: number, scale: number] {
  if (leaf.kind === 'text') return [leaf.edited?.digits ?? 0, leaf.edited?.scale ?? 0];
  return leaf.kind === 'float' ? [0, 0] : [leaf.digits, leaf.scale];
}

function checkCharset({ codePage }: Layout, item: LayoutItem, { charset }: Leaf & { kind: 'text' }): void {
  if (charset !== 'page' && item.size % 2 !== 0)
    throw new ConfigError('HR_CHARSET', `${item.name} has ${item.size} bytes; its characters are of two`);
  if (charset === 'dbcs' && codePage.pairs === undefined)
    throw new ConfigError(
      'HR_CHARSET',
      `${item.name} is double-byte text, which code page ${codePage.name} does not have; there are ${MIXED_PAGES.join(', ')}`,
    );
}

/** The eight integers of an elementary item. Throws ConfigError for text that the code page cannot have. */
export function describeLeaf(layout: Layout, item: LayoutItem): readonly number[] {
  const leaf = item.leaf as Leaf;
  if (leaf.kind === 'text') checkCharset(layout, item, leaf);
  const [digits, scale] = digitsOf(leaf);
  const width = slotWidth(layout, item);
  return [
    KIND[leaf.kind],
    item.size,
    digits,
    scale,
    flagsOf(layout, item),
    item.index,
    width,
    leaf.kind === 'text' ? 0 : blankBits(layout.fieldBlanks?.get(item.name.toUpperCase()) ?? layout.blanks),
  ];
}
