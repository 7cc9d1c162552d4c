import { readError } from './form-error.js';
import { RECORD_SIZE_MAX } from './form-text.js';

const [QUOTE, BACKSLASH, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const NO_BYTES = new Uint8Array(0);
const BOM = Buffer.from('\ufeff');

/** Where the text stands between its records. */
type Between = 'start' | 'element' | 'comma' | 'record' | 'end';

/**
 * Parts JSON text that comes in pieces into its records: the elements of an array, or objects one after the other (JSON lines, and a single
 * object). Only brackets and quotes are looked at; one record is held at most.
 */
export class JsonSplitter {
  private held: Uint8Array = NO_BYTES;
  private at = 0; // scanned so far, of what is held
  private start = -1; // of the record that is open
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  private between: Between = 'start';
  private isArray = false;
  private records = 0;
  private lines = 1;
  /** The line the record that came last begins in. */
  line = 1;

  /** The texts of the records that end in the next piece. */
  *take(piece: Uint8Array): Generator<Uint8Array> {
    this.held = this.held.length === 0 ? piece : Buffer.concat([this.held, piece]);
    if (this.between === 'start' && this.lines === 1 && this.at === 0 && BOM.equals(this.held.subarray(0, BOM.length)))
      this.at = BOM.length;
    for (; this.at < this.held.length; this.at++) {
      const byte = this.held[this.at]!;
      if (byte === 0x0a) this.lines++;
      if (this.start < 0) this.outside(byte);
      else if (this.inside(byte)) yield this.close();
    }
    this.shrink();
  }

  /** Throws readError when a record, or the array, is not closed. */
  end(): void {
    if (this.start >= 0 || (this.isArray && this.between !== 'end')) this.refuse('the text ends inside of it');
  }

  private refuse(message: string): never {
    throw readError({ form: 'json', record: this.records + 1, line: this.lines }, message);
  }

  private outside(byte: number): void {
    if (SPACES.has(byte)) return;
    const { between } = this;
    if (byte === OPEN_ARRAY && between === 'start') {
      this.isArray = true;
      this.between = 'element';
    } else if (
      byte === CLOSE_ARRAY &&
      this.isArray &&
      (between === 'comma' || (between === 'element' && this.records === 0))
    )
      this.between = 'end';
    else if (byte === COMMA && between === 'comma') this.between = 'element';
    else if (byte === OPEN_OBJECT && (between === 'start' || between === 'element' || between === 'record'))
      this.open();
    else this.refuse(`expected ${EXPECTED[between]}, found ${JSON.stringify(String.fromCharCode(byte))}`);
  }

  private open(): void {
    this.start = this.at;
    this.line = this.lines;
    this.depth = 1;
  }

  /** Whether the record ends with this byte. */
  private inside(byte: number): boolean {
    if (this.at - this.start >= RECORD_SIZE_MAX) this.refuse(`it is longer than ${RECORD_SIZE_MAX} bytes`);
    if (this.isEscaped) this.isEscaped = false;
    else if (this.isInString) {
      if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInString = false;
    } else if (byte === QUOTE) this.isInString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return --this.depth === 0;
    return false;
  }

  private close(): Uint8Array {
    const text = this.held.subarray(this.start, this.at + 1);
    this.start = -1;
    this.records++;
    this.between = this.isArray ? 'comma' : 'record';
    return text;
  }

  private shrink(): void {
    const from = this.start < 0 ? this.at : this.start;
    this.held = this.held.slice(from);
    this.at -= from;
    if (this.start >= 0) this.start = 0;
  }
}

const EXPECTED: Readonly<Record<Between, string>> = {
  start: 'an object or an array of objects',
  element: 'an object',
  comma: 'a comma or the end of the array',
  record: 'an object',
  end: 'nothing behind the array',
};
