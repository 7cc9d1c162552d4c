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

/** The crate's writer. Errors are thrown with a `code` of ours; after one the file is given up. */
export interface NativeColumnWriter {
  writeLines(text: Uint8Array): NativeLinesTaken;
  finish(): { readonly rows: number; readonly sizeBytes: number };
  abort(): void;
}

/** What the columnar crate exports. */
export interface ColumnarCrate {
  readonly abiVersion: number;
  readonly ColumnWriter: new (
    path: string,
    nodes: readonly NativeColumnNode[],
    settings: NativeColumnSettings,
  ) => NativeColumnWriter;
}

const COLUMNAR_ABI_VERSION = 1;

/** The Rust crate that writes Parquet and Arrow, or undefined with the reason on `onMissing`: it has no twin. */
export function loadColumnar(onMissing: (reason: string) => void = () => {}): ColumnarCrate | undefined {
  return loadNative<ColumnarCrate>('headrace-columnar', COLUMNAR_ABI_VERSION, 'prefer', onMissing);
}
