import { STATUS } from '../../model/index.js';
import { SHIFT_IN, SHIFT_OUT, type CodePage } from './code-page.js';
import { CHARSET, charsetOf, spaceOf } from './charset.js';
import { FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';

const OK = STATUS.ok.code;
const TOO_LONG = STATUS.tooLong.code;
const BAD_CHARACTER = STATUS.badCharacter.code;

/** Writes the code points of a text leaf at `offset`, spaces added; a status. A refused one may have written some bytes. */
export function writeText(
  leaf: LeafAt,
  page: CodePage,
  points: readonly number[],
  { bytes, offset }: { readonly bytes: Uint8Array; readonly offset: number },
): number {
  const { leaves, at } = leaf;
  const size = leaves[at + LEAF.size]!;
  const text = new TextBytes(size);
  const status = text.write(page, charsetOf(leaf), points);
  if (status !== OK) return status;
  const space = spaceOf(leaf, charsetOf(leaf));
  for (let index = 0; index < size; index++) bytes[offset + index] = space[index % space.length]!;
  bytes.set(text.bytes, offset + ((leaves[at + LEAF.flags]! & FLAG.justified) !== 0 ? size - text.bytes.length : 0));
  return OK;
}

/** Characters as bytes of one charset, at most `size` of them. The first character that has no place or does not fit ends it. */
export class TextBytes {
  readonly bytes: number[] = [];

  constructor(private readonly size: number) {}

  /** A status. */
  write(page: CodePage, charset: number, points: readonly number[]): number {
    switch (charset) {
      case CHARSET.single:
        return this.single(page, points);
      case CHARSET.mixed:
        return this.mixed(page, points);
      case CHARSET.pairs:
        return this.each(points, point => pairOf(page, point));
      case CHARSET.utf8:
        return this.each(points, point => (isScalar(point) ? [...Buffer.from(String.fromCodePoint(point))] : []));
      default:
        return this.each(points, utf16Of);
    }
  }

  /** More characters than bytes are too long, whatever they are. */
  private single(page: CodePage, points: readonly number[]): number {
    if (points.length > this.size) return TOO_LONG;
    return this.each(points, point => {
      const byte = page.fromUnicode.get(point);
      return byte === undefined ? [] : [byte];
    });
  }

  private each(points: readonly number[], bytesOf: (point: number) => readonly number[]): number {
    for (const point of points) {
      const bytes = bytesOf(point);
      if (bytes.length === 0) return BAD_CHARACTER;
      if (this.bytes.length + bytes.length > this.size) return TOO_LONG;
      this.bytes.push(...bytes);
    }
    return OK;
  }

  /** A character that has a single byte is written so; a run of pairs needs room for its shift-in. */
  private mixed(page: CodePage, points: readonly number[]): number {
    let isDouble = false;
    for (const point of points) {
      const byte = page.fromUnicode.get(point);
      const character = byte === undefined ? pairOf(page, point) : [byte];
      if (character.length === 0) return BAD_CHARACTER;
      const shifts = isDouble !== (byte === undefined);
      if (shifts) this.bytes.push(isDouble ? SHIFT_IN : SHIFT_OUT);
      isDouble = byte === undefined;
      this.bytes.push(...character);
      if (this.bytes.length + (isDouble ? 1 : 0) > this.size) return TOO_LONG;
    }
    if (isDouble) this.bytes.push(SHIFT_IN);
    return OK;
  }
}

function pairOf(page: CodePage, point: number): readonly number[] {
  const pair = page.pairs?.fromUnicode[point] ?? 0;
  return pair === 0 ? [] : [pair >> 8, pair & 0xff];
}

/** Whether it is a character, not half of a surrogate pair. */
export const isScalar = (point: number): boolean => point >= 0 && (point < 0xd800 || point > 0xdfff);

function utf16Of(point: number): readonly number[] {
  if (!isScalar(point)) return [];
  if (point < 0x10000) return [point >> 8, point & 0xff];
  const [high, low] = [0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff];
}

/** Stands for bytes that are no UTF-8; no page has it. */
const NO_POINT = -1;
const SMALLEST = [0, 0x80, 0x800, 0x10000] as const;

/** The code points of UTF-8; a byte that is none of it becomes NO_POINT. */
export function codePoints(utf8: Uint8Array): number[] {
  const points: number[] = [];
  for (let at = 0; at < utf8.length;) {
    const lead = utf8[at++]!;
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    const point = more < 0 ? NO_POINT : scalarOf(utf8, lead, at, more);
    points.push(point);
    if (point !== NO_POINT) at += more;
  }
  return points;
}

/** The point of a lead byte and the `more` bytes behind it; NO_POINT where they are too few, too many or a surrogate. */
function scalarOf(utf8: Uint8Array, lead: number, at: number, more: number): number {
  let point = more === 0 ? lead : lead & (0x3f >> more);
  for (let index = at; index < at + more; index++) {
    const byte = utf8[index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return NO_POINT;
    point = (point << 6) | (byte & 0x3f);
  }
  return point < SMALLEST[more]! || point > 0x10ffff || !isScalar(point) ? NO_POINT : point;
}
