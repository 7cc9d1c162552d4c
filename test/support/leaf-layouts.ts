import {
  codePage,
  type BlankPolicies,
  type BlankPolicy,
  type Charset,
  type Layout,
  type LayoutItem,
  type Leaf,
  type Trim,
} from '../../src/codec/index.js';
import type { SeededRandom } from './fuzz.js';

/** An elementary item of a layout made by hand: no copybook says it, or the test is of the leaf alone. */
export interface LeafItem {
  readonly leaf: Leaf;
  readonly size: number;
}

/** The layout of a record R with the items A1, A2, ... one after the other. */
export function layoutOfLeaves(leaves: readonly LeafItem[], page = 'cp037'): Layout {
  let offset = 0;
  const children = leaves.map(({ leaf, size }, index): LayoutItem => {
    const item = itemOf(`A${index + 1}`, { index: index + 1, offset, size });
    offset += size;
    return { ...item, leaf };
  });
  const root: LayoutItem = { ...itemOf('R', { index: 0, offset: 0, size: offset }), level: 1, children };
  return {
    name: 'R',
    sizeBytes: offset,
    root,
    items: [root, ...children],
    conditions: [],
    renames: [],
    codePage: codePage(page),
    sign: codePage(page).ebcdic ? 'ebcdic' : 'gnucobol',
    signNibbles: 'all',
  };
}

function itemOf(name: string, place: { index: number; offset: number; size: number }): LayoutItem {
  return { name, filler: false, level: 5, picture: '', usage: '', children: [], ...place };
}

/** Seeded leaves of every kind of number, and of text in every charset the page has. */
export function makeLeaves(random: SeededRandom, page: string): LeafItem[] {
  return Array.from({ length: 1 + random.below(6) }, () =>
    random.below(3) === 0 ? makeTextLeaf(random, page) : makeLeaf(random),
  );
}

function makeTextLeaf(random: SeededRandom, page: string): LeafItem {
  const hasPairs = codePage(page).pairs !== undefined;
  const charset = random.pick<Charset>(hasPairs ? ['page', 'page', 'dbcs', 'utf16'] : ['page', 'page', 'utf16']);
  const size = (1 + random.below(20)) * (charset === 'page' ? 1 : 2);
  return { leaf: { kind: 'text', charset, justified: random.below(4) === 0, blankWhenZero: false }, size };
}

/** A seeded policy, or none. */
export function makeTrim(random: SeededRandom): Trim | undefined {
  return random.pick([undefined, 'right', 'left', 'both', 'none'] as const);
}

function makeLeaf(random: SeededRandom): LeafItem {
  const digits = 1 + random.below(random.below(3) === 0 ? 38 : 18);
  const scale = random.below(digits + 3) - 1;
  switch (random.below(4)) {
    case 0:
      return makeDisplay(random, digits, scale);
    case 1: {
      const signNibble = random.below(4) > 0;
      const signed = signNibble && random.below(2) === 0;
      const size = signNibble ? (digits >> 1) + 1 : (digits + 1) >> 1;
      return { leaf: { kind: 'packed', digits, scale, signed, signNibble }, size };
    }
    case 2:
      return makeBinary(random, digits, scale);
    default: {
      const format = random.pick(['ibm', 'ieee'] as const);
      const littleEndian = format === 'ieee' && random.below(2) === 0;
      return { leaf: { kind: 'float', format, littleEndian }, size: random.pick([4, 8]) };
    }
  }
}

function makeDisplay(random: SeededRandom, digits: number, scale: number): LeafItem {
  const national = random.below(2) === 0;
  const separate = ['none', 'trailing-separate', 'leading-separate'] as const;
  const sign = random.pick(national ? separate : ([...separate, 'trailing', 'leading'] as const));
  const blankWhenZero = sign === 'none' && random.below(3) === 0;
  const characters = digits + (sign.endsWith('separate') ? 1 : 0);
  const leaf: Leaf = { kind: 'display', digits, scale, sign, blankWhenZero, national };
  return { leaf, size: characters * (national ? 2 : 1) };
}

function makeBinary(random: SeededRandom, digits: number, scale: number): LeafItem {
  const size = digits > 18 ? 16 : digits > 9 ? 8 : digits > 4 ? random.pick([4, 5]) : random.pick([2, 3]);
  const [signed, littleEndian] = [random.below(2) === 0, random.below(2) === 0];
  const fullRange = random.below(3) === 0;
  const fullRangeRead = !fullRange && random.below(2) === 0;
  return { leaf: { kind: 'binary', digits, scale, signed, littleEndian, fullRange, fullRangeRead }, size };
}

/** Seeded policies, or none. */
export function makeBlanks(random: SeededRandom): BlankPolicies | undefined {
  const policy = (): BlankPolicy => random.pick(['refuse', 'null', 'zero'] as const);
  if (random.below(3) === 0) return undefined;
  return { spaces: policy(), lowValues: policy(), highValues: policy() };
}
