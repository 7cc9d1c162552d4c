import { hexValue, JSON_KIND, TAPE, type JsonTape } from './json-tape.js';
import { codePoints } from './text-writer.js';

const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const ESCAPED = new Map(
  Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(([letter, character]) => [
    letter.charCodeAt(0),
    character.charCodeAt(0),
  ]),
);

/** The code points of a string on the tape, its escapes resolved. A surrogate without its other half stays what it is. */
export function stringPoints(tape: JsonTape, node: number): number[] {
  const { ints, bytes } = tape;
  const [start, end] = [ints[node + TAPE.start]!, ints[node + TAPE.end]!];
  if (ints[node + TAPE.kind] === JSON_KIND.string) return codePoints(bytes.subarray(start, end));
  const points: number[] = [];
  let plain = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BACKSLASH) continue;
    points.push(...codePoints(bytes.subarray(plain, at)));
    const letter = bytes[++at]!;
    if (letter === SMALL_U) {
      addUnit(points, hex4(bytes, at + 1));
      at += 4;
    } else points.push(ESCAPED.get(letter) ?? letter);
    plain = at + 1;
  }
  points.push(...codePoints(bytes.subarray(plain, end)));
  return points;
}

function hex4(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let digit = 0; digit < 4; digit++) unit = (unit << 4) | hexValue(bytes[at + digit]!);
  return unit;
}

/** Adds a UTF-16 unit; a low surrogate joins the high one before it. */
function addUnit(points: number[], unit: number): void {
  const last = points.at(-1) ?? 0;
  const joins = unit >= 0xdc00 && unit <= 0xdfff && last >= 0xd800 && last <= 0xdbff;
  if (joins) points[points.length - 1] = 0x10000 + ((last - 0xd800) << 10) + (unit - 0xdc00);
  else points.push(unit);
}
