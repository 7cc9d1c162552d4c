/**
 * Bytes of a BINARY item by its digits. `2-4-8` is IBM's rule and the default; `1-2-4-8` and `1-8` are GnuCOBOL's
 * binary-size settings.
 */
export type BinarySize = '2-4-8' | '1-2-4-8' | '1-8';

export const BINARY_SIZES: readonly BinarySize[] = ['2-4-8', '1-2-4-8', '1-8'];

const HALFWORD_DIGITS = 4;
const FULLWORD_DIGITS = 9;
const DOUBLEWORD_DIGITS = 18;

export function binarySize(digits: number, signed: boolean, rule: BinarySize): number {
  if (digits > DOUBLEWORD_DIGITS) return 16;
  if (rule === '1-8') return smallestSize(digits, signed);
  if (rule === '1-2-4-8' && digits <= 2) return 1;
  if (digits <= HALFWORD_DIGITS) return 2;
  return digits <= FULLWORD_DIGITS ? 4 : 8;
}

/** The fewest bytes that hold every number of so many digits. */
function smallestSize(digits: number, signed: boolean): number {
  const largest = 10n ** BigInt(digits) - 1n;
  let size = 1;
  while (largest >> BigInt(size * 8 - (signed ? 1 : 0)) > 0n) size++;
  return size;
}
