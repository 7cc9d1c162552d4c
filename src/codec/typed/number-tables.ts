import { digitCharacters, pairCharacters, signCharacters } from './character-tables.js';
import { NEGATIVE, NO_DIGIT, pageTables, TABLES, type CodePage, type SignDialect } from '../record/index.js';

/*
 * What generated code computes a number of at most 15 digits with: a double for each byte, NaN where the byte has no place there.
 * A sum of such entries times powers of ten is exact below 2^53, or NaN as soon as one byte is wrong, without a branch a byte.
 */

/** Of packed numbers: the two digits of a byte; the lower alone where the upper nibble is spare and zero. */
export const PAIRS = fill(byte => (byte >> 4 <= 9 && (byte & 15) <= 9 ? (byte >> 4) * 10 + (byte & 15) : NaN));
export const SPARE = fill(byte => (byte <= 9 ? byte : NaN));
export const PAIR_CHARACTERS = pairCharacters(PAIRS);
export const SPARE_CHARACTERS = digitCharacters(SPARE);

/** The last byte of a packed number: its digit, and 1 or -1. Non-preferred signs (A, B, E) are none where `strict`. */
export interface LastByte {
  readonly digit: Float64Array;
  readonly sign: Float64Array;
  readonly characters: Int32Array;
}

function lastByte(signed: boolean, strict: boolean): LastByte {
  const isSign = (nibble: number): boolean =>
    strict ? nibble === 0xc || nibble === 0xd || nibble === 0xf : nibble >= 0xa;
  const isMinus = (nibble: number): boolean => nibble === 0xd || nibble === 0xb;
  const holds = (byte: number): boolean => byte >> 4 <= 9 && isSign(byte & 15) && (signed || !isMinus(byte & 15));
  const digit = fill(byte => (holds(byte) ? byte >> 4 : NaN));
  const sign = fill(byte => (isMinus(byte & 15) ? -1 : 1));
  return { digit, sign, characters: digitCharacters(digit, sign) };
}

export const LAST = {
  signed: lastByte(true, false),
  unsigned: lastByte(false, false),
  strictSigned: lastByte(true, true),
  strictUnsigned: lastByte(false, true),
} as const;

/** Of DISPLAY numbers on a code page: the digit of a byte, digit and sign of an overpunched one, and a sign that stands alone. */
export interface DisplayTables {
  readonly digits: Float64Array;
  readonly overpunched: Float64Array;
  readonly signs: Float64Array; // 1 or -1 of an overpunched byte
  readonly separate: Float64Array; // 1 or -1, NaN for any other byte
  readonly digitCharacters: Int32Array;
  readonly overpunchedCharacters: Int32Array;
  readonly separateCharacters: Int32Array;
}

export function displayTables(page: CodePage, dialect: SignDialect): DisplayTables {
  const tables = pageTables(page, dialect);
  const digit = (byte: number, from: number): number =>
    tables[from + byte] === NO_DIGIT ? NaN : tables[from + byte]! & 15;
  const digits = fill(byte => digit(byte, TABLES.digits));
  const overpunched = fill(byte => digit(byte, TABLES.signs));
  const signs = fill(byte => ((tables[TABLES.signs + byte]! & NEGATIVE) !== 0 ? -1 : 1));
  const separate = fill(byte => (byte === tables[TABLES.plus] ? 1 : byte === tables[TABLES.minus] ? -1 : NaN));
  return {
    digits,
    overpunched,
    signs,
    separate,
    digitCharacters: digitCharacters(digits),
    overpunchedCharacters: digitCharacters(overpunched, signs),
    separateCharacters: signCharacters(separate),
  };
}

function fill(entry: (byte: number) => number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, byte) => entry(byte));
}
