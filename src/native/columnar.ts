import { loadNative } from './binaries.js';

/** A column as the crate takes it: a tree in preorder, `children` counting the nodes below each. */
export interface NativeColumnNode {
  readonly name: string;
  /** The member's name in JSON, which two columns of one group may share. */
  readonly member: string;
  readonly kind: 'utf8' | 'decimal' | 'int32' | 'int64' | 'float32' | 'float64' | 'struct' | 'list';
  readonly nullable: boolean;
  readonly precision: number;
  readonly scale: number;
  readonly children: number;
}

/** How a file of columns is laid out; a group is a row group of Parquet, or a batch of Arrow. */
export interface NativeColumnSettings {
  readonly form: string;
  readonly compression: string;
  readonly groupRows: number;
  readonly groupBytes: number;
  readonly createdBy: string;
}

/** What one call took: whole lines of `consumed` bytes. `line` counts from 0 within the call. */
export interface NativeLinesTaken {
  readonly consumed: number;
  readonly rows: number;
  readonly bad: readonly { readonly line: number; readonly field: string; readonly what: string }[];
}

/**
 * Where a column finds its values in rows of the decoder. Each place stands once for every occurrence of the tables around the
 * column, the outermost slowest.
 */
export interface NativeRowBinding {
  readonly offsets: Uint32Array; // of an elementary item
  readonly kind: string; // of its slot: text, i64, i128, f64
  readonly zeros: number; // that P adds on the right
  readonly views: Uint32Array; // of a column with nulls
  readonly count: number; // occurrences of a table
  readonly children: readonly NativeRowBinding[];
}

/** How rows of the decoder lie: their size, for each view the one it lies in or -1, and where each column is. */
export interface NativeRowLayout {
  readonly size: number;
  readonly viewParents: Int32Array;
  readonly bindings: readonly NativeRowBinding[];
}

/** A row with a value beyond its column, and where in the row it lies. */
export interface NativeRowRefused {
  readonly row: number;
  readonly offset: number;
}

/** The crate's writer. Errors are thrown with a `code` of ours; after one the file is given up. */
export interface NativeColumnWriter {
  writeLines(text: Uint8Array): NativeLinesTaken;
  bindRows(layout: NativeRowLayout): void;
  writeRows(rows: Uint8Array): readonly NativeRowRefused[];
  /** Takes the row group that a NativeRowGroupWriter of any thread has left. */
  appendGroup(number: number): void;
  finish(): { readonly rows: number; readonly sizeBytes: number };
  abort(): void;
}

/** The crate's writer of row groups, which lie in its memory until a NativeColumnWriter takes them by their number. */
export interface NativeRowGroupWriter {
  writeRows(rows: Uint8Array): readonly NativeRowRefused[];
  endGroup(): number | null;
}

/** The crate's reader, of Parquet or Arrow as the file's first bytes tell. Errors as the writer's. */
export interface NativeColumnReader {
  /** Of the whole file, or -1 where it does not tell. */
  readonly rows: number;
  /** What is larger than `into` is told and stays for the next call. */
  read(into: Uint8Array): { readonly size: number; readonly rows: number } | null;
  close(): void;
}

/** What the columnar crate exports. */
export interface ColumnarCrate {
  readonly abiVersion: number;
  readonly ColumnWriter: new (
    path: string,
    nodes: readonly NativeColumnNode[],
    settings: NativeColumnSettings,
  ) => NativeColumnWriter;
  readonly RowGroupWriter: new (
    nodes: readonly NativeColumnNode[],
    compression: string,
    layout: NativeRowLayout,
  ) => NativeRowGroupWriter;
  readonly ColumnReader: new (path: string) => NativeColumnReader;
}

const COLUMNAR_ABI_VERSION = 4;

/** The Rust crate that writes and reads Parquet and Arrow, or undefined with the reason on `onMissing`: it has no twin. */
export function loadColumnar(onMissing: (reason: string) => void = () => {}): ColumnarCrate | undefined {
  return loadNative<ColumnarCrate>('headrace-columnar', COLUMNAR_ABI_VERSION, 'prefer', onMissing);
}
