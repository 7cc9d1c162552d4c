import type { LineBatch } from '../../codec/index.js';
import { NOTHING_DECODED } from '../decode/decoded.js';
import type { NumberedInput, RecordReader } from '../decode/record-reader.js';
import type { TaskPool } from '../decode/task-pool.js';
import { eachLines } from '../encode/lines.js';
import { packLines } from './line-tasks.js';

/** Gives the lines of an input, batch by batch, and how many of its bytes are read. */
export type EachLines = (input: NumberedInput, visit: LineVisitor) => Promise<void>;
export type LineVisitor = (batch: LineBatch, bytesRead: number) => Promise<boolean>;

/** The lines of a file of JSON lines. */
export const eachJsonLine: EachLines = ({ input }, visit) => eachLines(input, visit);

const NEWLINE = 0x0a;

/** Reads inputs that are lines, or become lines here; workers put them into another form, where there is one. */
export class LineReader implements RecordReader {
  constructor(
    private readonly each: EachLines,
    private readonly pool: TaskPool,
    private readonly isShaped: boolean,
  ) {}

  async read(input: NumberedInput): Promise<boolean> {
    let [goesOn, done, first] = [true, 0, 1];
    await this.each(input, async (batch, read) => {
      goesOn = await this.hand(batch, { input: input.number, first, sizeBytes: read - done });
      first += batch.numbers.length;
      done = read;
      return goesOn;
    });
    return goesOn;
  }

  finish(): Promise<void> {
    return this.pool.drain();
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private hand(batch: LineBatch, place: { input: number; first: number; sizeBytes: number }): Promise<boolean> {
    if (this.isShaped) return this.pool.submit({ kind: 'lines', ...packLines(batch, this.pool.bytes), ...place });
    const { input, sizeBytes } = place;
    const records = batch.numbers.length;
    return this.pool.pass({ ...NOTHING_DECODED, input, text: [textOf(batch, this.pool)], records, bytes: sizeBytes });
  }
}

/** The lines alone, each with its line end. */
function textOf({ bytes, starts, ends }: LineBatch, pool: TaskPool): Uint8Array<ArrayBuffer> {
  const size = ends.reduce((sum, end, index) => sum + end - starts[index]! + 1, 0);
  const text = new Uint8Array(pool.text.take(size), 0, size);
  let at = 0;
  ends.forEach((end, index) => {
    const start = starts[index]!;
    text.set(bytes.subarray(start, end), at);
    at += end - start + 1;
    text[at - 1] = NEWLINE;
  });
  return text;
}
