import { byteOf, type CodePage } from './code-page.js';

/** Which characters carry digit and sign of an overpunched DISPLAY number. `gnucobol` and `mf` are for ASCII pages. */
export type SignDialect = 'ebcdic' | 'gnucobol' | 'mf';

export const SIGN_DIALECTS: readonly SignDialect[] = ['ebcdic', 'gnucobol', 'mf'];

export const NO_DIGIT = 0xff;
export const NEGATIVE = 0x80;

/*
 * Digits 0-9 with their sign, each table from its own manual:
 *   ebcdic    {ABCDEFGHI  }JKLMNOPQR   the zone C or D over the digit (IBM Enterprise COBOL, USAGE DISPLAY)
 *   gnucobol  0123456789  pqrstuvwxy   bit 6 of the ASCII digit is set when negative (libcob, cob_put_sign_ascii)
 *   mf        0123456789  pqrstuvwxy   Micro Focus SIGN"ASCII" writes the same letters
 */
const LETTERS: Readonly<Record<SignDialect, readonly [positive: string, negative: string]>> = {
  ebcdic: ['{ABCDEFGHI', '}JKLMNOPQR'],
  gnucobol: ['0123456789', 'pqrstuvwxy'],
  mf: ['0123456789', 'pqrstuvwxy'],
};

/** The bytes written for a digit with its sign: ten positive, then ten negative. On EBCDIC pages it is the zone, C or D. */
export function signBytes(page: CodePage, dialect: SignDialect): Uint8Array {
  if (page.ebcdic)
    return Uint8Array.from({ length: 20 }, (_, index) => (index < 10 ? 0xc0 + index : 0xd0 + index - 10));
  const [positive, negative] = LETTERS[dialect];
  return Uint8Array.from([...positive, ...negative], letter => byteOf(page, letter));
}

/** Per byte: the digit, with NEGATIVE when it says minus, or NO_DIGIT. A plain digit is positive in every dialect. */
export function signTable(page: CodePage, dialect: SignDialect): Uint8Array {
  const table = digitTable(page);
  if (page.ebcdic) addZones(table);
  signBytes(page, dialect).forEach((byte, index) => (table[byte] = index < 10 ? index : (index - 10) | NEGATIVE));
  return table;
}

// The hardware takes the zones A, C, E and F as plus, B and D as minus; files hold them all.
function addZones(table: Uint8Array): void {
  for (let digit = 0; digit < 10; digit++) {
    for (const zone of [0xa0, 0xc0, 0xe0]) table[zone | digit] = digit;
    for (const zone of [0xb0, 0xd0]) table[zone | digit] = digit | NEGATIVE;
  }
}

/** Per byte: the digit it is, or NO_DIGIT. */
export function digitTable(page: CodePage): Uint8Array {
  const table = new Uint8Array(256).fill(NO_DIGIT);
  for (let digit = 0; digit < 10; digit++) table[byteOf(page, String(digit))] = digit;
  return table;
}
