import type { NativeRowGroupWriter } from '../../native/index.js';
import { columnsOf } from '../columns/index.js';
import type { Decoder, Layout } from '../record/index.js';
import { columnFault } from './column-fault.js';
import { familyNodes } from './column-nodes.js';
import { PARQUET_COMPRESSION, type ColumnCompression } from './column-writer.js';
import { columnarCrate } from './columnar-crate.js';
import { badRows, rowLayout, type BadRow } from './row-bindings.js';

export interface RowGroupWriterOptions {
  readonly layout: Layout;
  /** The decoder of the layout, of all its fields, whose rows come. */
  readonly decoder: Decoder;
  /** `snappy` when left out. */
  readonly compression?: ColumnCompression;
}

/**
 * Makes row groups of Parquet in any thread, one after the other: columns are encoded and compressed here, and the `ColumnWriter` of
 * the thread that writes the file takes each by its number, without a copy. What is not taken stays in memory, 1,024 groups at most.
 */
export interface RowGroupWriter {
  /** As `writeRows` of a ColumnWriter. */
  writeRows(rows: Uint8Array, count: number): readonly BadRow[];
  /** Ends the row group and returns its number, for `appendGroup`; undefined where it has no rows. */
  endGroup(): number | undefined;
}

/** Throws as `createColumnWriter` does; `rowsTellAll` of the layout must hold, as there. */
export function createRowGroupWriter(options: RowGroupWriterOptions): RowGroupWriter {
  const { layout, decoder, compression = PARQUET_COMPRESSION } = options;
  const nodes = familyNodes({ layout }, {});
  const crate = columnarCrate();
  const rows = rowLayout(decoder.plan, columnsOf(layout));
  return new CrateRowGroupWriter(
    columnFault(() => new crate.RowGroupWriter(nodes, compression, rows)),
    decoder,
  );
}

class CrateRowGroupWriter implements RowGroupWriter {
  constructor(
    private readonly native: NativeRowGroupWriter,
    private readonly decoder: Decoder,
  ) {}

  writeRows(rows: Uint8Array, count: number): readonly BadRow[] {
    const { decoder } = this;
    return badRows(
      columnFault(() => this.native.writeRows(rows.subarray(0, count * decoder.rowSize))),
      decoder,
    );
  }

  endGroup(): number | undefined {
    return columnFault(() => this.native.endGroup()) ?? undefined;
  }
}
