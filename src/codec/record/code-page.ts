import { CODE_PAGE_TABLES, MIXED_PAGES } from './code-page-tables.js';
import { codePageName, type CodePageName } from './code-page-name.js';
import { doubleByte, type DoubleByte, type MixedPageName } from './double-byte.js';

/**
 * A code page. Of a single-byte one every byte has one code point and back. A mixed one has pairs of bytes between shift-out (0E)
 * and shift-in (0F) besides. Of UTF-8 the single bytes are those of ASCII: digits, signs and spaces.
 */
export interface CodePage {
  readonly name: CodePageName;
  readonly form: 'single' | 'mixed' | 'utf8';
  readonly toUnicode: Uint16Array; // 256 code points; NO_CHARACTER where a mixed page has none
  readonly fromUnicode: ReadonlyMap<number, number>;
  readonly pairs?: DoubleByte; // of a mixed page
  /** EBCDIC digits are F0-F9 and signs are overpunched in the zone; on an ASCII page digits are 30-39. */
  readonly ebcdic: boolean;
}

/** What `toUnicode` says of a byte that a mixed page gives no character. */
export const NO_CHARACTER = 0xfffd;
export const SHIFT_OUT = 0x0e;
export const SHIFT_IN = 0x0f;

/** A table of code-page-tables.ts: the page it is like, then runs of the bytes that differ. */
function singleByte(name: keyof typeof CODE_PAGE_TABLES): Uint16Array {
  const [base, ...lines] = CODE_PAGE_TABLES[name];
  const points = base === '' ? new Uint16Array(256) : singleByte(base);
  for (const run of lines.flatMap(line => line.split(' '))) {
    const at = parseInt(run, 16);
    for (let byte = at; 3 + (byte - at) * 4 < run.length; byte++)
      points[byte] = parseInt(run.slice(3 + (byte - at) * 4, 7 + (byte - at) * 4), 16);
  }
  return points;
}

function makeCodePage(name: CodePageName): CodePage {
  const toUnicode = singleByte(name === 'utf-8' ? 'ascii' : name);
  const ebcdic = toUnicode[0xf0] === 0x30;
  const fromUnicode = new Map(Array.from(toUnicode, (point, byte) => [point, byte]));
  if (!isMixed(name)) return { name, form: name === 'utf-8' ? 'utf8' : 'single', toUnicode, fromUnicode, ebcdic };
  for (const point of [NO_CHARACTER, SHIFT_OUT, SHIFT_IN]) fromUnicode.delete(point);
  return { name, form: 'mixed', toUnicode, fromUnicode, ebcdic, pairs: doubleByte(name) };
}

const isMixed = (name: CodePageName): name is MixedPageName => (MIXED_PAGES as readonly string[]).includes(name);

const PAGES = new Map<string, CodePage>();

/** The code page of a name as people write it: cp037, 037, IBM037, ibm-1047. Throws ConfigError naming those there are. */
export function codePage(name: string): CodePage {
  const known = codePageName(name);
  const page = PAGES.get(known) ?? makeCodePage(known);
  PAGES.set(known, page);
  return page;
}

/** The byte of an ASCII character on this page; every page here has all that numbers are written with. */
export function byteOf(page: CodePage, character: string): number {
  return page.fromUnicode.get(character.charCodeAt(0)) as number;
}
