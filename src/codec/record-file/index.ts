export { errorPolicy, mayFail, type ErrorPolicy } from './error-policy.js';
export { createFramer, hasOwnLengths, isExact } from './create-framer.js';
export type { Framer, FramingFault, Stretch } from './framer.js';
export { createFrameWriter, type FrameWriter } from './frame-writer.js';
export {
  framingRules,
  RECORD_FORMATS,
  type BlockWord,
  type FramingOptions,
  type FramingRules,
  type LengthField,
  type RecordFormat,
  type RecordWord,
} from './framing-rules.js';
export {
  compileRecords,
  openRecordFile,
  recordFileOf,
  type FieldPolicy,
  type OnError,
  type PlacedKind,
  type RecordFile,
  type RecordFileOptions,
  type RecordPolicies,
} from './record-file.js';
export { RecordFinder, type RecordBatch } from './record-finder.js';
export { recordJsonWriter } from './record-json-writer.js';
export { runsOf, type Run } from './record-runs.js';
export { refuseKind, refuseOrphan, refuseRest, type Rest } from './record-refusals.js';
export { RecordSelector } from './record-selector.js';
export type { FieldValues, PlacedRecords, SelectionOptions, SelectRule, ValueRange } from './selection.js';
export { openTrailerHold, type TrailerHold } from './trailer-hold.js';
export {
  oneLength,
  RecordFileEncoder,
  type EncodedLines,
  type RecordFileEncoderOptions,
} from './record-file-encoder.js';
export { joinLines, type LineBatch } from './line-batch.js';
export { Family, parentKinds } from './family.js';
export { RawKeeper } from './raw-keeper.js';
export { viewChoices } from './view-choices.js';
export { openRecordBlocks, type RecordBlocks } from './block-writer.js';
