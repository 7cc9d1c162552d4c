import type { ColumnarCrate, NativeColumnWriter } from '../../native/index.js';
import { columnsOf, type Column, type ColumnOptions } from '../columns/index.js';
import type { Decoder, Layout } from '../record/index.js';
import { familyNodes } from './column-nodes.js';
import { columnFault } from './column-fault.js';
import { columnarCrate } from './columnar-crate.js';
import { badRows, rowLayout, type BadRow } from './row-bindings.js';

/** Parquet, the file form of Arrow IPC (Feather 2), or its stream form. */
export const COLUMN_FORMS = ['parquet', 'arrow', 'arrow-stream'] as const;
export type ColumnForm = (typeof COLUMN_FORMS)[number];

/** Arrow has no `snappy`. */
export const COLUMN_COMPRESSIONS = ['zstd', 'snappy', 'none'] as const;
export type ColumnCompression = (typeof COLUMN_COMPRESSIONS)[number];

/** Records that lie in another, as a list of structs in a column by their name; they may hold records too. */
export interface ColumnChild {
  readonly layout: Layout;
  readonly children?: readonly ColumnChild[];
}

export interface ColumnWriterOptions extends ColumnOptions {
  readonly layout: Layout;
  /** The records that each holds, as decode puts families together; for `writeLines` alone. */
  readonly children?: readonly ColumnChild[];
  /** The decoder of the layout, of all its fields, whose rows `writeRows` takes. */
  readonly decoder?: Decoder;
  /** Where the file goes; until `finish` it is PATH.partial. */
  readonly path: string;
  readonly form: ColumnForm;
  /** `snappy` for Parquet and `none` for Arrow when left out. */
  readonly compression?: ColumnCompression;
  /** Rows of a Parquet row group (262,144 when left out) or of an Arrow batch (65,536) at most. */
  readonly rowGroupRows?: number;
  /** Bytes of a row group at most, as it lies in the file: 32 MiB when left out. Twice as much may wait in memory. */
  readonly rowGroupBytes?: number;
}

/** A line that became no row. `line` counts from 0 within the call; `field` is '' when the line as a whole is bad. */
export interface BadLine {
  readonly line: number;
  readonly field: string;
  readonly what: string;
}

/** What one call took: whole lines, `consumed` bytes of them. After 256 bad lines a call ends; go on behind what it consumed. */
export interface LinesTaken {
  readonly consumed: number;
  readonly rows: number;
  readonly bad: readonly BadLine[];
}

/**
 * One file of columns. Each call writes on its thread; memory is bounded by the row group. An error (`HR_OUTPUT`, `HR_DISK_FULL`)
 * gives the file up. The file has its name only when `finish` returns, all of it on disk by then: a run that is killed leaves
 * PATH.partial at most, which the next run for PATH empties.
 */
export interface ColumnWriter {
  /** Those of the record itself; the lists of what it holds stand behind them. */
  readonly columns: readonly Column[];
  /**
   * Adds a row for each line of JSON as decode writes it (and `createJsonWriter`): whole lines, the last with or without its line
   * end, at most 1 GiB. Members may come in any order; one that is missing is null, one that begins with `$` is passed over.
   */
  writeLines(text: Uint8Array): LinesTaken;
  /**
   * Adds `count` rows of the decoder, several times as fast as lines; the rows that it refused are left out. Only where `rowsTellAll` of
   * the layout, and no policy, choice of views or 66 level is wanted: then both write the same. A row with a number beyond its column (38
   * digits) is left out and told.
   */
  writeRows(rows: Uint8Array, count: number): readonly BadRow[];
  /**
   * Puts a row group that a `RowGroupWriter` of any thread has made, by its number, behind all rows so far. It must be of the same
   * layout; once, of Parquet alone.
   */
  appendGroup(group: number): void;
  /** Ends the file; returns its rows and bytes. */
  finish(): { readonly rows: number; readonly sizeBytes: number };
  /** Gives the file up: nothing of it is left. */
  abort(): void;
}

export const PARQUET_COMPRESSION = 'snappy';
const GROUP_ROWS = { parquet: 262_144, arrow: 65_536, 'arrow-stream': 65_536 } as const;
const GROUP_BYTES = 32 << 20;

/**
 * Opens a file of columns for the records of a layout: groups are structs, tables lists (with DEPENDING ON of their true length),
 * views of a REDEFINES columns with nulls. It needs the Rust crate, which has no twin: without it ConfigError `HR_NATIVE_MISSING`
 * says how to build it. The main thread must have loaded the crate (`hasColumnarCrate`) before a worker opens a file.
 */
export function createColumnWriter(options: ColumnWriterOptions): ColumnWriter {
  return new CrateColumnWriter(options, columnarCrate());
}

class CrateColumnWriter implements ColumnWriter {
  readonly columns: readonly Column[];
  private readonly native: NativeColumnWriter;
  private readonly decoder: Decoder | undefined;

  constructor(options: ColumnWriterOptions, crate: ColumnarCrate) {
    const { layout, path, form } = options;
    this.columns = columnsOf(layout, options);
    const nodes = familyNodes(options, options);
    const settings = {
      form,
      compression: options.compression ?? (form === 'parquet' ? PARQUET_COMPRESSION : 'none'),
      groupRows: options.rowGroupRows ?? GROUP_ROWS[form],
      groupBytes: options.rowGroupBytes ?? GROUP_BYTES,
      createdBy: 'headrace',
    };
    this.native = columnFault(() => new crate.ColumnWriter(path, nodes, settings));
    this.decoder = options.decoder;
    if (this.decoder !== undefined) this.bind(this.decoder);
  }

  private bind({ plan }: Decoder): void {
    columnFault(() => this.native.bindRows(rowLayout(plan, this.columns)));
  }

  writeLines(text: Uint8Array): LinesTaken {
    return columnFault(() => this.native.writeLines(text));
  }

  writeRows(rows: Uint8Array, count: number): readonly BadRow[] {
    const { rowSize = 0, slots = [] } = this.decoder ?? {};
    const bad = columnFault(() => this.native.writeRows(rows.subarray(0, count * rowSize)));
    return badRows(bad, { slots });
  }

  appendGroup(group: number): void {
    columnFault(() => this.native.appendGroup(group));
  }

  finish(): { readonly rows: number; readonly sizeBytes: number } {
    return columnFault(() => this.native.finish());
  }

  abort(): void {
    this.native.abort();
  }
}
