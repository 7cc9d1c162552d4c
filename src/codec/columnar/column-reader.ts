import type { NativeColumnReader } from '../../native/index.js';
import { columnFault } from './column-fault.js';
import { columnarCrate } from './columnar-crate.js';

/** A file of columns, read from its beginning. An error (`HR_INPUT`; `HR_COLUMNS` for a type that JSON has no value for) closes it. */
export interface ColumnReader {
  /** Rows of the whole file, or undefined where it does not tell before its end (Arrow). */
  readonly rows: number | undefined;
  /**
   * The next rows as whole lines of JSON, somewhat more than 1 MiB at most; undefined at the end. Decimals have all their digits and decimals, floats
   * are the shortest literal that reads back, bytes hexadecimal, dates and times ISO 8601 (UTC where they have a zone). They lie
   * in `into` where that has room for them, else in memory of their own.
   */
  read(into?: Uint8Array): { readonly text: Uint8Array; readonly rows: number } | undefined;
  close(): void;
}

/**
 * Opens a file of Parquet (plain, snappy, zstd or lz4) or Arrow IPC (file or stream; plain, zstd or lz4), told apart by its first
 * bytes. It needs the Rust crate, as `createColumnWriter` does.
 */
export function openColumnReader(path: string): ColumnReader {
  const crate = columnarCrate();
  return new CrateColumnReader(columnFault(() => new crate.ColumnReader(path)));
}

/** Lines as they mostly come; a row may be larger. */
const TEXT_SIZE = 5 << 18;

class CrateColumnReader implements ColumnReader {
  readonly rows: number | undefined;

  constructor(private readonly native: NativeColumnReader) {
    this.rows = native.rows < 0 ? undefined : native.rows;
  }

  read(into = new Uint8Array(TEXT_SIZE)): { readonly text: Uint8Array; readonly rows: number } | undefined {
    const read = columnFault(() => this.native.read(into));
    if (read === null) return undefined;
    return read.size > into.length
      ? this.read(new Uint8Array(read.size))
      : { text: into.subarray(0, read.size), rows: read.rows };
  }

  close(): void {
    this.native.close();
  }
}
