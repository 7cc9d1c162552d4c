import {
  createDecoder,
  createRowGroupWriter,
  type BadRow,
  type RecordFile,
  type RowGroupWriter,
} from '../../codec/index.js';
import type { Addon } from '../../native/index.js';
import type { RowGroup } from '../decode/decoded.js';

/**
 * Bytes of the records that a worker makes one row group of. Each worker holds the group it makes, and up to two wait until those before
 * them are written, so it is what memory allows; what is left of a file at its end goes as rows to the thread that writes.
 */
export const GROUP_SIZE = 6 << 20;

/** Where rows of a task go that become a row group here, in the worker. */
export class RowGroups {
  private readonly rowSize: number;
  private readonly writer: RowGroupWriter;
  private scratch = new Uint8Array(0);
  private bad: BadRow[] = [];
  private rows = 0;

  constructor({ layouts }: RecordFile, native: Addon | undefined) {
    const layout = layouts[0]!;
    const decoder = createDecoder({ layout, native });
    this.rowSize = decoder.rowSize;
    this.writer = createRowGroupWriter({ layout, decoder });
  }

  room(sizeMin: number): Uint8Array {
    if (this.scratch.length < sizeMin) this.scratch = new Uint8Array(sizeMin);
    return this.scratch;
  }

  /** Adds good rows. */
  print(rows: Uint8Array): void {
    const count = rows.length / this.rowSize;
    for (const { row, field } of this.writer.writeRows(rows, count)) this.bad.push({ row: this.rows + row, field });
    this.rows += count;
  }

  /** Ends the row group of a task. */
  take(): RowGroup {
    const group = { number: this.writer.endGroup(), rows: this.rows, bad: this.bad };
    [this.rows, this.bad] = [0, []];
    return group;
  }
}
