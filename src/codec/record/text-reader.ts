import { NO_CHARACTER, SHIFT_IN, SHIFT_OUT, type CodePage } from './code-page.js';
import { CHARSET, charsetOf, spaceOf } from './charset.js';
import { FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';
import { TABLES } from './page-tables.js';

/** Where the text of a leaf at `offset` begins: behind the spaces that its trimming leaves out. */
export function textStart(leaf: LeafAt, bytes: Uint8Array, offset: number): number {
  const { leaves, at } = leaf;
  if ((leaves[at + LEAF.flags]! & FLAG.trimStart) === 0) return offset;
  const space = spaceOf(leaf, charsetOf(leaf));
  const end = offset + leaves[at + LEAF.size]!;
  let start = offset;
  while (start < end && isSpace(bytes, start, space)) start += space.length;
  return start;
}

/** Where it ends, not before `start`. */
export function textEnd(leaf: LeafAt, bytes: Uint8Array, offset: number, start: number): number {
  const { leaves, at } = leaf;
  let end = offset + leaves[at + LEAF.size]!;
  if ((leaves[at + LEAF.flags]! & FLAG.trimEnd) === 0) return end;
  const space = spaceOf(leaf, charsetOf(leaf));
  while (end > start && isSpace(bytes, end - space.length, space)) end -= space.length;
  return end;
}

function isSpace(bytes: Uint8Array, at: number, space: readonly number[]): boolean {
  for (let index = 0; index < space.length; index++) if (bytes[at + index] !== space[index]) return false;
  return true;
}

/** The text of a leaf at `offset`, trimmed; undefined where its bytes are no characters: the twin of native/codec/copybook-text.cc. */
export function readLeafText(leaf: LeafAt, page: CodePage, bytes: Uint8Array, offset: number): string | undefined {
  const start = textStart(leaf, bytes, offset);
  const text = bytes.subarray(start, textEnd(leaf, bytes, offset, start));
  switch (charsetOf(leaf)) {
    case CHARSET.utf16:
      return readUtf16(text);
    case CHARSET.pairs:
      return readPairs(page, text);
    case CHARSET.utf8:
      return readUtf8(text);
    default:
      return readMixed(page, text);
  }
}

/** The text of bytes that are of no plan, without trailing spaces; '' where they are no characters of the page. */
export function readText(page: CodePage, bytes: Uint8Array, offset: number, size: number): string {
  const field = bytes.subarray(offset, Math.min(offset + size, bytes.length));
  const text = page.form === 'utf8' ? readUtf8(field) : readMixed(page, field);
  return (text ?? '').replace(/ +$/, '');
}

/** Unpaired surrogates are no text. */
function readUtf16(bytes: Uint8Array): string | undefined {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) text += String.fromCharCode((bytes[at]! << 8) | bytes[at + 1]!);
  return /\p{Surrogate}/u.test(text) ? undefined : text;
}

function readPairs(page: CodePage, bytes: Uint8Array): string | undefined {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const point = page.pairs!.toUnicode[(bytes[at]! << 8) | bytes[at + 1]!]!;
    if (point === 0) return undefined;
    text += String.fromCharCode(point);
  }
  return text;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A character that the field cuts, or any other bytes that are no UTF-8, is no text. */
function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Single bytes, and pairs between SO and SI; text ends in single bytes. Of a single-byte page no byte is a shift. */
function readMixed({ toUnicode, pairs }: CodePage, bytes: Uint8Array): string | undefined {
  let text = '';
  let isDouble = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (pairs !== undefined && byte === (isDouble ? SHIFT_IN : SHIFT_OUT)) {
      isDouble = !isDouble;
      continue;
    }
    if (isDouble && at + 1 === bytes.length) return undefined;
    const point = isDouble ? pairs!.toUnicode[(byte << 8) | bytes[++at]!]! : toUnicode[byte]!;
    if (point === (isDouble ? 0 : NO_CHARACTER) || (pairs !== undefined && !isDouble && byte === SHIFT_IN))
      return undefined;
    text += String.fromCharCode(point);
  }
  return isDouble ? undefined : text;
}

/** The UTF-8 of single bytes, by a table of page-tables.ts whose entries are `width` long; returns where it ends. */
export function writeSingleBytes(
  { tables }: LeafAt,
  { table, width }: { table: number; width: number },
  source: { bytes: Uint8Array; start: number; end: number },
  to: { bytes: Uint8Array; at: number },
): number {
  let { at } = to;
  for (let index = source.start; index < source.end; index++) {
    const entry = table + source.bytes[index]! * width;
    for (let byte = 1; byte <= tables[entry]!; byte++) to.bytes[at++] = tables[entry + byte]!;
  }
  return at;
}

export const UTF8_TABLE = { table: TABLES.utf8, width: 4 } as const;
export const JSON_TABLE = { table: TABLES.json, width: 8 } as const;
