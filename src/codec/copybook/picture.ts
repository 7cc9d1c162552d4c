import { editNumber } from './edited-number.js';
import { countOf, splitPicture, type PicturePart, type PictureProblem, type SpecialNames } from './picture-parts.js';

export type PictureCategory =
  'alphanumeric' | 'alphanumeric-edited' | 'numeric' | 'numeric-edited' | 'national' | 'national-edited' | 'dbcs';

/** What a PICTURE string says. `size` counts character positions, without S, V and P. */
export interface Picture {
  readonly text: string;
  readonly category: PictureCategory;
  readonly size: number;
  readonly digits: number;
  readonly scale: number; // negative where P stands on the right
  readonly signed: boolean;
  /** Each character position of an edited item, the currency sign as `$`, the decimal point as `.`; else ''. */
  readonly mask: string;
  /** What stands for the currency sign of the mask, where it has one. */
  readonly currency?: string;
}

const DIGITS_MAX = 38;
const SIZE_MAX = 1 << 28;
const MASK_MAX = 1 << 14;

/** Reads a PICTURE string: its category, size, digits and scale, or the problem and where it is. */
export function parsePicture(text: string, rules: SpecialNames): Picture | PictureProblem {
  const parts = splitPicture(text, rules);
  if ('problem' in parts) return parts;
  const signs = parts.filter(part => part.currency !== undefined);
  const { currency } = signs[0] ?? {};
  const other = signs.find(part => part.currency !== currency);
  if (other !== undefined) return { problem: 'a picture has one currency sign', index: other.index };
  // PICTURE clause editing: the first symbol has the room of the whole sign, each other that of a character.
  const size = parts.reduce((sum, part) => sum + sizeOf(part), (currency?.length ?? 1) - 1);
  if (size > SIZE_MAX) return { problem: `the item is larger than ${SIZE_MAX} bytes`, index: 0 };
  const only = (allowed: string): boolean => parts.every(part => allowed.includes(part.symbol));
  if (only('9SVP')) return numericPicture(text, parts);
  if (parts.some(part => part.symbol === 'S')) return misplaced(parts, 'S', 'S stands only in numeric pictures');
  if (only('AX9')) return { ...TEXT, text, size, category: 'alphanumeric' };
  const category = editedText(parts, only);
  if (category !== undefined) return maskPicture({ ...TEXT, text, size, category }, parts);
  const edited = editNumber(parts);
  if ('problem' in edited) return edited;
  if (edited.digits + Math.max(0, -edited.scale) > DIGITS_MAX || edited.scale > DIGITS_MAX) return TOO_MANY_DIGITS;
  return maskPicture(
    {
      text,
      size,
      signed: false,
      mask: '',
      ...(currency === undefined ? {} : { currency }),
      ...edited,
      category: 'numeric-edited',
    },
    parts,
  );
}

const TEXT = { digits: 0, scale: 0, signed: false, mask: '' } as const;
const TOO_MANY_DIGITS: PictureProblem = { problem: `a number has at most ${DIGITS_MAX} digits`, index: 0 };

/** PICTURE clause, "Symbols used": what is no number is of A, X and 9, of N or of G, and may have B, 0 and / put in. */
function editedText(
  parts: readonly PicturePart[],
  only: (allowed: string) => boolean,
): Exclude<PictureCategory, 'alphanumeric' | 'numeric' | 'numeric-edited'> | undefined {
  const has = (symbols: string): boolean => parts.some(part => symbols.includes(part.symbol));
  if (has('AX') && only('AX9B0/')) return 'alphanumeric-edited';
  if (has('N') && only('NB0/')) return only('N') ? 'national' : 'national-edited';
  return has('G') && only('GB') ? 'dbcs' : undefined;
}

function maskPicture(picture: Picture, parts: readonly PicturePart[]): Picture | PictureProblem {
  if (picture.category === 'national' || parts.every(part => part.symbol === 'G')) return picture;
  if (picture.size > MASK_MAX) return { problem: `an edited item has at most ${MASK_MAX} characters`, index: 0 };
  const mask = parts.map(part => (sizeOf(part) === 0 ? '' : part.symbol.repeat(part.count))).join('');
  return { ...picture, mask };
}

function misplaced(parts: readonly PicturePart[], symbol: string, problem: string): PictureProblem {
  return { problem, index: parts.find(part => part.symbol === symbol)?.index ?? 0 };
}

function sizeOf(part: PicturePart): number {
  if (part.symbol === 'S' || part.symbol === 'V' || part.symbol === 'P') return 0;
  return part.symbol.length * part.count; // CR and DB take two positions
}

function numericPicture(text: string, parts: readonly PicturePart[]): Picture | PictureProblem {
  if (countOf(parts, 'S') > 1) return misplaced(parts, 'S', 'S stands once');
  if (countOf(parts, 'V') > 1) return misplaced(parts, 'V', 'V stands once');
  const signed = parts.some(part => part.symbol === 'S');
  if (signed && parts[0]!.symbol !== 'S') return misplaced(parts, 'S', 'S stands first');
  const scaled = numericScale(signed ? parts.slice(1) : parts);
  if ('problem' in scaled) return scaled;
  const { digits, scale } = scaled;
  if (digits === 0) return { problem: 'a numeric picture has at least one 9', index: 0 };
  if (digits + Math.max(0, -scale) > DIGITS_MAX || scale > DIGITS_MAX) return TOO_MANY_DIGITS;
  return { ...TEXT, text, category: 'numeric', size: digits, digits, scale, signed };
}

/** Digits and scale of 9, V and P: P stands at one end, and where it does V is implied on its outer side. */
function numericScale(parts: readonly PicturePart[]): { digits: number; scale: number } | PictureProblem {
  const sequence = parts.filter(part => part.symbol !== 'V');
  const runs = sequence.filter((part, index) => part.symbol !== sequence[index - 1]?.symbol);
  const pRuns = runs.filter(part => part.symbol === 'P');
  if (pRuns.length > 1 || runs.length > 2)
    return { problem: 'P stands at one end of the picture', index: pRuns[0]!.index };
  const v = parts.findIndex(part => part.symbol === 'V');
  const [digits, pCount] = [countOf(parts, '9'), countOf(parts, 'P')];
  if (pCount === 0) return { digits, scale: v < 0 ? 0 : countOf(parts.slice(v), '9') };
  const leading = runs[0]!.symbol === 'P';
  const outside = leading ? v <= 0 : v < 0 || v === parts.length - 1;
  if (!outside) return { problem: 'V stands on the outer side of P', index: parts[v]!.index };
  return { digits, scale: leading ? pCount + digits : -pCount };
}
