import { isUtf8 } from 'node:buffer';

import type { PathNode } from './csv-columns.js';
import { textCell } from './csv-text.js';

const [QUOTE, COMMA, MINUS, POINT, ZERO, NINE, SPACE] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x20];
const [OPEN_ARRAY, CLOSE_ARRAY, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x5c, 0x7b, 0x7d];
const NEWLINE = 0x0a;
const [NULL, TRUE, FALSE] = ['null', 'true', 'false'].map(word => Buffer.from(word)) as [Buffer, Buffer, Buffer];

const FIRST_SIZE = 1 << 16;
/** A cell has the bytes of its value, or of its text two quotes, an apostrophe and a comma more. */
const BYTES_A_CELL = 4;

/** What a byte of text asks of its cell: nothing, to become a cell by way of a string, or the whole line read by the tape. */
const [PLAIN, SPECIAL, ODD] = [0, 1, 2];
const TEXT_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => textByte(byte));
/** A text that begins so may be a formula, or look like one behind an apostrophe that was added. */
const FORMULA_STARTS = new Set(Buffer.from(`=+-@'`));

function textByte(byte: number): number {
  if (byte < SPACE || byte === BACKSLASH) return ODD;
  return byte === COMMA || byte >= 0x80 ? SPECIAL : PLAIN;
}

/** A group or a table: what lies in it, in the order of the columns. */
interface Step {
  readonly column: number;
  readonly names: readonly Uint8Array[];
  readonly members: readonly Step[];
  readonly elements: readonly Step[];
}

function stepOf({ column, members, elements }: PathNode): Step {
  return {
    column,
    names: Array.from(members.keys(), name => Buffer.from(`${JSON.stringify(name)}:`)),
    members: Array.from(members.values(), stepOf),
    elements: Array.from(elements, stepOf),
  };
}

/**
 * Lines of CSV from objects whose members come in the order of the columns, as decode writes them: both are walked in step, and a value's
 * bytes are copied as they are looked at. Any other line is left to who knows all of JSON.
 */
export class OrderedLines {
  private readonly root: Step;
  private bytes: Uint8Array = new Uint8Array(0);
  private out = new Uint8Array(FIRST_SIZE);
  private size = 0;
  /** Where the line is being read, and the column that it stands in. */
  private at = 0;
  private column = 0;

  constructor(
    tree: PathNode,
    private readonly columns: number,
  ) {
    this.root = stepOf(tree);
  }

  /** Adds the object at `start`; false, and nothing is added, when it is not one of the columns in their order. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.size;
    this.room(end - start + (this.columns + 1) * BYTES_A_CELL);
    this.bytes = bytes;
    this.at = start;
    this.column = 0;
    if (bytes[start] === OPEN_OBJECT && this.object(this.root) && this.at === end) {
      this.moveTo(this.columns - 1);
      this.out[this.size++] = NEWLINE;
      return true;
    }
    this.size = from;
    return false;
  }

  /** Adds a line that another made. */
  addText(line: string): void {
    const text = Buffer.from(line);
    this.room(text.length);
    this.out.set(text, this.size);
    this.size += text.length;
  }

  /** The lines since the last call, until the next line is added. */
  take(): Uint8Array {
    const lines = this.out.subarray(0, this.size);
    this.size = 0;
    return lines;
  }

  private room(size: number): void {
    if (this.size + size <= this.out.length) return;
    const larger = new Uint8Array((this.size + size) * 2);
    larger.set(this.out.subarray(0, this.size));
    this.out = larger;
  }

  private object({ names, members }: Step): boolean {
    this.at++;
    if (this.bytes[this.at] === CLOSE_OBJECT) return this.at++ > 0;
    for (let next = 0; next < names.length;) {
      this.space();
      while (!this.takes(names[next]!)) if (++next === names.length) return false;
      this.space();
      if (!this.value(members[next++]!)) return false;
      const byte = this.bytes[this.at++];
      if (byte === CLOSE_OBJECT) return true;
      if (byte !== COMMA) return false;
    }
    return false;
  }

  private array({ elements }: Step): boolean {
    this.at++;
    if (this.bytes[this.at] === CLOSE_ARRAY) return this.at++ > 0;
    for (const element of elements) {
      this.space();
      if (!this.value(element)) return false;
      const byte = this.bytes[this.at++];
      if (byte === CLOSE_ARRAY) return true;
      if (byte !== COMMA) return false;
    }
    return false;
  }

  private value(step: Step): boolean {
    const byte = this.bytes[this.at]!;
    if (byte === OPEN_OBJECT) return this.object(step);
    if (byte === OPEN_ARRAY) return this.array(step);
    if (this.takes(NULL)) return true;
    if (step.column < this.column) return false;
    this.moveTo(step.column);
    if (byte === QUOTE) return this.text();
    return byte === MINUS || isDigit(byte) ? this.number() : this.word(TRUE) || this.word(FALSE);
  }

  /** Cells without a value are empty. */
  private moveTo(column: number): void {
    for (; this.column < column; this.column++) this.out[this.size++] = COMMA;
  }

  private space(): void {
    while (this.bytes[this.at] === SPACE) this.at++;
  }

  private takes(text: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
    this.at = at + text.length;
    return true;
  }

  private word(word: Uint8Array): boolean {
    if (!this.takes(word)) return false;
    this.out.set(word, this.size);
    this.size += word.length;
    return true;
  }

  /** A string without escapes. */
  private text(): boolean {
    const { bytes, out } = this;
    const start = this.at + 1;
    let [at, size, found] = [start, this.size, PLAIN];
    for (let byte = bytes[at]!; byte !== QUOTE; byte = bytes[++at]!) {
      // Behind the last byte there is none, and no class of its own.
      found |= TEXT_BYTES[byte] ?? ODD;
      if (found >= ODD) return false;
      out[size++] = byte;
    }
    this.at = at + 1;
    if (found === PLAIN && at > start && !FORMULA_STARTS.has(bytes[start]!)) {
      this.size = size;
      return true;
    }
    const cell = Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start);
    if (found === SPECIAL && !isUtf8(cell)) return false;
    this.addText(textCell(cell.toString()));
    return true;
  }

  /** A number without an exponent, its digits as they stand. */
  private number(): boolean {
    const start = this.at;
    if (this.bytes[this.at] === MINUS) this.at++;
    const first = this.at;
    this.digits();
    const isWhole = this.at === first + 1 || (this.at > first && this.bytes[first] !== ZERO);
    if (this.bytes[this.at] === POINT) {
      const point = this.at++;
      this.digits();
      if (this.at === point + 1) return false;
    }
    for (let at = start; at < this.at; at++) this.out[this.size++] = this.bytes[at]!;
    return isWhole;
  }

  private digits(): void {
    const { bytes } = this;
    while (isDigit(bytes[this.at]!)) this.at++;
  }
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
