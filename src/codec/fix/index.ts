export { FixBatch, type FixBatchOptions } from './batch.js';
export { BATCH_MESSAGES_MAX, NO_ROW, msgTypeCode } from './batch-layout.js';
export { DECIMAL_SIZE_MAX, formatFixDecimal, parseFixDecimal } from './decimal.js';
export { emitBuilders } from './emit-builders.js';
export { FixEncoder } from './encoder.js';
export { hashIdentifier } from './identifier.js';
export { Int64Cell } from './int64-cell.js';
export { FixMessage } from './message.js';
export { messageBuilder, type BuiltMessage } from './message-builder.js';
export { NameTable, type NameTableSizes } from './name-table.js';
export { OrderEncoder, type OrderBatchInput, type OrderEncoderOptions } from './order-encoder.js';
export { RAW_DATA_TABLE, RAW_DATA_TABLE_SIZE } from './raw-data.js';
export { ROW_STRIDE, ROW_TYPE } from './row-plan.js';
export { RowProjection, rowStatus, rowTag, type OrderNames } from './row-projection.js';
export {
  TIMESTAMP_SIZE_MAX,
  formatUtcTimestamp,
  parseUtcTimestamp,
  utcTimestampText,
  type TimestampDecimals,
} from './timestamp.js';
