export { loadAddon, type Addon } from './addon.js';
export { loadCrate, type JournalCrate, type JournalWriter } from './crate.js';
export {
  loadColumnar,
  type ColumnarCrate,
  type NativeColumnNode,
  type NativeColumnReader,
  type NativeColumnSettings,
  type NativeColumnWriter,
  type NativeLinesTaken,
  type NativeRowBinding,
  type NativeRowGroupWriter,
  type NativeRowLayout,
  type NativeRowRefused,
} from './columnar.js';
export { nativeBinaries, type NativeMode } from './binaries.js';
export type { RingExports } from './ring.js';
export type { FixEncode, FixEncodeBuffers, FixExports, FixScan, FixScanBuffers } from './fix.js';
export type { NativeGateCalls, RiskExports } from './risk.js';
export type { CopybookExports, NativeJsonWrite, NativeRecordEncode, NativeRowPlan } from './copybook.js';
