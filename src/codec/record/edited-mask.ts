import type { EditedPicture } from './layout.js';

/*
 * The mask of an edited number as the loops see it, the same in C++ (native/codec/copybook-edit.h):
 *
 *   0  length of the mask, u32   4  the last character of the currency sign, u16   6  flags   7  characters before that
 *   8  the mask, a byte a symbol, then those characters, u16 each
 */
export const MASK = { length: 0, currency: 4, flags: 6, before: 7, symbols: 8 } as const;
export const MASK_FLAG = { decimalComma: 1, blankWhenZero: 2 } as const;

export function editedMask({ mask, decimalComma, currency }: EditedPicture, blankWhenZero: boolean): Uint8Array {
  const before = Buffer.from(currency.slice(0, -1), 'utf16le');
  const bytes = new Uint8Array(MASK.symbols + mask.length + before.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(MASK.length, mask.length, true);
  view.setUint16(MASK.currency, currency.charCodeAt(currency.length - 1), true);
  bytes[MASK.before] = before.length / 2;
  bytes[MASK.flags] = (decimalComma ? MASK_FLAG.decimalComma : 0) | (blankWhenZero ? MASK_FLAG.blankWhenZero : 0);
  bytes.set(Buffer.from(mask, 'latin1'), MASK.symbols);
  bytes.set(before, MASK.symbols + mask.length);
  return bytes;
}
