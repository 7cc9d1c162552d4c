import type { SourcePlace } from './copybook-error.js';
import { endOf, literalOf, type TextWord } from './text-words.js';

/** A word, a literal (text without its quotes, prefix X for hexadecimal), a PICTURE string, the period or the end. */
export interface Token extends SourcePlace {
  readonly kind: 'word' | 'literal' | 'picture' | 'period' | 'end';
  readonly text: string;
  readonly prefix?: string;
}

/** Makes tokens of the text words of a file: words side by side are one, and what follows PICTURE is its string. */
export function tokenize(words: readonly TextWord[], file: string): readonly Token[] {
  const tokens: Token[] = [];
  let expectPicture = false;
  for (let index = 0; index < words.length;) {
    const end = wordEnd(words, index);
    const token = makeToken(words.slice(index, end), expectPicture);
    expectPicture = token.kind === 'word' && (/^PIC(?:TURE)?$/i.test(token.text) || (expectPicture && isIs(token)));
    tokens.push(token);
    index = end;
  }
  tokens.push({ kind: 'end', text: '', ...(endOf(words) ?? { file, line: 1, column: 1 }) });
  return tokens;
}

const isIs = (token: Token): boolean => token.text.toUpperCase() === 'IS';

/** A numeric literal, the decimal point a period. */
export const NUMERIC_LITERAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** A floating-point literal (Language Reference, "Numeric literals"): a mantissa with a point, and a power of ten of two digits at most. */
const FLOATING_LITERAL = /^([+-]?)(\d{0,34})\.(\d{1,34})E([+-]?\d{1,2})$/i;

/** The digits of a floating-point literal, its power of ten applied: 1.5E+2 is 150. Undefined for what is none. */
export function floatingDigits(text: string): string | undefined {
  const [, sign, whole = '', fraction = '', power] = FLOATING_LITERAL.exec(text) ?? [];
  if (power === undefined) return undefined;
  const zeros = '0'.repeat(Math.abs(Number(power)));
  const digits = `${zeros}${whole}${fraction}${zeros}`;
  const point = zeros.length + whole.length + Number(power);
  return `${sign}${digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0'}.${digits.slice(point)}`;
}

/** Where the comma is no decimal point `1,2,3` is three numbers: compilers take the comma without a space behind it. */
export function splitNumbers(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap(token => {
    if (token.kind !== 'word' || !token.text.includes(',')) return token;
    const numbers = token.text.split(',');
    if (!numbers.every(number => NUMERIC_LITERAL.test(number))) return token;
    let { column } = token;
    return numbers.map(text => {
      const number = { ...token, text, column };
      column += text.length + 1;
      return number;
    });
  });
}

/** Runs side by side go together. */
function wordEnd(words: readonly TextWord[], start: number): number {
  let end = start + 1;
  if (words[start]!.kind !== 'run') return end;
  while (end < words.length && words[end]!.kind === 'run' && !words[end]!.spaced) end++;
  return end;
}

function makeToken(words: readonly TextWord[], expectPicture: boolean): Token {
  const [first] = words as [TextWord];
  const { file, line, column, kind } = first;
  if (kind === 'period') return { kind, text: '.', file, line, column };
  if (kind === 'literal') {
    const { prefix, value } = literalOf(first);
    return { kind, text: value, prefix, file, line, column };
  }
  const text = words.map(word => word.text).join('');
  const isPicture = expectPicture && text.toUpperCase() !== 'IS';
  return { kind: isPicture ? 'picture' : 'word', text, file, line, column };
}
