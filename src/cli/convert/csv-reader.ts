import { isUtf8 } from 'node:buffer';

import { DecodeError } from '../../model/index.js';
import type { Input } from '../decode/input.js';
import { linesOf } from '../encode/lines.js';
import { CsvLine, type CsvTypes } from './csv-line.js';
import { CsvRows, type CsvCells } from './csv-rows.js';
import type { EachLines, LineVisitor } from './line-reader.js';
import { textBeforeFault, wholeSize } from './utf8-text.js';

/** Small, as the text of a chunk that lives through a scavenge of V8 stays until all of its memory is looked through. */
const CHUNK_SIZE = 1 << 15;
const LINES_SIZE = 1 << 18;
/** Bytes that a unit of UTF-16 becomes at most. */
const BYTES_A_UNIT = 3;
const BYTE_ORDER_MARK = '\ufeff';

/** The lines of JSON that the rows of a CSV are, its first row the columns. */
export function eachCsvRow(types: CsvTypes): EachLines {
  return async ({ input, path }, visit) => {
    const rows = new RowLines(types, visit);
    try {
      await rows.read(input);
    } catch (cause) {
      if (!(cause instanceof DecodeError) || cause.code !== 'HR_CSV') throw cause;
      throw new DecodeError('HR_CSV', `${path}: ${cause.message}`, { cause });
    }
  };
}

/** Rows as lines, gathered to batches. */
class RowLines {
  private readonly rows = new CsvRows();
  private line: CsvLine | undefined;
  /** Lines as bytes at once: as text they would live until the batch is full, and outgrow V8's young generation. */
  private text = Buffer.alloc(LINES_SIZE * 2);
  private size = 0;
  private isBegun = false;
  private number = 2; // of the next row, the columns being the first

  constructor(
    private readonly types: CsvTypes,
    private readonly visit: LineVisitor,
  ) {}

  async read(input: Input): Promise<void> {
    const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
    for (let [read, held] = [0, 0]; ;) {
      const count = await input.read(chunk.subarray(held));
      const isLast = count === 0;
      const size = isLast ? held : wholeSize(chunk.subarray(0, held + count));
      this.add(chunk.subarray(0, size), isLast);
      held = chunk.copy(chunk, 0, size, held + count);
      read += count;
      const isFull = this.size >= LINES_SIZE || (isLast && this.size > 0);
      if ((isFull && !(await this.flush(read))) || isLast) return;
    }
  }

  private add(bytes: Buffer, isLast: boolean): void {
    const isGood = isUtf8(bytes);
    const text = isGood ? bytes.toString() : textBeforeFault(bytes);
    const hasMark = !this.isBegun && text.startsWith(BYTE_ORDER_MARK);
    this.isBegun ||= text !== '';
    this.rows.add(hasMark ? text.slice(1) : text, isLast && isGood, cells => this.row(cells));
    if (!isGood)
      throw this.rows.fault('it is not UTF-8; write the file in UTF-8, with iconv or as the program that made it can');
  }

  private row(cells: CsvCells): void {
    if (this.line === undefined)
      this.line = new CsvLine(
        cells.map(cell => cell ?? ''),
        this.types,
      );
    else this.put(this.line.of(cells, this.rows.line));
  }

  private put(line: string): void {
    if (this.size + line.length * BYTES_A_UNIT > this.text.length) this.room(Buffer.byteLength(line));
    this.size += this.text.write(line, this.size);
  }

  private room(size: number): void {
    if (this.size + size <= this.text.length) return;
    const larger = Buffer.alloc(this.size + size);
    this.text.copy(larger, 0, 0, this.size);
    this.text = larger;
  }

  private flush(read: number): Promise<boolean> {
    const { batch, lines } = linesOf(this.text, this.size, this.number, true);
    this.number += lines;
    this.size = 0;
    return this.visit(batch, read);
  }
}
