import { FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';
import { FORM, TABLES } from './page-tables.js';

/** How the bytes of a text leaf are characters: by the form of the page, in pairs of its double-byte part, or in UTF-16. */
export const CHARSET = { ...FORM, pairs: 3, utf16: 4 } as const;

export function charsetOf({ leaves, at, tables }: LeafAt): number {
  const flags = leaves[at + LEAF.flags]!;
  if ((flags & FLAG.national) !== 0) return CHARSET.utf16;
  return (flags & FLAG.dbcs) !== 0 ? CHARSET.pairs : tables[TABLES.form]!;
}

/** The bytes of a space. A DBCS space is 4040, the ideographic space. */
export function spaceOf({ tables }: Pick<LeafAt, 'tables'>, charset: number): readonly number[] {
  if (charset === CHARSET.utf16) return NATIONAL_SPACE;
  const space = tables[TABLES.space]!;
  return charset === CHARSET.pairs ? [space, space] : [space];
}

const NATIONAL_SPACE = [0x00, 0x20] as const;
