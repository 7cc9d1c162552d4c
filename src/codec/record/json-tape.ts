import { STATUS } from '../../model/index.js';

/*
 * A JSON text as a flat list of its values, four int32 each, in the order of the text: nothing is built, numbers keep their
 * digits. The same in C++ (native/codec/json-tape.h).
 *
 *   0 kind   1 start   2 end (of a string between its quotes)   3 next: the value after this one and all that lies in it
 *
 * An object is followed by name, value, name, value; an array by its values; both end where `next` says.
 */
export const TAPE = { kind: 0, start: 1, end: 2, next: 3 } as const;
export const TAPE_INTS = 4;

export const JSON_KIND = {
  null: 1,
  boolean: 2,
  number: 3,
  string: 4,
  escaped: 5, // a string with escapes
  array: 6,
  object: 7,
} as const;

/** Objects and arrays lie inside each other at most so deep: a copybook has 49 levels, each a table of groups. */
export const TAPE_DEPTH_MAX = 128;

/** Of a text that no record bounds: a tape of 256 MiB. */
const VALUES_MAX = 1 << 24;

const OK = STATUS.ok.code;
const BAD = STATUS.badJson.code;
const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, POINT, PLUS, ZERO, NINE] = [
  0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2e, 0x2b, 0x30, 0x39,
];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const [CAPITAL_E, SMALL_E, SMALL_U] = [0x45, 0x65, 0x75];
const FIRST_INTS = 1024;

/** Reads JSON texts (RFC 8259) to tapes, one after the other; the tape is good until the next. */
export class JsonTape {
  ints = new Int32Array(FIRST_INTS);
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the text ends; and after a refusal, where it is not JSON. */
  end = 0;
  errorAt = 0;
  private isFull = false;
  private length = 0;
  private at = 0;

  /** Texts with more values than `valuesMax`, names among them, are refused with `capacity`. */
  constructor(readonly valuesMax = VALUES_MAX) {}

  /** Reads the text from `start` up to `end`; a status. */
  read(bytes: Uint8Array, start: number, end: number): number {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.length = 0;
    this.isFull = false;
    this.errorAt = start;
    this.space();
    if (this.value(0) === OK) {
      this.space();
      if (this.at === this.end) return OK;
    }
    this.errorAt = this.at;
    return this.isFull ? STATUS.capacity.code : BAD;
  }

  kind(node: number): number {
    return this.ints[node + TAPE.kind]!;
  }

  next(node: number): number {
    return this.ints[node + TAPE.next]!;
  }

  /** A string or a name without its quotes and escapes; of any other value its text as it stands. */
  text(node: number): string {
    const [start, end] = [this.ints[node + TAPE.start]!, this.ints[node + TAPE.end]!];
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString();
    return this.kind(node) === JSON_KIND.escaped ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** How many values an array has. */
  count(array: number): number {
    let count = 0;
    for (let node = array + TAPE_INTS; node < this.next(array); node = this.next(node)) count++;
    return count;
  }

  private push(kind: number, start: number): number {
    if (this.length >= this.valuesMax * TAPE_INTS) this.stop();
    const node = this.length;
    if (node + TAPE_INTS > this.ints.length) {
      const larger = new Int32Array(this.ints.length * 2);
      larger.set(this.ints);
      this.ints = larger;
    }
    this.ints[node + TAPE.kind] = kind;
    this.ints[node + TAPE.start] = start;
    this.length += TAPE_INTS;
    return node;
  }

  /** Ends the text where the tape is full, so that nothing reads on; the value takes the place of the one before. */
  private stop(): void {
    this.isFull = true;
    this.end = this.at;
    this.length -= TAPE_INTS;
  }

  private close(node: number, end: number): number {
    this.ints[node + TAPE.end] = end;
    this.ints[node + TAPE.next] = this.length;
    return OK;
  }

  private space(): void {
    while (this.at < this.end) {
      const byte = this.bytes[this.at]!;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return;
      this.at++;
    }
  }

  private peek(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  private take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  private value(depth: number): number {
    const byte = this.peek();
    if (byte === QUOTE) return this.string();
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return this.number();
    if (byte === OPEN_OBJECT) return depth < TAPE_DEPTH_MAX ? this.object(depth + 1) : BAD;
    if (byte === OPEN_ARRAY) return depth < TAPE_DEPTH_MAX ? this.array(depth + 1) : BAD;
    return this.word('null', JSON_KIND.null) && this.word('true', JSON_KIND.boolean)
      ? this.word('false', JSON_KIND.boolean)
      : OK;
  }

  private word(word: string, kind: number): number {
    for (let index = 0; index < word.length; index++)
      if (this.at + index >= this.end || this.bytes[this.at + index] !== word.charCodeAt(index)) return BAD;
    const node = this.push(kind, this.at);
    this.at += word.length;
    return this.close(node, this.at);
  }

  private object(depth: number): number {
    const node = this.push(JSON_KIND.object, this.at++);
    this.space();
    if (!this.take(CLOSE_OBJECT)) {
      do {
        this.space();
        if (this.peek() !== QUOTE || this.string() !== OK) return BAD;
        this.space();
        if (!this.take(COLON)) return BAD;
        this.space();
        if (this.value(depth) !== OK) return BAD;
        this.space();
      } while (this.take(COMMA));
      if (!this.take(CLOSE_OBJECT)) return BAD;
    }
    return this.close(node, this.at);
  }

  private array(depth: number): number {
    const node = this.push(JSON_KIND.array, this.at++);
    this.space();
    if (!this.take(CLOSE_ARRAY)) {
      do {
        this.space();
        if (this.value(depth) !== OK) return BAD;
        this.space();
      } while (this.take(COMMA));
      if (!this.take(CLOSE_ARRAY)) return BAD;
    }
    return this.close(node, this.at);
  }

  private string(): number {
    const node = this.push(JSON_KIND.string, ++this.at);
    for (; this.at < this.end; this.at++) {
      const byte = this.bytes[this.at]!;
      if (byte === QUOTE) return this.close(node, this.at++);
      if (byte < 0x20) return BAD;
      if (byte !== BACKSLASH) continue;
      this.ints[node + TAPE.kind] = JSON_KIND.escaped;
      this.at++;
      if (this.peek() === SMALL_U ? !this.hex4() : !ESCAPES.has(this.peek())) return BAD;
    }
    return BAD;
  }

  /** Four hexadecimal digits after the u; stops on the last. */
  private hex4(): boolean {
    for (let digit = 1; digit <= 4; digit++)
      if (this.at + digit >= this.end || hexValue(this.bytes[this.at + digit]!) < 0) return false;
    this.at += 4;
    return true;
  }

  private number(): number {
    const node = this.push(JSON_KIND.number, this.at);
    this.take(MINUS);
    if (!this.take(ZERO) && !this.digits()) return BAD;
    if (this.take(POINT) && !this.digits()) return BAD;
    if (this.take(SMALL_E) || this.take(CAPITAL_E)) {
      if (!this.take(PLUS)) this.take(MINUS);
      if (!this.digits()) return BAD;
    }
    return this.close(node, this.at);
  }

  private digits(): boolean {
    const start = this.at;
    while (this.peek() >= ZERO && this.peek() <= NINE) this.at++;
    return this.at > start;
  }
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
