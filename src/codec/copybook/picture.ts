export type PictureCategory = 'alphanumeric' | 'numeric' | 'edited';

/** What a PICTURE string says. `size` counts character positions, without S, V and P. */
export interface Picture {
  readonly text: string;
  readonly category: PictureCategory;
  readonly size: number;
  readonly digits: number;
  readonly scale: number; // negative where P stands on the right
  readonly signed: boolean;
}

/** Why a PICTURE is refused, and at which of its characters (from 0). */
export interface PictureProblem {
  readonly problem: string;
  readonly index: number;
}

interface Part {
  readonly symbol: string;
  readonly count: number;
  readonly index: number;
}

const DIGITS_MAX = 38;
const SIZE_MAX = 1 << 28;
const SYMBOLS = 'AX9SVPZ*+-$,./B0';
const REFUSED: Readonly<Record<string, string>> = {
  N: 'national (PIC N) items are not supported',
  G: 'DBCS (PIC G) items are not supported',
  U: 'UTF-8 (PIC U) items are not supported',
  E: 'external floating-point pictures (E) are not supported',
  '1': 'bit (PIC 1) items are not supported',
};

/** Reads a PICTURE string: its category, size, digits and scale, or the problem and where it is. */
export function parsePicture(text: string): Picture | PictureProblem {
  const parts = splitParts(text.toUpperCase());
  if ('problem' in parts) return parts;
  const symbols = new Set(parts.map(part => part.symbol));
  const only = (allowed: string): boolean => [...symbols].every(symbol => allowed.includes(symbol));
  const size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (size > SIZE_MAX) return { problem: `the item is larger than ${SIZE_MAX} bytes`, index: 0 };
  if (only('9SVP')) return numericPicture(text, parts);
  if (symbols.has('S')) return misplaced(parts, 'S', 'S stands only in numeric pictures');
  if (only('AX9')) return { text, category: 'alphanumeric', size, digits: 0, scale: 0, signed: false };
  return editedPicture(text, parts, size);
}

function misplaced(parts: readonly Part[], symbol: string, problem: string): PictureProblem {
  return { problem, index: parts.find(part => part.symbol === symbol)?.index ?? 0 };
}

function sizeOf(part: Part): number {
  if (part.symbol === 'S' || part.symbol === 'V' || part.symbol === 'P') return 0;
  return part.symbol.length * part.count; // CR and DB take two positions
}

function splitParts(text: string): Part[] | PictureProblem {
  const parts: Part[] = [];
  for (let index = 0; index < text.length;) {
    const pair = text.slice(index, index + 2);
    const symbol = pair === 'CR' || pair === 'DB' ? pair : text[index]!;
    if (symbol.length === 1 && !SYMBOLS.includes(symbol)) {
      const refused = REFUSED[symbol] ?? `${symbol} is no PICTURE symbol; expected one of ${[...SYMBOLS].join(' ')}`;
      return { problem: refused, index };
    }
    const repeated = repetition(text, index + symbol.length);
    if ('problem' in repeated) return repeated;
    parts.push({ symbol, count: repeated.count, index });
    index = repeated.end;
  }
  return parts;
}

function repetition(text: string, at: number): { count: number; end: number } | PictureProblem {
  if (text[at] !== '(') return { count: 1, end: at };
  const match = /^\((\d{1,9})\)/.exec(text.slice(at, at + 12));
  if (match === null) return { problem: 'expected a repetition count such as (5)', index: at };
  const count = Number(match[1]);
  return count > 0 ? { count, end: at + match[0].length } : { problem: 'a repetition count is at least 1', index: at };
}

const once = (parts: readonly Part[], symbol: string): boolean =>
  parts.filter(part => part.symbol === symbol).reduce((sum, part) => sum + part.count, 0) <= 1;

function numericPicture(text: string, parts: readonly Part[]): Picture | PictureProblem {
  if (!once(parts, 'S')) return misplaced(parts, 'S', 'S stands once');
  if (!once(parts, 'V')) return misplaced(parts, 'V', 'V stands once');
  const signed = parts.some(part => part.symbol === 'S');
  if (signed && parts[0]!.symbol !== 'S') return misplaced(parts, 'S', 'S stands first');
  const scaled = numericScale(signed ? parts.slice(1) : parts);
  if ('problem' in scaled) return scaled;
  const { digits, scale } = scaled;
  if (digits === 0) return { problem: 'a numeric picture has at least one 9', index: 0 };
  if (digits + Math.max(0, -scale) > DIGITS_MAX || scale > DIGITS_MAX)
    return { problem: `a number has at most ${DIGITS_MAX} digits`, index: 0 };
  return { text, category: 'numeric', size: digits, digits, scale, signed };
}

/** Digits and scale of 9, V and P: P stands at one end, and where it does V is implied on its outer side. */
function numericScale(parts: readonly Part[]): { digits: number; scale: number } | PictureProblem {
  const sequence = parts.filter(part => part.symbol !== 'V');
  const runs = sequence.filter((part, index) => part.symbol !== sequence[index - 1]?.symbol);
  const pRuns = runs.filter(part => part.symbol === 'P');
  if (pRuns.length > 1 || runs.length > 2)
    return { problem: 'P stands at one end of the picture', index: pRuns[0]!.index };
  const count = (symbol: string, of: readonly Part[]): number =>
    of.filter(part => part.symbol === symbol).reduce((sum, part) => sum + part.count, 0);
  const v = parts.findIndex(part => part.symbol === 'V');
  const [digits, pCount] = [count('9', parts), count('P', parts)];
  if (pCount === 0) return { digits, scale: v < 0 ? 0 : count('9', parts.slice(v)) };
  const leading = runs[0]!.symbol === 'P';
  const outside = leading ? v <= 0 : v < 0 || v === parts.length - 1;
  if (!outside) return { problem: 'V stands on the outer side of P', index: parts[v]!.index };
  return { digits, scale: leading ? pCount + digits : -pCount };
}

/** Edited items are text to us: only their size matters. They need at least one position that can hold a value. */
function editedPicture(text: string, parts: readonly Part[], size: number): Picture | PictureProblem {
  for (const [symbol, name] of [
    ['V', 'V'],
    ['.', 'the decimal point'],
  ] as const)
    if (!once(parts, symbol)) return misplaced(parts, symbol, `${name} stands once`);
  if (!parts.some(part => 'AX9Z*+-$'.includes(part.symbol)))
    return { problem: 'the picture has no position for a character or digit', index: 0 };
  return { text, category: 'edited', size, digits: 0, scale: 0, signed: false };
}
