import { countOf, type PicturePart, type PictureProblem } from './picture-parts.js';

/** Digits and scale of a numeric-edited PICTURE, by "PICTURE clause editing" of the Language Reference. */
export interface EditedNumber {
  readonly digits: number;
  readonly scale: number; // negative where P stands on the right
}

/**
 * Splits the parts into what stands fixed at the ends and what lies between:
 *
 *   + - $  |  9 Z * , . / B 0 V P, or a floating run of + - $  |  + - CR DB
 */
interface Sections {
  readonly prefix: readonly PicturePart[];
  readonly body: readonly PicturePart[];
  readonly suffix: readonly PicturePart[];
}

const SIGNS = ['+', '-', 'CR', 'DB'];
const FLOATING = ['+', '-', '$'];
const SUPPRESSING = ['Z', '*'];
const DIGITS = ['9', 'Z', '*'];

/** Reads a numeric-edited PICTURE: digits and scale, or the problem and where it is. */
export function editNumber(parts: readonly PicturePart[]): EditedNumber | PictureProblem {
  const sections = splitSections(parts);
  const { body } = sections;
  const floating = FLOATING.find(symbol => countOf(body, symbol) > 0);
  const problem = checkSymbols(parts) ?? checkEnds(sections) ?? checkBody(body, floating);
  if (problem !== undefined) return problem;
  const counted = floating === undefined ? DIGITS : [...DIGITS, floating];
  const digitCount = (of: readonly PicturePart[]): number => counted.reduce((sum, one) => sum + countOf(of, one), 0);
  const digits = digitCount(body) - (floating === undefined ? 0 : 1);
  if (digits < 1) return { problem: 'the picture has no position for a character or digit', index: 0 };
  return scaleOf(body, digits, point => digitCount(body.slice(point)));
}

function splitSections(parts: readonly PicturePart[]): Sections {
  let [from, to] = [0, parts.length];
  const last = parts.at(-1)!;
  const floats = (part: PicturePart): boolean => countOf(parts, part.symbol) > 1;
  if (last.symbol === 'CR' || last.symbol === 'DB') to--;
  else if ((last.symbol === '+' || last.symbol === '-') && !floats(last)) to--;
  if (from < to && (parts[from]!.symbol === '+' || parts[from]!.symbol === '-') && !floats(parts[from]!)) from++;
  if (from < to && parts[from]!.symbol === '$' && !floats(parts[from]!)) from++;
  return { prefix: parts.slice(0, from), body: parts.slice(from, to), suffix: parts.slice(to) };
}

function refuse(part: PicturePart | undefined, problem: string): PictureProblem {
  return { problem, index: part?.index ?? 0 };
}

function checkSymbols(parts: readonly PicturePart[]): PictureProblem | undefined {
  const text = parts.find(part => 'AXNG'.includes(part.symbol));
  if (text !== undefined) {
    const other = parts.find(part => !'AXNG9B0/'.includes(part.symbol)) ?? parts.find(part => part !== text);
    return refuse(other, `${other?.symbol ?? ''} and ${text.symbol} do not stand in one picture`);
  }
  for (const part of parts)
    if (part.symbol.length === 2 && (part !== parts.at(-1) || part.count > 1))
      return refuse(part, `${part.symbol} stands once, at the right end`);
  const points = parts.filter(part => part.symbol === '.' || part.symbol === 'V');
  if (countOf(points, '.') > 1 || points.length > 1 || countOf(points, 'V') > 1)
    return refuse(
      points.at(-1),
      points.some(part => part.symbol === 'V') ? 'V stands once' : 'the decimal point stands once',
    );
  const signs = SIGNS.filter(symbol => countOf(parts, symbol) > 0);
  if (signs.length > 1)
    return refuse(
      parts.findLast(part => SIGNS.includes(part.symbol)),
      'a picture has one kind of sign',
    );
  return undefined;
}

function checkEnds({ prefix, body, suffix }: Sections): PictureProblem | undefined {
  const sign = suffix[0];
  const leading = prefix.find(part => part.symbol !== '$');
  if (sign !== undefined && leading !== undefined) return refuse(sign, 'the sign stands at one end');
  const dollar = body.find(part => part.symbol === '$');
  if (dollar !== undefined && countOf(body, '$') === 1)
    return refuse(dollar, 'the currency sign stands first, or after a leading sign');
  const lone = body.find(part => (part.symbol === '+' || part.symbol === '-') && countOf(body, part.symbol) === 1);
  return lone === undefined ? undefined : refuse(lone, `${lone.symbol} stands at one end, or floats`);
}

/** Suppression and floating: one symbol, from the left, and where it stands right of the point no 9 stands anywhere. */
function checkBody(body: readonly PicturePart[], floating: string | undefined): PictureProblem | undefined {
  const symbols = [...FLOATING, ...SUPPRESSING].filter(symbol => countOf(body, symbol) > 0);
  const replaced = (part: PicturePart): boolean => part.symbol === symbols[0];
  if (symbols.length > 1)
    return refuse(
      body.find(part => symbols.includes(part.symbol) && !replaced(part)),
      `${symbols.join(' and ')} do not stand in one picture`,
    );
  const nine = body.findIndex(part => part.symbol === '9');
  const late = nine < 0 ? undefined : body.slice(nine).find(replaced);
  if (late !== undefined) return refuse(late, `${late.symbol} stands before the first 9`);
  const point = body.findIndex(part => part.symbol === '.' || part.symbol === 'V');
  if (point < 0) return undefined;
  const right = body.slice(point).find(replaced);
  if (right !== undefined && nine >= 0)
    return refuse(right, `where ${right.symbol} stands right of the point no 9 stands`);
  if (right !== undefined && floating !== undefined && !body.slice(0, point).some(replaced))
    return refuse(right, `${right.symbol} floats from the left of the point`);
  return undefined;
}

/** P stands outermost of the digits, at one end; the point is then where it is assumed, on the outer side of P. */
function scaleOf(
  body: readonly PicturePart[],
  digits: number,
  digitsFrom: (point: number) => number,
): EditedNumber | PictureProblem {
  const point = body.findIndex(part => part.symbol === '.' || part.symbol === 'V');
  const pCount = countOf(body, 'P');
  if (pCount === 0) return { digits, scale: point < 0 ? 0 : digitsFrom(point) };
  const sequence = body.filter(part => part.symbol !== 'V');
  const [first, last] = [
    sequence.findIndex(part => part.symbol === 'P'),
    sequence.findLastIndex(part => part.symbol === 'P'),
  ];
  const together = sequence.slice(first, last + 1).every(part => part.symbol === 'P');
  const leading = first === 0;
  if (!together || (!leading && last !== sequence.length - 1) || countOf(body, '.') > 0)
    return refuse(sequence[first], 'P stands at one end of the picture');
  const outside = point < 0 || (leading ? point === 0 : point === body.length - 1);
  if (!outside) return refuse(body[point], 'V stands on the outer side of P');
  return { digits, scale: leading ? pCount + digits : -pCount };
}
