import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

import { MIXED_PAGES } from './code-page-tables.js';

export type MixedPageName = (typeof MIXED_PAGES)[number];

/** The double-byte part of a page. 0 says that a pair has no character, or a character no pair. */
export interface DoubleByte {
  readonly toUnicode: Uint16Array; // 65536, by the pair as a big-endian number
  readonly fromUnicode: Uint16Array; // 65536; of several pairs with one character the last
  /** Both tables as bytes, for C++. */
  readonly bytes: Uint8Array;
}

const POINTS = 65536;
const FIRST = 0x41;
const CELLS = 0xfe - FIRST + 1;
const PAGE_SIZE = CELLS * CELLS * 2;
const SPACE = 0x4040;
const IDEOGRAPHIC_SPACE = 0x3000;

const TABLES = new Map<MixedPageName, DoubleByte>();
let packed: Uint8Array | undefined;

/** The double-byte part of a mixed page, read from double-byte/pages.br when a page is first asked for. */
export function doubleByte(name: MixedPageName): DoubleByte {
  packed ??= brotliDecompressSync(readFileSync(new URL('double-byte/pages.br', import.meta.url)));
  const at = MIXED_PAGES.indexOf(name) * PAGE_SIZE;
  const table = TABLES.get(name) ?? unpack(packed.subarray(at, at + PAGE_SIZE));
  TABLES.set(name, table);
  return table;
}

/** Steps from each pair of 4141-FEFE to the next, their high bytes before their low ones. */
function unpack(steps: Uint8Array): DoubleByte {
  const bytes = new Uint8Array(POINTS * 4);
  const toUnicode = new Uint16Array(bytes.buffer, 0, POINTS);
  const fromUnicode = new Uint16Array(bytes.buffer, POINTS * 2, POINTS);
  toUnicode[SPACE] = IDEOGRAPHIC_SPACE;
  let point = 0;
  for (let cell = 0; cell < CELLS * CELLS; cell++) {
    point = (point + ((steps[cell]! << 8) | steps[CELLS * CELLS + cell]!)) & 0xffff;
    toUnicode[((FIRST + Math.floor(cell / CELLS)) << 8) | (FIRST + (cell % CELLS))] = point;
  }
  toUnicode.forEach((found, pair) => {
    if (found !== 0) fromUnicode[found] = pair;
  });
  return { toUnicode, fromUnicode, bytes };
}
