import { codePage, type Layout, type LayoutItem, type Leaf } from '../../src/codec/index.js';
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

/** Seeded leaves of every kind of number. */
export function makeLeaves(random: SeededRandom): LeafItem[] {
  return Array.from({ length: 1 + random.below(6) }, () => makeLeaf(random));
}

function makeLeaf(random: SeededRandom): LeafItem {
  const format = random.pick(['ibm', 'ieee'] as const);
  const littleEndian = format === 'ieee' && random.below(2) === 0;
  return { leaf: { kind: 'float', format, littleEndian }, size: random.pick([4, 8]) };
}
