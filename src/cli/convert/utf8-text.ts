/** What stands for bytes that are no UTF-8, and its own bytes. */
const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

const [LEAD, LEAD_OF_3, LEAD_OF_4] = [0xc0, 0xe0, 0xf0];
const ASCII_MAX = 0x7f;
const CUT_SIZE_MAX = 3;

/** How many bytes of UTF-8 there are without a character that the end cuts. */
export function wholeSize(bytes: Uint8Array): number {
  for (let cut = 1; cut <= Math.min(CUT_SIZE_MAX, bytes.length); cut++) {
    const byte = bytes[bytes.length - cut]!;
    if (byte >= LEAD) return cut < sizeOf(byte) ? bytes.length - cut : bytes.length;
    if (byte <= ASCII_MAX) break;
  }
  return bytes.length;
}

function sizeOf(lead: number): number {
  if (lead >= LEAD_OF_4) return 4;
  return lead >= LEAD_OF_3 ? 3 : 2;
}

/** The text before the first byte that is no UTF-8; all of it where there is none. */
export function textBeforeFault(bytes: Buffer): string {
  const text = bytes.toString();
  let [from, offset] = [0, 0];
  for (let at = text.indexOf(REPLACEMENT); at >= 0; at = text.indexOf(REPLACEMENT, from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    const end = offset + REPLACEMENT_BYTES.length;
    if (!bytes.subarray(offset, end).equals(REPLACEMENT_BYTES)) return text.slice(0, at);
    from = at + 1;
    offset = end;
  }
  return text;
}
