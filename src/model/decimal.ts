const DIGITS = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Reads plain decimal text as an integer at `scale`: ('1.5', 8) is 150000000n. Returns undefined when the text is not a
 * number or a digit would be lost; money never passes through a float.
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = DIGITS.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (whole.length + fraction.length === 0) return undefined;
  const kept = fraction.slice(0, scale).padEnd(scale, '0');
  if (/[1-9]/.test(fraction.slice(scale))) return undefined;
  const magnitude = BigInt(whole + kept || '0');
  return sign === '-' ? -magnitude : magnitude;
}

/**
 * Writes an integer at `scale` as plain decimal text with at least `decimalsMin` decimals and no further trailing zeros:
 * (150000000n, 8, 2) is `1.50`.
 */
export function formatDecimal(value: bigint, scale: number, decimalsMin = 0): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  let fraction = digits.slice(digits.length - scale);
  while (fraction.length > decimalsMin && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return (negative ? '-' : '') + whole + (fraction.length > 0 ? `.${fraction.padEnd(decimalsMin, '0')}` : '');
}
