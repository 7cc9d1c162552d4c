import { BLANK_POLICY, BLANK_SHIFT, FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';
import { TABLES } from './page-tables.js';

const LOW = 0x00;
const HIGH = 0xff;
const NATIONAL_SPACE = 0x20;

/** What the leaf's policies say of bytes that hold no number: one of BLANK_POLICY, 'refuse' for any but a filling. */
export function blankPolicy(leaf: LeafAt, bytes: Uint8Array, offset: number): number {
  const { leaves, at, tables } = leaf;
  const policies = leaves[at + LEAF.blanks]!;
  if (policies === 0) return BLANK_POLICY.refuse;
  const size = leaves[at + LEAF.size]!;
  const isNational = (leaves[at + LEAF.flags]! & FLAG.national) !== 0;
  const space = isNational ? NATIONAL_SPACE : tables[TABLES.space]!;
  const filledWith = (even: number, odd: number): boolean => {
    for (let index = 0; index < size; index++)
      if (bytes[offset + index] !== (index % 2 === 0 ? even : odd)) return false;
    return true;
  };
  if (filledWith(LOW, LOW)) return (policies >> BLANK_SHIFT.lowValues) & 3;
  if (filledWith(HIGH, HIGH)) return (policies >> BLANK_SHIFT.highValues) & 3;
  if (filledWith(isNational ? LOW : space, space)) return (policies >> BLANK_SHIFT.spaces) & 3;
  return BLANK_POLICY.refuse;
}

/** The bytes, even and odd ones, of the first filling of a number whose policy is null; undefined when none is. */
export function nullFilling({ leaves, at, tables }: LeafAt): readonly [even: number, odd: number] | undefined {
  const isNull = (shift: number): boolean => ((leaves[at + LEAF.blanks]! >> shift) & 3) === BLANK_POLICY.null;
  const isNational = (leaves[at + LEAF.flags]! & FLAG.national) !== 0;
  const space = isNational ? NATIONAL_SPACE : tables[TABLES.space]!;
  if (isNull(BLANK_SHIFT.spaces)) return [isNational ? LOW : space, space];
  if (isNull(BLANK_SHIFT.lowValues)) return [LOW, LOW];
  return isNull(BLANK_SHIFT.highValues) ? [HIGH, HIGH] : undefined;
}
