import type { Layout, LayoutItem, Leaf } from '../../record/index.js';

/*
 * The expression that reads a number of at most 15 digits: a sum of table entries, one for each byte, NaN when a byte is not valid
 * there. `b` is the bytes, `at` where the field begins.
 */

export type NumberLeaf = Exclude<Leaf, { kind: 'text' } | { kind: 'float' }>;
type Display = NumberLeaf & { kind: 'display' };
type Packed = NumberLeaf & { kind: 'packed' };
type Binary = NumberLeaf & { kind: 'binary' };

/** A part of the sum: what it is times, and the entry. */
interface Term {
  readonly entry: string;
  readonly exponent: number;
}

export interface ReadExpression {
  /** Digits from 10^border up, '' where there are none. */
  readonly high: string;
  readonly low: string;
  readonly border: number;
  /** What the sum is times. */
  readonly sign: string;
  /** Beyond this the picture has no place for it; 0 where nothing is checked. */
  readonly limit: bigint;
}

const PART_DIGITS = 15;
const DIGITS_MAX = 29;

/** Declarations of the tables that expressions name, those that `code` has, for the code page and the signs of a layout. */
export function tableDeclarations({ signNibbles }: Layout, codec: string, code: string): readonly string[] {
  const strict = signNibbles === 'strict';
  const tables = {
    DIGITS: `${codec}.display.digits`,
    OVERPUNCHED: `${codec}.display.overpunched`,
    SIGNS: `${codec}.display.signs`,
    SEPARATE: `${codec}.display.separate`,
    SIGNED_DIGIT: `LAST.${strict ? 'strictSigned' : 'signed'}.digit`,
    SIGNED_SIGN: `LAST.${strict ? 'strictSigned' : 'signed'}.sign`,
    UNSIGNED_DIGIT: `LAST.${strict ? 'strictUnsigned' : 'unsigned'}.digit`,
    UNSIGNED_SIGN: `LAST.${strict ? 'strictUnsigned' : 'unsigned'}.sign`,
    DIGIT_CHARACTERS: `${codec}.display.digitCharacters`,
    OVERPUNCHED_CHARACTERS: `${codec}.display.overpunchedCharacters`,
    SEPARATE_CHARACTERS: `${codec}.display.separateCharacters`,
    SIGNED_CHARACTERS: `LAST.${strict ? 'strictSigned' : 'signed'}.characters`,
    UNSIGNED_CHARACTERS: `LAST.${strict ? 'strictUnsigned' : 'unsigned'}.characters`,
    PAGE: `${codec}.page.toUnicode`,
  };
  const used = Object.entries(tables).filter(([name]) => new RegExp(`\\b${name}\\[`).test(code));
  return used.map(([name, value]) => `const ${name} = ${value};`);
}

/** The expression, or undefined for what only the runtime reads: national digits, floats, more than 29 digits, 16 bytes. */
export function readExpression(item: LayoutItem): ReadExpression | undefined {
  const leaf = item.leaf as NumberLeaf;
  if (leaf.kind === 'binary') return binary(item, leaf);
  if (leaf.digits > DIGITS_MAX) return undefined;
  if (leaf.kind === 'display')
    return leaf.national ? undefined : sums(displayTerms(item, leaf), displaySign(item, leaf));
  return sums(packedTerms(item, leaf), leaf.signNibble ? `${lastTable(leaf)}_SIGN[${byteAt(item.size - 1)}]!` : '');
}

/** The table of the byte that a packed number ends with. */
export const lastTable = ({ signed }: Packed): string => (signed ? 'SIGNED' : 'UNSIGNED');

/** Whether the first byte of a packed number has one digit: the picture has fewer than there is room for. */
export const hasSpare = ({ size }: LayoutItem, { digits, signNibble }: Packed): boolean =>
  size * 2 - (signNibble ? 1 : 0) > digits;

export const byteAt = (index: number): string => (index === 0 ? 'b[at]!' : `b[at + ${index}]!`);

function displayTerms({ size }: LayoutItem, { digits, sign }: Display): readonly Term[] {
  const start = sign === 'leading-separate' ? 1 : 0;
  const overpunched = sign === 'leading' ? 0 : sign === 'trailing' ? size - 1 : -1;
  return Array.from({ length: digits }, (_, index) => ({
    entry: `${index + start === overpunched ? 'OVERPUNCHED' : 'DIGITS'}[${byteAt(index + start)}]!`,
    exponent: digits - 1 - index,
  }));
}

function displaySign({ size }: LayoutItem, { sign }: Display): string {
  if (sign === 'none') return '';
  const at = byteAt(sign.startsWith('leading') ? 0 : size - 1);
  return sign.endsWith('separate') ? `SEPARATE[${at}]!` : `SIGNS[${at}]!`;
}

/** Two digits a byte; the last byte has one and the sign, and where the digits are not enough the first byte has one. */
function packedTerms(item: LayoutItem, leaf: Packed): readonly Term[] {
  const { size } = item;
  const odd = leaf.signNibble ? 1 : 0;
  const isSpare = hasSpare(item, leaf);
  return Array.from({ length: size }, (_, index) => {
    const exponent = (size - 1 - index) * 2 - odd;
    if (exponent < 0) return { entry: `${lastTable(leaf)}_DIGIT[${byteAt(index)}]!`, exponent: 0 };
    return { entry: `${index === 0 && isSpare ? 'SPARE' : 'PAIRS'}[${byteAt(index)}]!`, exponent };
  });
}

/** In two parts where there are more digits than one holds; a pair of digits is not parted. */
function sums(terms: readonly Term[], sign: string): ReadExpression {
  const isParted = terms.some(({ entry, exponent }) => exponent === PART_DIGITS - 1 && entry.startsWith('PAIRS'));
  const border = isParted ? PART_DIGITS - 1 : PART_DIGITS;
  const high = terms.filter(({ exponent }) => exponent >= border);
  return {
    high: sum(high.map(({ entry, exponent }) => ({ entry, exponent: exponent - border }))),
    low: sum(terms.filter(({ exponent }) => exponent < border)),
    border,
    sign,
    limit: 0n,
  };
}

function sum(terms: readonly Term[]): string {
  return terms.map(({ entry, exponent }) => (exponent === 0 ? entry : `${entry} * 1e${exponent}`)).join(' + ');
}

const BYTES_EXACT = 6;

const needsWords = (size: number, leaf: Binary): boolean =>
  size > BYTES_EXACT && (binaryLimit(leaf) === 0n || leaf.digits > PART_DIGITS);

/** Whether an item is a binary number of two words: seven or eight bytes that a double may not hold. */
export const isWords = ({ size, leaf }: LayoutItem): boolean =>
  leaf?.kind === 'binary' && size <= 8 && needsWords(size, leaf);

function binary({ size }: LayoutItem, leaf: Binary): ReadExpression | undefined {
  if (needsWords(size, leaf)) return undefined;
  const { signed, littleEndian } = leaf;
  const terms = Array.from({ length: size }, (_, power) => {
    const byte = byteAt(littleEndian ? power : size - 1 - power);
    const entry = signed && power === size - 1 ? `((${byte} << 24) >> 24)` : byte;
    return power === 0 ? entry : `${entry} * ${2 ** (8 * power)}`;
  });
  return { high: '', low: terms.join(' + '), border: 0, sign: '', limit: binaryLimit(leaf) };
}

/** Beyond this a binary number has no place in its picture; 0 where its bytes are what counts. */
export const binaryLimit = ({ digits, fullRange, fullRangeRead }: Binary): bigint =>
  fullRange || fullRangeRead === true ? 0n : 10n ** BigInt(digits) - 1n;

/** A binary number of seven or eight bytes, which a double does not hold: its upper word, with the sign, and its lower one. */
export function wordExpressions(
  { size }: LayoutItem,
  { signed, littleEndian }: Binary,
): { readonly high: string; readonly low: string } {
  const bytes = Array.from({ length: size }, (_, power) => byteAt(littleEndian ? power : size - 1 - power));
  const word = (from: number, to: number): string =>
    bytes
      .slice(from, to)
      .map((byte, power) => (power === 0 ? byte : `(${byte} << ${power * 8})`))
      .reverse()
      .join(' | ');
  const spareBits = (8 - size) * 8;
  const high = word(4, size);
  const signedHigh = spareBits === 0 ? high : `((${high}) << ${spareBits}) >> ${spareBits}`;
  return { high: signed ? signedHigh : `(${high}) >>> 0`, low: `(${word(0, 4)}) >>> 0` };
}
