export {
  RECORD_FORMATS,
  type BlockWord,
  type FramingOptions,
  type FramingRules,
  type LengthField,
  type RecordFormat,
  type RecordWord,
} from './framing-rules.js';
export {
  openRecordFile,
  type FieldPolicy,
  type OnError,
  type RecordFile,
  type RecordFileOptions,
  type RecordPolicies,
  type Trim,
} from './record-file.js';
export type { FieldValues, PlacedRecords, SelectionOptions, SelectRule, ValueRange } from './selection.js';
