import { CapacityError, ProtocolError } from '../../model/index.js';

import { DECIMAL_SIZE_MAX, digitCount, formatFixDecimal, writeInteger, writePadded } from './decimal.js';
import { TIMESTAMP_SIZE_MAX, formatUtcTimestamp, type TimestampDecimals } from './timestamp.js';

const SOH = 0x01;
const EQUALS = 0x3d;
const MINUS = 0x2d;
const HEAD_SIZE = 48; // 8=, BeginString, 9= and BodyLength, written last, end where the body begins
const BEGIN_STRING_SIZE_MAX = 16;
const TAIL_SIZE = 7;
const FIELD_OVERHEAD = 12; // tag of up to ten digits, = and SOH

/**
 * Writes FIX messages into one buffer of fixed size: `begin`, fields in the order they are to stand, `finish`. BodyLength and
 * CheckSum are filled in by `finish`. Text is Latin-1, as FixMessage reads it.
 */
export class FixEncoder {
  /** The buffer; after `finish` the message is `bytes[start, end)`. */
  readonly bytes: Uint8Array;
  start = HEAD_SIZE;
  end = HEAD_SIZE;
  #beginString = '';
  readonly #words: Uint32Array;

  /** `messageSizeMax` bytes bound one message; 65,536 unless told. */
  constructor(messageSizeMax = 65536) {
    const size = HEAD_SIZE + messageSizeMax + TAIL_SIZE;
    const memory = new ArrayBuffer((size + 3) & ~3);
    this.bytes = new Uint8Array(memory, 0, size);
    this.#words = new Uint32Array(memory);
  }

  /** Starts a message; one begun and not finished is forgotten. */
  begin(beginString: string, msgType: string): this {
    if (beginString.length > BEGIN_STRING_SIZE_MAX)
      throw new ProtocolError('HR_FIX_VALUE', `BeginString ${beginString} is longer than ${BEGIN_STRING_SIZE_MAX}`);
    this.#beginString = beginString;
    this.end = HEAD_SIZE;
    return this.field(35, msgType);
  }

  /** A text or whole-number field. Throws ProtocolError when text holds SOH or a character outside Latin-1. */
  field(tag: number, value: string | number): this {
    return typeof value === 'number' ? this.#integerField(tag, value) : this.#textField(tag, value);
  }

  /** A Qty, Price or Amt from an integer at 10^-8. */
  decimalField(tag: number, value: bigint): this {
    const at = this.#tag(tag, DECIMAL_SIZE_MAX);
    return this.#close(formatFixDecimal(value, this.bytes, at));
  }

  /** A UTCTimestamp from UTC nanoseconds. */
  timestampField(tag: number, timeNs: bigint, decimals: TimestampDecimals): this {
    const at = this.#tag(tag, TIMESTAMP_SIZE_MAX);
    return this.#close(formatUtcTimestamp(timeNs, decimals, this.bytes, at));
  }

  /** A field whose value is `value[start, end)`, as it stands. Throws ProtocolError when that holds SOH. */
  bytesField(tag: number, value: Uint8Array, start = 0, end = value.length): this {
    // Values are short: one loop that looks and copies costs less than a call that copies.
    const { bytes } = this;
    let to = this.#tag(tag, end - start);
    for (let at = start; at < end; at++) {
      const byte = value[at]!;
      if (byte === SOH) throw refused(tag, 'holds SOH');
      bytes[to++] = byte;
    }
    return this.#close(to);
  }

  /** A LENGTH field and its DATA field, which may hold SOH. */
  dataField(lengthTag: number, dataTag: number, value: Uint8Array): this {
    return this.#integerField(lengthTag, value.length).#bytesField(dataTag, value, 0, value.length);
  }

  /** Fills in BeginString, BodyLength and CheckSum. The bytes returned are a view, valid until the next `begin`. */
  finish(): Uint8Array {
    const { bytes } = this;
    const bodyLength = this.end - HEAD_SIZE;
    const begin = this.#beginString;
    let at = HEAD_SIZE - (2 + begin.length + 1 + 2 + digitCount(bodyLength) + 1);
    this.start = at;
    at = writeText('8=', bytes, at);
    at = writeText(begin, bytes, at);
    bytes[at++] = SOH;
    at = writeText('9=', bytes, at);
    bytes[writeInteger(bodyLength, bytes, at)] = SOH;
    at = writePadded(this.#sum(this.start, this.end), 3, bytes, writeText('10=', bytes, this.end));
    bytes[at++] = SOH;
    this.end = at;
    return bytes.subarray(this.start, at);
  }

  /** The sum of the bytes modulo 256, four at a time: a lane of 16 bits holds 257 bytes' worth, so it is folded every 128 words. */
  #sum(from: number, to: number): number {
    const { bytes } = this;
    const words = this.#words;
    let sum = 0;
    let at = from;
    for (; (at & 3) !== 0 && at < to; at++) sum += bytes[at]!;
    for (let word = at >> 2, last = to >> 2; word < last;) {
      let [even, odd] = [0, 0];
      for (const stop = Math.min(word + 128, last); word < stop; word++) {
        even += words[word]! & 0xff00ff;
        odd += (words[word]! >>> 8) & 0xff00ff;
      }
      sum += (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16);
      at = word << 2;
    }
    for (; at < to; at++) sum += bytes[at]!;
    return sum & 0xff;
  }

  #integerField(tag: number, value: number): this {
    if (!Number.isSafeInteger(value)) throw refused(tag, `is ${value}, not a whole number`);
    let at = this.#tag(tag, 17);
    if (value < 0) this.bytes[at++] = MINUS;
    return this.#close(writeInteger(Math.abs(value), this.bytes, at));
  }

  #textField(tag: number, value: string): this {
    const { bytes } = this;
    let at = this.#tag(tag, value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code === SOH || code > 0xff) throw refused(tag, code === SOH ? 'holds SOH' : 'is not Latin-1');
      bytes[at++] = code;
    }
    return this.#close(at);
  }

  #bytesField(tag: number, value: Uint8Array, start: number, end: number): this {
    const at = this.#tag(tag, end - start);
    this.bytes.set(start === 0 && end === value.length ? value : value.subarray(start, end), at);
    return this.#close(at + end - start);
  }

  /** Writes `tag=` where `size` bytes of value have room behind it; returns where the value goes. */
  #tag(tag: number, size: number): number {
    const { bytes, end } = this;
    if (end + FIELD_OVERHEAD + size + TAIL_SIZE > bytes.length)
      throw new CapacityError('HR_FIX_SIZE', `field ${tag} would make the message longer than ${bytes.length} bytes`);
    const at = writeInteger(tag, bytes, end);
    bytes[at] = EQUALS;
    return at + 1;
  }

  /** A field counts only now that it is whole, so one that was refused leaves nothing behind. */
  #close(at: number): this {
    this.bytes[at] = SOH;
    this.end = at + 1;
    return this;
  }
}

function refused(tag: number, why: string): ProtocolError {
  return new ProtocolError('HR_FIX_VALUE', `the value of field ${tag} ${why}`, { details: { tag } });
}

function writeText(text: string, bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index++) bytes[offset + index] = text.charCodeAt(index);
  return offset + text.length;
}
