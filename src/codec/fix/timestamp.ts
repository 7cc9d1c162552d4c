import { STATUS } from '../../model/index.js';

import { writePadded } from './decimal.js';
import type { Int64Cell } from './int64-cell.js';

const NANOS = 1000000000;
const DAY_SECONDS = 86400;
const YEAR_MIN = 1970;
const YEAR_MAX = 2261; // the last whole year an int64 of nanoseconds holds
const DASH = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The longest UTCTimestamp: `YYYYMMDD-HH:MM:SS.sssssssss`. */
export const TIMESTAMP_SIZE_MAX = 27;

/** Decimals of the second in a written UTCTimestamp. */
export type TimestampDecimals = 0 | 3 | 6 | 9;

/** Days from 1970-01-01 to a date of the Gregorian calendar (years are counted from March, so a leap day comes last). */
function daysOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leaps = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leaps + Math.floor((marchMonth * 153 + 2) / 5) + day - 1 - 719468;
}

function isDate(year: number, month: number, day: number): boolean {
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= MONTH_DAYS[month - 1]! + (leap ? 1 : 0);
}

/** The number in `count` digits at `start`, or -1. */
function digitsAt(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function fractionNanos(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  const count = end - start - 1;
  if (bytes[start] !== POINT || (count !== 3 && count !== 6 && count !== 9)) return -1;
  const fraction = digitsAt(bytes, start + 1, count);
  return fraction < 0 ? -1 : fraction * (count === 3 ? 1000000 : count === 6 ? 1000 : 1);
}

/**
 * Reads a UTCTimestamp (`YYYYMMDD-HH:MM:SS` with no, 3, 6 or 9 decimals) as UTC nanoseconds into `out`. Returns `ok`,
 * `emptyValue`, or `badNumber` when it is of another form, no such date or time, or outside 1970 to 2261. Second 60, a leap
 * second, is the first second of the next minute.
 */
export function parseUtcTimestamp(bytes: Uint8Array, start: number, end: number, out: Int64Cell): number {
  if (start >= end) return STATUS.emptyValue.code;
  if (end - start < 17 || end - start > TIMESTAMP_SIZE_MAX) return STATUS.badNumber.code;
  if (bytes[start + 8] !== DASH || bytes[start + 11] !== COLON || bytes[start + 14] !== COLON)
    return STATUS.badNumber.code;
  const year = digitsAt(bytes, start, 4);
  const month = digitsAt(bytes, start + 4, 2);
  const day = digitsAt(bytes, start + 6, 2);
  const hour = digitsAt(bytes, start + 9, 2);
  const minute = digitsAt(bytes, start + 12, 2);
  const second = digitsAt(bytes, start + 15, 2);
  const nanos = fractionNanos(bytes, start + 17, end);
  if (!isDate(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59) return STATUS.badNumber.code;
  if (second < 0 || second > 60 || nanos < 0) return STATUS.badNumber.code;
  const seconds = daysOf(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
  out.setScaled(seconds, NANOS, nanos);
  return STATUS.ok.code;
}

function writeDate(days: number, bytes: Uint8Array, offset: number): number {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  let at = writePadded(year, 4, bytes, offset);
  at = writePadded(month, 2, bytes, at);
  return writePadded(dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1, 2, bytes, at);
}

/**
 * Writes UTC nanoseconds (1970 to 2261) as a UTCTimestamp at `offset`, further decimals cut off; returns the offset after it.
 */
export function formatUtcTimestamp(
  timeNs: bigint,
  decimals: TimestampDecimals,
  bytes: Uint8Array,
  offset: number,
): number {
  const millis = Number(timeNs / 1_000_000n);
  const seconds = Math.floor(millis / 1000);
  if (seconds !== lastSeconds) writeSeconds(seconds);
  for (let index = 0; index < SECONDS_SIZE; index++) bytes[offset + index] = lastText[index]!;
  const at = offset + SECONDS_SIZE;
  if (decimals === 0) return at;
  bytes[at] = POINT;
  const ofSecond = millis - seconds * 1000;
  if (decimals === 3) return writePadded(ofSecond, 3, bytes, at + 1);
  const nanos = ofSecond * 1_000_000 + Number(timeNs % 1_000_000n);
  return writePadded(Math.floor(nanos / 10 ** (9 - decimals)), decimals, bytes, at + 1);
}

/** `YYYYMMDD-HH:MM:SS` of the second last written: many messages share theirs. */
const SECONDS_SIZE = 17;
const lastText = new Uint8Array(SECONDS_SIZE);
let lastSeconds = -1;

function writeSeconds(seconds: number): void {
  const days = Math.floor(seconds / DAY_SECONDS);
  const ofDay = seconds - days * DAY_SECONDS;
  let at = writeDate(days, lastText, 0);
  lastText[at++] = DASH;
  at = writePadded(Math.floor(ofDay / 3600), 2, lastText, at);
  lastText[at++] = COLON;
  at = writePadded(Math.floor((ofDay % 3600) / 60), 2, lastText, at);
  lastText[at++] = COLON;
  writePadded(ofDay % 60, 2, lastText, at);
  lastSeconds = seconds;
}

const scratch = new Uint8Array(TIMESTAMP_SIZE_MAX);

/** UTC nanoseconds as UTCTimestamp text. */
export function utcTimestampText(timeNs: bigint, decimals: TimestampDecimals): string {
  return String.fromCharCode(...scratch.subarray(0, formatUtcTimestamp(timeNs, decimals, scratch, 0)));
}
