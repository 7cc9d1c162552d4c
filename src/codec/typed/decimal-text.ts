const ZERO = 0x30;
const ZEROS = '000000000000000000000000000000000000000000';

/** An integer of `scale` decimals as a literal with exactly as many: 150 at 2 is `1.50`. A negative scale adds zeros. */
export function decimalText(units: number | bigint, scale: number): string {
  const isNegative = units < 0;
  const digits = (isNegative ? -units : units).toString();
  const sign = isNegative ? '-' : '';
  if (scale <= 0) return digits === '0' ? digits : sign + digits + ZEROS.slice(0, -scale);
  const whole = digits.length - scale;
  if (whole > 0) return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`;
  return `${sign}0.${ZEROS.slice(0, -whole)}${digits}`;
}

/** Digits with a point without the zeros that lead: at most `zeros` of them go. A minus, where it is said, stands before them. */
export function withoutZeros(text: string, zeros: number, isNegative: boolean): string {
  const first = isNegative ? 1 : 0;
  const last = first + zeros;
  let from = first;
  while (from < last && text.charCodeAt(from) === ZERO) from++;
  if (from === first) return text;
  return isNegative ? `-${text.substring(from)}` : text.substring(from);
}
