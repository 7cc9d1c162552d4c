export { decimalText } from './decimal-text.js';
export { LAST, PAIRS, SPARE, type DisplayTables, type LastByte } from './number-tables.js';
export { objectProblems, type ObjectProblem } from './object-check.js';
export { RecordCodec, type FieldSpec, type FieldValue, type MemberSpec, type RecordSpec } from './record-codec.js';
export { RecordView, type FieldRefusal } from './record-view.js';
