import { ConfigError } from '../../model/index.js';
import { CODE_PAGE_TABLES } from './code-page-tables.js';

export type CodePageName = keyof typeof CODE_PAGE_TABLES;

/** A single-byte code page: every byte has one code point and back. */
export interface CodePage {
  readonly name: CodePageName;
  readonly toUnicode: Uint16Array; // 256 code points
  readonly fromUnicode: ReadonlyMap<number, number>;
  /** EBCDIC digits are F0-F9 and signs are overpunched in the zone; on an ASCII page digits are 30-39. */
  readonly ebcdic: boolean;
}

function makeCodePage(name: CodePageName): CodePage {
  const hex = CODE_PAGE_TABLES[name].join('');
  const toUnicode = Uint16Array.from({ length: 256 }, (_, byte) => parseInt(hex.slice(byte * 4, byte * 4 + 4), 16));
  const fromUnicode = new Map(Array.from(toUnicode, (point, byte) => [point, byte]));
  return { name, toUnicode, fromUnicode, ebcdic: toUnicode[0xf0] === 0x30 };
}

const PAGES = new Map<string, CodePage>();

/** Names of the code pages, for messages. */
export const CODE_PAGES = Object.keys(CODE_PAGE_TABLES) as readonly CodePageName[];

/** The code page of a name as people write it: cp037, 037, IBM037, ibm-1047. Throws ConfigError naming those there are. */
export function codePage(name: string): CodePage {
  const plain = name.toLowerCase().replace(/^(?:cp|ibm)[-_]?0*(\d+)$|^0*(\d+)$/, 'cp$1$2');
  const known = CODE_PAGES.find(page => page.replace(/^cp0+/, 'cp') === plain || page === plain);
  if (known === undefined)
    throw new ConfigError('HR_CODE_PAGE', `code page ${name} is not known; there are ${CODE_PAGES.join(', ')}`);
  const page = PAGES.get(known) ?? makeCodePage(known);
  PAGES.set(known, page);
  return page;
}

/** The byte of an ASCII character on this page; every page here has all of them. */
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
