import { STATUS } from '../../model/index.js';
import type { CodePage } from './code-page.js';
import { FLAG, LEAF } from './leaf.js';
import type { LeafAt } from './number.js';
import { TABLES } from './page-tables.js';

/** Writes the code points of a text leaf at `offset`, spaces added; a status. A refused one may have written some bytes. */
export function writeText(
  leaf: LeafAt,
  page: CodePage,
  points: readonly number[],
  { bytes, offset }: { readonly bytes: Uint8Array; readonly offset: number },
): number {
  const { leaves, at, tables } = leaf;
  const size = leaves[at + LEAF.size]!;
  if (points.length > size) return STATUS.tooLong.code;
  bytes.fill(tables[TABLES.space]!, offset, offset + size);
  const start = offset + ((leaves[at + LEAF.flags]! & FLAG.justified) !== 0 ? size - points.length : 0);
  for (let index = 0; index < points.length; index++) {
    const byte = page.fromUnicode.get(points[index]!);
    if (byte === undefined) return STATUS.badCharacter.code;
    bytes[start + index] = byte;
  }
  return STATUS.ok.code;
}

const NO_POINT = 0xfffd;

/** The code points of UTF-8; a byte that is none of it becomes U+FFFD, which no page has. */
export function codePoints(utf8: Uint8Array): number[] {
  const points: number[] = [];
  for (let at = 0; at < utf8.length;) {
    const lead = utf8[at++]!;
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    const rest = more > 0 ? utf8.subarray(at, at + more) : utf8.subarray(at, at);
    if (more < 0 || rest.length < more || rest.some(byte => (byte & 0xc0) !== 0x80)) {
      points.push(NO_POINT);
      continue;
    }
    let point = more === 0 ? lead : lead & (0x3f >> more);
    for (const byte of rest) point = (point << 6) | (byte & 0x3f);
    points.push(point);
    at += more;
  }
  return points;
}
