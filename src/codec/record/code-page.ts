import { CODE_PAGE_TABLES } from './code-page-tables.js';
import { codePageName, type CodePageName } from './code-page-name.js';

/** A code page. Of a single-byte one every byte has one code point and back. */
export interface CodePage {
  readonly name: CodePageName;
  readonly toUnicode: Uint16Array; // 256 code points
  readonly fromUnicode: ReadonlyMap<number, number>;
  /** EBCDIC digits are F0-F9 and signs are overpunched in the zone; on an ASCII page digits are 30-39. */
  readonly ebcdic: boolean;
}

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
  const toUnicode = singleByte(name);
  const fromUnicode = new Map(Array.from(toUnicode, (point, byte) => [point, byte]));
  return { name, toUnicode, fromUnicode, ebcdic: toUnicode[0xf0] === 0x30 };
}

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

/** The text of a field, without trailing spaces. */
export function readText(page: CodePage, bytes: Uint8Array, offset: number, size: number): string {
  let text = '';
  for (let at = offset; at < Math.min(offset + size, bytes.length); at++)
    text += String.fromCharCode(page.toUnicode[bytes[at]!]!);
  return text.replace(/ +$/, '');
}
