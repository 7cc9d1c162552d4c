export { SignalBridge, type SignalBridgeParts } from './bridge.js';
export { directReports } from './direct-report.js';
export { SignalMessages, type DirectReport, type MessageParties } from './fix-order.js';
export { signalOptions, type SignalOptions, type SignalOptionsInput } from './options.js';
export { type SignalOrder } from './order.js';
export { foldRecord } from './records.js';
export { type ExecutionReportInput, type ReportState, type SystemReport } from './report.js';
export { checkSystem } from './router.js';
export { type SignalInput } from './signal.js';
export {
  SignalBook,
  type BookedReport,
  type Sent,
  type SignalAnswer,
  type SignalEntry,
  type SignalExecution,
  type SignalStatus,
} from './signal-book.js';
export { type Judgement, type SignalDesk } from './signal-desk.js';
