/** A symbol of a PICTURE string with its repetition count; the currency sign is `$`, the decimal point `.` and the comma `,`. */
export interface PicturePart {
  readonly symbol: string;
  readonly count: number;
  readonly index: number; // in the string, from 0
  readonly currency?: string; // what stands for a `$`
}

/** Why a PICTURE is refused, and at which of its characters (from 0). */
export interface PictureProblem {
  readonly problem: string;
  readonly index: number;
}

/** SPECIAL-NAMES: DECIMAL-POINT IS COMMA, and CURRENCY SIGN, by its symbol in a PICTURE, which may stand for several characters. */
export interface SpecialNames {
  readonly decimalComma: boolean;
  readonly currencies: ReadonlyMap<string, string>;
}

const SYMBOLS = 'AX9SVPNGZ*+-,./B0';
const REFUSED: Readonly<Record<string, string>> = {
  U: 'UTF-8 (PIC U) items are not supported',
  E: 'external floating-point pictures (E) are not supported',
  '1': 'bit (PIC 1) items are not supported',
};
const SWAPPED: Readonly<Record<string, string>> = { '.': ',', ',': '.' };

/** Splits a PICTURE string into its symbols. */
export function splitPicture(text: string, rules: SpecialNames): PicturePart[] | PictureProblem {
  const parts: PicturePart[] = [];
  for (let index = 0; index < text.length;) {
    const symbol = symbolAt(text, index, rules);
    if (typeof symbol !== 'string') return symbol;
    const repeated = repetition(text, index + symbol.length);
    if ('problem' in repeated) return repeated;
    const currency = symbol === '$' ? { currency: rules.currencies.get(text[index]!)! } : {};
    parts.push({ symbol, count: repeated.count, index, ...currency });
    index = repeated.end;
  }
  return parts;
}

function symbolAt(text: string, index: number, { decimalComma, currencies }: SpecialNames): string | PictureProblem {
  if (currencies.has(text[index]!)) return '$';
  const pair = text.slice(index, index + 2).toUpperCase();
  if (pair === 'CR' || pair === 'DB') return pair;
  const symbol = pair[0]!;
  if (decimalComma && symbol in SWAPPED) return SWAPPED[symbol]!;
  if (SYMBOLS.includes(symbol)) return symbol;
  const expected = [...SYMBOLS, ...currencies.keys(), 'CR', 'DB'].join(' ');
  return { problem: REFUSED[symbol] ?? `${text[index]} is no PICTURE symbol; expected one of ${expected}`, index };
}

function repetition(text: string, at: number): { count: number; end: number } | PictureProblem {
  if (text[at] !== '(') return { count: 1, end: at };
  const match = /^\((\d{1,9})\)/.exec(text.slice(at, at + 12));
  if (match === null) return { problem: 'expected a repetition count such as (5)', index: at };
  const count = Number(match[1]);
  return count > 0 ? { count, end: at + match[0].length } : { problem: 'a repetition count is at least 1', index: at };
}

/** How often a symbol stands in the parts, repetitions counted. */
export function countOf(parts: readonly PicturePart[], symbol: string): number {
  return parts.reduce((sum, part) => sum + (part.symbol === symbol ? part.count : 0), 0);
}
