import { STATUS } from '../../model/index.js';

import { FIELD_WORDS } from './batch-layout.js';
import { RAW_DATA_TABLE, RAW_DATA_TABLE_SIZE } from './raw-data.js';

const SOH = 0x01;
const EQUALS = 0x3d;
const MINUS = 0x2d;
const ZERO = 0x30;
const TAG_DIGITS_MAX = 9;
const MSG_TYPE = 35;

/**
 * Writes the fields of one framed message into the index. `scan` returns the number of fields, or minus a status: `garbled`
 * (no `=`, MsgType not third, raw data not as long as told), `badTag`, `tooManyFields`.
 */
export class FieldScan {
  constructor(
    private readonly fields: Int32Array,
    private readonly fieldsMax: number,
  ) {}

  /** Indexes `bytes[start, trailer + 7)`, which framing has found to end in `<SOH>10=ddd<SOH>`, from field `first` on. */
  scan(bytes: Uint8Array, start: number, trailer: number, first: number): number {
    const fields = this.fields;
    const end = trailer + 7;
    let at = start;
    let word = first * FIELD_WORDS;
    let count = 0;
    let dataTag = 0;
    for (; at < end; count++, word += FIELD_WORDS) {
      const tagStart = at;
      let tag = 0;
      let digit = bytes[at]! - ZERO;
      while (digit >= 0 && digit <= 9 && at - tagStart < TAG_DIGITS_MAX) {
        tag = tag * 10 + digit;
        digit = bytes[++at]! - ZERO;
      }
      if (bytes[at] !== EQUALS || at === tagStart || (bytes[tagStart] === ZERO && at > tagStart + 1)) {
        tag = oddTag(bytes, tagStart);
        if (tag > 0) return -tag;
        at = bytes.indexOf(EQUALS, tagStart);
      }
      if (count === this.fieldsMax) return -STATUS.tooManyFields.code;
      if (count === 2 && tag !== MSG_TYPE) return -STATUS.garbled.code;
      const valueStart = at + 1;
      if (dataTag !== 0 && tag === dataTag) {
        at = valueStart + dataLength(bytes, fields[word - 2]!, fields[word - 1]!);
        if (at < valueStart || at >= trailer || bytes[at] !== SOH) return -STATUS.garbled.code;
      } else {
        at = valueStart;
        while (bytes[at] !== SOH) at++;
      }
      fields[word] = tag;
      fields[word + 1] = valueStart;
      fields[word + 2] = at++;
      dataTag = tag > 0 && tag < RAW_DATA_TABLE_SIZE ? RAW_DATA_TABLE[tag]! : 0;
    }
    return count > 3 ? count : -STATUS.garbled.code;
  }
}

/** A tag that is no plain number: its negative value where it is one (the session refuses it by name), else a status. */
function oddTag(bytes: Uint8Array, start: number): number {
  let end = start;
  while (bytes[end] !== EQUALS && bytes[end] !== SOH) end++;
  if (bytes[end] === SOH) return STATUS.garbled.code;
  if (bytes[start] !== MINUS || end - start < 2 || end - start > TAG_DIGITS_MAX + 1 || bytes[start + 1] === ZERO)
    return STATUS.badTag.code;
  let tag = 0;
  for (let at = start + 1; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return STATUS.badTag.code;
    tag = tag * 10 + digit;
  }
  return -tag;
}

/** The value of a LENGTH field, or -1 when it is not one to nine digits. */
function dataLength(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > TAG_DIGITS_MAX) return -1;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}
