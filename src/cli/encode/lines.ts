import type { LineBatch } from '../../codec/index.js';
import { DecodeError } from '../../model/index.js';
import type { Input } from '../decode/input.js';

const CHUNK_SIZE = 1 << 18;
/** The text of one record: the widest copybook stays far below it. */
const LINE_SIZE_MAX = 1 << 28;
const [NEWLINE, CARRIAGE_RETURN] = [0x0a, 0x0d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09;

/** Takes the lines of a batch; false ends the reading. */
export type LineVisitor = (batch: LineBatch, bytesRead: number) => Promise<boolean>;

/** Reads lines batch by batch into one buffer, which is no larger than it must be for the longest; empty lines are passed over. */
export async function eachLines(input: Input, visit: LineVisitor): Promise<void> {
  let buffer = new Uint8Array(CHUNK_SIZE * 2);
  let [held, number, read] = [0, 1, 0];
  for (let ended = false; !ended;) {
    if (held === buffer.length) buffer = larger(buffer, number);
    const count = await input.read(buffer.subarray(held));
    ended = count === 0;
    if (read === 0) held = withoutMark(buffer, count);
    else held += count;
    read += count;
    const { batch, consumed, lines } = linesOf(buffer, held, number, ended);
    number += lines;
    if (batch.numbers.length > 0 && !(await visit(batch, read))) return;
    buffer.copyWithin(0, consumed, held);
    held -= consumed;
  }
}

function larger(buffer: Uint8Array, number: number): Uint8Array<ArrayBuffer> {
  if (buffer.length >= LINE_SIZE_MAX)
    throw new DecodeError('HR_LINE', `line ${number} is longer than ${LINE_SIZE_MAX} bytes`);
  const next = new Uint8Array(buffer.length * 2);
  next.set(buffer);
  return next;
}

/** Some editors begin UTF-8 with a mark, which is no part of JSON. */
function withoutMark(buffer: Uint8Array, count: number): number {
  if (!BYTE_ORDER_MARK.every((byte, at) => at < count && buffer[at] === byte)) return count;
  buffer.copyWithin(0, BYTE_ORDER_MARK.length, count);
  return count - BYTE_ORDER_MARK.length;
}

/** The lines of some bytes, the first of them with a number; what follows the last line end is one when the text has ended. */
export function linesOf(
  bytes: Uint8Array,
  held: number,
  first: number,
  ended: boolean,
): { batch: LineBatch; consumed: number; lines: number } {
  const batch = { bytes, starts: [] as number[], ends: [] as number[], numbers: [] as number[] };
  let [from, lines] = [0, 0];
  while (from < held) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 || newline >= held ? held : newline;
    if (end === held && !ended && (newline < 0 || newline >= held)) break;
    const to = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (!isEmpty(bytes, from, to)) {
      batch.starts.push(from);
      batch.ends.push(to);
      batch.numbers.push(first + lines);
    }
    lines++;
    from = Math.min(end + 1, held);
  }
  return { batch, consumed: from, lines };
}

function isEmpty(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isSpace(bytes[at]!)) return false;
  return true;
}
