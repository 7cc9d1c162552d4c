import { byteOf, NO_CHARACTER, type CodePage } from './code-page.js';
import { digitTable, signBytes, signTable, type SignDialect } from './sign.js';

/*
 * What the loops need of a code page and sign dialect, in one block of bytes that C++ and the twin share:
 *
 *      0  digits   256       the digit of a byte, or NO_DIGIT
 *    256  signs    256       the digit and NEGATIVE of a byte that carries the sign, or NO_DIGIT
 *    512  utf8     256 x 4   length, then up to three bytes of UTF-8
 *   1536  json     256 x 8   length, then the bytes inside a JSON string
 *   3584  signed    20       the byte of digit 0-9 with plus, then with minus
 *   3604  digit     10       the byte of digit 0-9
 *   3614  space, plus, minus, 1 if EBCDIC
 *   3618  form              of text: 0 one byte a character, 1 mixed, 2 UTF-8
 *   3620  reverseCount  u16
 *   3624  reverse   256 x 4  pairs (u16 code point, u16 byte), by code point
 *
 * A byte without a character has length 0. The double-byte part of a mixed page is a block of its own (double-byte.ts).
 */
export const TABLES = {
  digits: 0,
  signs: 256,
  utf8: 512,
  json: 1536,
  signedBytes: 3584,
  digitBytes: 3604,
  space: 3614,
  plus: 3615,
  minus: 3616,
  ebcdic: 3617,
  form: 3618,
  reverseCount: 3620,
  reverse: 3624,
  sizeBytes: 3624 + 1024,
} as const;

/** Of a page without a double-byte part. */
export const NO_PAIRS = new Uint8Array(0);

export const FORM = { single: 0, mixed: 1, utf8: 2 } as const;

const MADE = new Map<string, Uint8Array>();

/** The tables of a page and dialect, made once; nobody writes to them. */
export function pageTables(page: CodePage, dialect: SignDialect): Uint8Array {
  const key = `${page.name} ${dialect}`;
  const tables = MADE.get(key) ?? makeTables(page, dialect);
  MADE.set(key, tables);
  return tables;
}

function makeTables(page: CodePage, dialect: SignDialect): Uint8Array {
  const tables = new Uint8Array(TABLES.sizeBytes);
  tables.set(digitTable(page), TABLES.digits);
  tables.set(signTable(page, dialect), TABLES.signs);
  tables.set(signBytes(page, dialect), TABLES.signedBytes);
  for (let digit = 0; digit < 10; digit++) tables[TABLES.digitBytes + digit] = byteOf(page, String(digit));
  tables.set([byteOf(page, ' '), byteOf(page, '+'), byteOf(page, '-'), page.ebcdic ? 1 : 0], TABLES.space);
  tables[TABLES.form] = FORM[page.form];
  page.toUnicode.forEach((point, byte) => {
    if (point !== NO_CHARACTER) fillCharacter(tables, byte, String.fromCharCode(point));
  });
  fillReverse(tables, page);
  return tables;
}

function fillCharacter(tables: Uint8Array, byte: number, character: string): void {
  const utf8 = Buffer.from(character);
  tables.set([utf8.length, ...utf8], TABLES.utf8 + byte * 4);
  const escaped = Buffer.from(JSON.stringify(character).slice(1, -1));
  tables.set([escaped.length, ...escaped], TABLES.json + byte * 8);
}

function fillReverse(tables: Uint8Array, page: CodePage): void {
  const view = new DataView(tables.buffer);
  const pairs = [...page.fromUnicode].sort((a, b) => a[0] - b[0]);
  view.setUint16(TABLES.reverseCount, pairs.length, true);
  pairs.forEach(([point, byte], index) => {
    view.setUint16(TABLES.reverse + index * 4, point, true);
    view.setUint16(TABLES.reverse + index * 4 + 2, byte, true);
  });
}
