export {
  COLUMN_COMPRESSIONS,
  COLUMN_FORMS,
  createColumnWriter,
  type BadLine,
  type BadRow,
  type ColumnChild,
  type ColumnCompression,
  type ColumnForm,
  type ColumnWriter,
  type ColumnWriterOptions,
  type LinesTaken,
} from './column-writer.js';
export { openColumnReader, type ColumnReader } from './column-reader.js';
export { rowsTellAll } from './row-bindings.js';
export { hasColumnarCrate } from './columnar-crate.js';
