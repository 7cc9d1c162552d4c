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
