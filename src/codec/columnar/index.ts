export {
  COLUMN_COMPRESSIONS,
  COLUMN_FORMS,
  createColumnWriter,
  hasColumnWriter,
  type BadLine,
  type ColumnCompression,
  type ColumnForm,
  type ColumnWriter,
  type ColumnWriterOptions,
  type LinesTaken,
} from './column-writer.js';
