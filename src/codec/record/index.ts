export { byteOf, codePage, NO_CHARACTER, type CodePage } from './code-page.js';
export { readLeafText, readText } from './text-reader.js';
export { CODE_PAGES, type CodePageName } from './code-page-name.js';
export { NEGATIVE, NO_DIGIT, SIGN_DIALECTS, type SignDialect } from './sign.js';
export type {
  BlankPolicies,
  BlankPolicy,
  Charset,
  EditedPicture,
  Layout,
  LayoutCondition,
  LayoutItem,
  LayoutRenames,
  LayoutValue,
  Leaf,
  Occurs,
  SignNibbles,
  SignPosition,
  Trim,
} from './layout.js';
export { ROW_FAILED_OP, ROW_STATUS, ROW_VIEWS, type RowPlan, type RowSlot } from './row-plan.js';
export { fixedSpans, readSlot, type ByteRange, type Decoder, type DecoderOptions, type FilePlace } from './decoder.js';
export { createDecoder } from './create.js';
export type { RecordSpans } from './row-twin.js';
export { refuseField, type Refusal } from './refusal.js';
export { compileJsonPlan, type JsonPlan, type JsonPlanOptions } from './json-plan.js';
export type { ViewChoice } from './plan-choices.js';
export {
  createJsonWriter,
  type JsonBatch,
  type JsonSource,
  type JsonWriter,
  type JsonWriterOptions,
} from './json-writer.js';
export { frameFixed, frameRdw, Framing, RDW_SIZE, RECORD_KIND } from './records.js';
export { RecordLister, type ListedField } from './record-lister.js';
export { clearRow, createEncoder, writeSlot, type Encoder } from './encoder.js';
export { recordTemplate } from './template.js';
export {
  createRecordEncoder,
  type EncodedBatch,
  type JsonLines,
  type RecordEncoder,
  type RecordEncoderOptions,
} from './record-encoder.js';
export type { MissingPolicy } from './record-encode-twin.js';
export type { EncodeRefusal } from './encode-refusal.js';
export { suggestion } from './nearest-name.js';
export { objectText } from './object-text.js';
export { readEdited } from './read-edited.js';
export { describeLeaf, DIGITS_MAX, FLAG, KIND, LEAF, LEAF_INTS, LeafTable, BLANK_POLICY } from './leaf.js';
export { blankPolicy, nullFilling } from './blank.js';
export { readFloatDouble, readFloatText, writeFloatText } from './float.js';
export { NumberLiteral } from './number-literal.js';
export { writeNumber } from './number-writer.js';
export { writeText } from './text-writer.js';
export { pageTables, TABLES } from './page-tables.js';
export { Digits, readNumber, type LeafAt } from './number.js';
export { ValueTests, type ItemValues } from './value-tests.js';
export { ValueTestTwin } from './value-test-twin.js';
export { RecordSketch } from './record-sketch.js';
export { JSON_KIND, JsonTape, TAPE, TAPE_INTS } from './json-tape.js';
export { stringPoints } from './json-string.js';
export { renamedItem } from './plan-renames.js';
export { viewSets, type ViewSet } from './view-sets.js';
export { conditionHolders } from './plan-conditions.js';
