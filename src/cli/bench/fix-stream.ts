/** Just enough FIX for a load thread: frames of a byte stream and single fields, with nothing verified that costs time. */
const SOH = 1;
const ZERO = 0x30;
const EQUALS = 0x3d;
/** "8=FIX.4.4|9=" is where BodyLength begins at the earliest. */
const BEGIN_MIN = 12;
/** "10=000|" after the body. */
const TRAILER_BYTES = 7;

/** Offset of the value of `tag` between two offsets, or -1. Looks for SOH, tag, '='. */
export function valueOffset(bytes: Uint8Array, start: number, end: number, tag: string): number {
  for (let at = bytes.indexOf(SOH, start); at >= 0 && at < end; at = bytes.indexOf(SOH, at + 1)) {
    let index = 0;
    while (index < tag.length && bytes[at + 1 + index] === tag.charCodeAt(index)) index++;
    if (index === tag.length && bytes[at + 1 + index] === EQUALS) return at + index + 2;
  }
  return -1;
}

/** The text of a field, or an empty string. */
export function valueText(bytes: Uint8Array, start: number, end: number, tag: string): string {
  const from = valueOffset(bytes, start, end, tag);
  if (from < 0) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    from,
    bytes.indexOf(SOH, from),
  );
}

export type FrameVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/** Cuts a TCP stream into messages; an unfinished one waits for the next chunk. */
export class FixStream {
  #rest: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array, visit: FrameVisitor): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = endOfMessage(bytes, start); end > 0; end = endOfMessage(bytes, start)) {
      visit(bytes, start, end);
      start = end;
    }
    this.#rest = bytes.subarray(start);
  }
}

/** Where the message that starts here ends, or -1 while bytes are missing. */
function endOfMessage(bytes: Uint8Array, start: number): number {
  if (bytes.length - start < BEGIN_MIN) return -1;
  const length = bytes.indexOf(SOH, start) + 3;
  const lengthEnd = bytes.indexOf(SOH, length);
  if (length < 3 || lengthEnd < 0) return -1;
  let bodyLength = 0;
  for (let at = length; at < lengthEnd; at++) bodyLength = bodyLength * 10 + ((bytes[at] ?? 0) - ZERO);
  const end = lengthEnd + 1 + bodyLength + TRAILER_BYTES;
  return end <= bytes.length ? end : -1;
}
