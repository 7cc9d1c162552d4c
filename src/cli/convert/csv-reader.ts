import { DecodeError } from '../../model/index.js';
import type { Input } from '../decode/input.js';
import { linesOf } from '../encode/lines.js';
import { CsvLine, type CsvTypes } from './csv-line.js';
import { CsvRows } from './csv-rows.js';
import type { EachLines, LineVisitor } from './line-reader.js';

const CHUNK_SIZE = 1 << 18;
const LINES_SIZE = 1 << 18;

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
  private text = '';
  private number = 2; // of the next row, the columns being the first

  constructor(
    private readonly types: CsvTypes,
    private readonly visit: LineVisitor,
  ) {}

  async read(input: Input): Promise<void> {
    const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
    const decoder = new TextDecoder(); // which takes a byte order mark away
    for (let read = 0; ;) {
      const count = await input.read(chunk);
      const isLast = count === 0;
      const piece = decoder.decode(chunk.subarray(0, count), { stream: !isLast });
      read += count;
      this.rows.add(piece, isLast, cells => {
        if (this.line === undefined)
          this.line = new CsvLine(
            cells.map(cell => cell ?? ''),
            this.types,
          );
        else this.text += this.line.of(cells, this.rows.line);
      });
      const isFull = this.text.length >= LINES_SIZE || (isLast && this.text !== '');
      if ((isFull && !(await this.flush(read))) || isLast) return;
    }
  }

  private flush(read: number): Promise<boolean> {
    const text = Buffer.from(this.text);
    const { batch, lines } = linesOf(text, text.length, this.number, true);
    this.number += lines;
    this.text = '';
    return this.visit(batch, read);
  }
}
