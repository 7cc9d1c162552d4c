import type { Charset, CodePage, Layout } from '../../src/codec/index.js';
import type { SeededRandom } from './fuzz.js';

const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const POINTS = [
  0x20, 0x22, 0x5c, 0x00, 0x1f, 0x41, 0xe9, 0x3b1, 0x20ac, 0x3000, 0x65e5, 0xd7ff, 0xfffd, 0x1f600, 0x10ffff,
];

/** Characters that some page has and another has not; now and then half a surrogate pair. */
export function makeText(random: SeededRandom, page: CodePage): string {
  const pick = (): string => {
    if (random.below(40) === 0) return String.fromCharCode(0xd800 + random.below(0x800));
    if (random.below(3) === 0) return String.fromCodePoint(random.pick(POINTS));
    if (page.pairs !== undefined && random.below(2) === 0)
      return String.fromCharCode(page.pairs.toUnicode[0x4141 + random.below(0x3000)]!);
    return String.fromCharCode(page.toUnicode[random.below(256)]!);
  };
  return Array.from({ length: random.below(12) }, pick).join('');
}

/** Puts text into most of the text items of a record. */
export function putTexts(random: SeededRandom, { codePage, items }: Layout, record: Uint8Array): void {
  for (const { leaf, offset, size } of items)
    if (leaf?.kind === 'text' && random.below(3) > 0)
      record.set(makeTextBytes(random, codePage, leaf.charset, size), offset);
}

/** Bytes that hold text of a charset, perhaps cut where the item ends, or with a byte that belongs to none. */
function makeTextBytes(random: SeededRandom, page: CodePage, charset: Charset, size: number): Uint8Array {
  const bytes = Buffer.alloc(size, page.ebcdic ? 0x40 : 0x20);
  const text = makeText(random, page);
  const source =
    charset === 'utf16'
      ? Buffer.from(text, 'utf16le').swap16()
      : charset === 'page' && page.form === 'utf8'
        ? Buffer.from(text)
        : Buffer.from(Array.from(text, character => pageBytes(page, charset, character)).flat());
  if (charset === 'utf16') for (let at = 0; at < size; at += 2) bytes.writeUInt16BE(0x20, at);
  source.copy(bytes, random.below(4) === 0 && size > 4 ? 2 : 0);
  if (size > 0 && random.below(6) === 0)
    bytes[random.below(size)] = random.pick([SHIFT_OUT, SHIFT_IN, 0, 0x40, 0xd8, 0xc0, 0xff]);
  return bytes;
}

function pageBytes(page: CodePage, charset: Charset, character: string): number[] {
  const point = character.codePointAt(0)!;
  const pair = page.pairs?.fromUnicode[point] ?? 0;
  const double = [pair >> 8, pair & 0xff];
  if (charset === 'dbcs') return double;
  const byte = page.fromUnicode.get(point);
  if (byte !== undefined) return [byte];
  return pair === 0 ? [] : [SHIFT_OUT, ...double, SHIFT_IN];
}
