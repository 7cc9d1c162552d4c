export {
  COLUMN_COMPRESSIONS,
  COLUMN_FORMS,
  createColumnWriter,
  type BadLine,
  type ColumnChild,
  type ColumnCompression,
  type ColumnForm,
  type ColumnWriter,
  type ColumnWriterOptions,
  type LinesTaken,
} from './column-writer.js';
export { openColumnReader, type ColumnReader } from './column-reader.js';
export { createRowGroupWriter, type RowGroupWriter, type RowGroupWriterOptions } from './row-group-writer.js';
export { rowsTellAll, type BadRow } from './row-bindings.js';
export { hasColumnarCrate } from './columnar-crate.js';
