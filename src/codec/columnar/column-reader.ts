import type { NativeColumnReader } from '../../native/index.js';
import { columnFault } from './column-fault.js';
import { columnarCrate } from './columnar-crate.js';

/** A file of columns, read from its beginning. An error (`HR_INPUT`; `HR_COLUMNS` for a type that JSON has no value for) closes it. */
export interface ColumnReader {
  /** Rows of the whole file, or undefined where it does not tell before its end (Arrow). */
  readonly rows: number | undefined;
  /**
   * The next rows as whole lines of JSON, somewhat more than 1 MiB at most; undefined at the end. Decimals have all their digits and decimals, floats
   * are the shortest literal that reads back, bytes hexadecimal, dates and times ISO 8601 (UTC where they have a zone).
   */
  read(): { readonly text: Uint8Array; readonly rows: number } | undefined;
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

class CrateColumnReader implements ColumnReader {
  readonly rows: number | undefined;

  constructor(private readonly native: NativeColumnReader) {
    this.rows = native.rows < 0 ? undefined : native.rows;
  }

  read(): { readonly text: Uint8Array; readonly rows: number } | undefined {
    return columnFault(() => this.native.read()) ?? undefined;
  }

  close(): void {
    this.native.close();
  }
}
