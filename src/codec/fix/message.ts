import { ENTRY, FIELD_WORDS } from './batch-layout.js';

const EMPTY = new Uint8Array(0);
const NO_FIELDS = new Int32Array(0);
const MINUS = 0x2d;
const ZERO = 0x30;
const INTEGER_DIGITS_MAX = 15;

/**
 * A view of one indexed FIX message: field i is (tag, value from, value to) over `bytes`, field 0 is BeginString (8). A batch
 * refills one shared view on each `select`; nothing is copied, so it holds until the bytes or the batch change.
 */
export class FixMessage {
  bytes: Uint8Array = EMPTY;
  /** Offset of the `8` of `8=` in `bytes`. */
  start = 0;
  /** Offset after the SOH of CheckSum. */
  end = 0;
  fieldCount = 0;
  #fields: Int32Array = NO_FIELDS;
  #first = 0;
  #buffer: Buffer = Buffer.alloc(0);

  /** Points the view at the message whose entry begins at word `entry` of `messages` (batch-layout.ts). */
  point(bytes: Uint8Array, fields: Int32Array, messages: Int32Array, entry: number): void {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#fields = fields;
    this.#first = messages[entry + ENTRY.fieldFirst]! * FIELD_WORDS;
    this.fieldCount = messages[entry + ENTRY.fieldCount]!;
    this.start = messages[entry + ENTRY.start]!;
    this.end = messages[entry + ENTRY.end]!;
  }

  /** Tag of field `index`; it may be 0 or negative when the sender wrote so. */
  tagAt(index: number): number {
    return this.#fields[this.#first + index * FIELD_WORDS]!;
  }

  /** Offset in `bytes` of the value of field `index`. */
  valueStartAt(index: number): number {
    return this.#fields[this.#first + index * FIELD_WORDS + 1]!;
  }

  /** Offset in `bytes` after the value of field `index`: its SOH. */
  valueEndAt(index: number): number {
    return this.#fields[this.#first + index * FIELD_WORDS + 2]!;
  }

  /** Index of the first field with this tag from field `from` on, or -1. */
  find(tag: number, from = 0): number {
    const fields = this.#fields;
    for (let index = from, at = this.#first + from * FIELD_WORDS; index < this.fieldCount; index++, at += FIELD_WORDS)
      if (fields[at] === tag) return index;
    return -1;
  }

  has(tag: number): boolean {
    return this.find(tag) >= 0;
  }

  /** Value of field `index` as Latin-1 text, so every byte comes back as it was. */
  text(index: number): string {
    const start = this.valueStartAt(index);
    const end = this.valueEndAt(index);
    return end - start === 1 ? String.fromCharCode(this.bytes[start]!) : this.#buffer.toString('latin1', start, end);
  }

  /** Value of the first field with this tag, or undefined. */
  textOf(tag: number): string | undefined {
    const index = this.find(tag);
    return index < 0 ? undefined : this.text(index);
  }

  /** Value of field `index` as a FIX int of at most 15 digits (leading zeros allowed), or NaN. */
  integer(index: number): number {
    const end = this.valueEndAt(index);
    let at = this.valueStartAt(index);
    const negative = this.bytes[at] === MINUS;
    if (negative) at++;
    if (at >= end || end - at > INTEGER_DIGITS_MAX) return NaN;
    let value = 0;
    for (; at < end; at++) {
      const digit = this.bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /** Value of the first field with this tag as a FIX int; NaN when it is not one, or the field is not there. */
  integerOf(tag: number): number {
    const index = this.find(tag);
    return index < 0 ? NaN : this.integer(index);
  }

  /** True when the value of field `index` is exactly this ASCII text. */
  equals(index: number, ascii: string): boolean {
    const start = this.valueStartAt(index);
    if (this.valueEndAt(index) - start !== ascii.length) return false;
    for (let at = 0; at < ascii.length; at++) if (this.bytes[start + at] !== ascii.charCodeAt(at)) return false;
    return true;
  }

  /** True when the value of field `index` is `Y`. */
  isYes(index: number): boolean {
    const start = this.valueStartAt(index);
    return this.valueEndAt(index) - start === 1 && this.bytes[start] === 0x59;
  }

  get beginString(): string {
    return this.text(0);
  }

  /** Value of MsgType (35), which framing made sure is field 2. */
  get msgType(): string {
    return this.text(2);
  }

  /** MsgType as one integer, see `msgTypeCode`. */
  msgTypeCode(): number {
    const start = this.valueStartAt(2);
    const end = this.valueEndAt(2);
    if (end - start > 4) return 0;
    let code = 0;
    for (let at = start; at < end; at++) {
      if (this.bytes[at] === 0) return 0; // A NUL would make it look like a shorter one.
      code = (code << 8) | this.bytes[at]!;
    }
    return code;
  }
}
