import type { Leaf } from '../record/index.js';
import type { BinarySize } from './binary-size.js';
import type { Usage } from './usage.js';

const FULLWORD = 4;
const DOUBLEWORD = 8;

/**
 * The multiple at which SYNCHRONIZED puts an item. IBM's rule (SYNCHRONIZED clause, "Slack bytes"): a halfword for two bytes,
 * a doubleword for COMP-2, a fullword for all other binary items and COMP-1. GnuCOBOL's own sizes: the size of the item, but
 * BINARY-CHAR to BINARY-DOUBLE lie where they are.
 */
export function boundaryOf(leaf: Leaf, size: number, usage: Usage, rule: BinarySize): number {
  if (leaf.kind === 'float') return size;
  if (leaf.kind !== 'binary' || ![2, FULLWORD, DOUBLEWORD].includes(size) || usage.startsWith('BINARY-')) return 1;
  return rule === '2-4-8' ? Math.min(size, FULLWORD) : size;
}

/** The next multiple of `boundary`. */
export function alignUp(offset: number, boundary: number): number {
  return Math.ceil(offset / boundary) * boundary;
}
