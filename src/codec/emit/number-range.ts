import { numberDigits } from '../columns/index.js';
import type { LayoutItem, Leaf } from '../record/index.js';

/** The smallest and the largest number of an item, as decimal literals with its scale. */
export interface NumberRange {
  readonly min: string;
  readonly max: string;
}

type NumberLeaf = Exclude<Leaf, { kind: 'text' } | { kind: 'float' }>;

/** A row, and so decode, holds at most so much of an unsigned item of 16 bytes. */
const WIDEST = (1n << 127n) - 1n;

export function numberRange({ size }: LayoutItem, leaf: NumberLeaf): NumberRange {
  const [min, max] = mantissas(size, leaf);
  return { min: decimalText(min, leaf.scale), max: decimalText(max, leaf.scale) };
}

function mantissas(size: number, leaf: NumberLeaf): readonly [bigint, bigint] {
  const isFull = leaf.kind === 'binary' && (leaf.fullRange || leaf.fullRangeRead === true);
  const signed = leaf.kind === 'display' ? leaf.sign !== 'none' : leaf.signed;
  const byPicture = 10n ** BigInt(numberDigits(leaf, size)) - 1n;
  const bits = BigInt(size * 8 - (signed ? 1 : 0));
  const byBytes = (1n << bits) - 1n;
  const max = isFull || (leaf.kind === 'binary' && byBytes < byPicture) ? byBytes : byPicture;
  const most = max < WIDEST ? max : WIDEST;
  if (!signed) return [0n, most];
  return [leaf.kind === 'binary' && max === byBytes ? -most - 1n : -most, most];
}

/** An integer at `scale` as a decimal literal; a negative scale adds zeros. */
export function decimalText(mantissa: bigint, scale: number): string {
  if (scale <= 0) return (mantissa * 10n ** BigInt(-scale)).toString();
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0');
  return `${mantissa < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
