/** What a value's bytes must look like, whatever its field. */
export const VALUE_FORMAT = {
  text: 0,
  character: 1,
  integer: 2,
  decimal: 3,
  boolean: 4,
  timestamp: 5,
  date: 6,
  time: 7,
};
export type ValueFormat = number;

const BY_TYPE: Readonly<Record<string, ValueFormat>> = {
  CHAR: VALUE_FORMAT.character,
  INT: VALUE_FORMAT.integer,
  LENGTH: VALUE_FORMAT.integer,
  NUMINGROUP: VALUE_FORMAT.integer,
  SEQNUM: VALUE_FORMAT.integer,
  TAGNUM: VALUE_FORMAT.integer,
  DAYOFMONTH: VALUE_FORMAT.integer,
  FLOAT: VALUE_FORMAT.decimal,
  PRICE: VALUE_FORMAT.decimal,
  PRICEOFFSET: VALUE_FORMAT.decimal,
  AMT: VALUE_FORMAT.decimal,
  QTY: VALUE_FORMAT.decimal,
  PERCENTAGE: VALUE_FORMAT.decimal,
  BOOLEAN: VALUE_FORMAT.boolean,
  TIME: VALUE_FORMAT.timestamp,
  UTCTIMESTAMP: VALUE_FORMAT.timestamp,
  DATE: VALUE_FORMAT.date,
  UTCDATE: VALUE_FORMAT.date,
  UTCDATEONLY: VALUE_FORMAT.date,
  UTCTIMEONLY: VALUE_FORMAT.time,
};

/** The format of a field type. Before FIX.4.2 a CHAR is a string of any length. */
export function formatOf(type: string, version: string): ValueFormat {
  if (type === 'CHAR' && /^FIX\.4\.[01]$/.test(version)) return VALUE_FORMAT.text;
  return BY_TYPE[type] ?? VALUE_FORMAT.text;
}

const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
// An int64 has 19 digits; leading zeros are legal, so a longer value is refused only past this.
const INTEGER_DIGITS_MAX = 19;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at])) return false;
  return end > start;
}

function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === MINUS ? start + 1 : start;
  return end - first <= INTEGER_DIGITS_MAX && areDigits(bytes, first, end);
}

function isDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let dots = 0;
  for (let at = bytes[start] === MINUS ? start + 1 : start; at < end; at++) {
    if (isDigit(bytes[at])) digits++;
    else if (bytes[at] === DOT && dots === 0) dots++;
    else return false;
  }
  return digits > 0;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) - 0x30) * 10 + ((bytes[at + 1] ?? 0) - 0x30);
}

// YYYYMMDD
function isDate(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 8 || !areDigits(bytes, start, end)) return false;
  const month = twoDigits(bytes, start + 4);
  const day = twoDigits(bytes, start + 6);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// HH:MM:SS, and up to twelve decimals; a leap second is legal.
function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return false;
  for (let at = start; at < start + 8; at += 3) if (!areDigits(bytes, at, at + 2)) return false;
  if (twoDigits(bytes, start) > 23 || twoDigits(bytes, start + 3) > 59 || twoDigits(bytes, start + 6) > 60)
    return false;
  if (end - start === 8) return true;
  return bytes[start + 8] === DOT && end - start <= 21 && areDigits(bytes, start + 9, end);
}

/** Whether the bytes from `start` to `end` are a value of the format. */
export function hasFormat(format: ValueFormat, bytes: Uint8Array, start: number, end: number): boolean {
  switch (format) {
    case VALUE_FORMAT.character:
      return end - start === 1;
    case VALUE_FORMAT.integer:
      return isInteger(bytes, start, end);
    case VALUE_FORMAT.decimal:
      return isDecimal(bytes, start, end);
    case VALUE_FORMAT.boolean:
      return end - start === 1 && (bytes[start] === 0x59 || bytes[start] === 0x4e);
    case VALUE_FORMAT.timestamp:
      return isDate(bytes, start, start + 8) && bytes[start + 8] === MINUS && isTime(bytes, start + 9, end);
    case VALUE_FORMAT.date:
      return isDate(bytes, start, end);
    case VALUE_FORMAT.time:
      return isTime(bytes, start, end);
    default:
      return true;
  }
}
