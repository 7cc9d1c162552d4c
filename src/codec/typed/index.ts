export { CHARACTER_BITS, DECIMAL_PAIRS } from './character-tables.js';
export { decimalText, withoutZeros } from './decimal-text.js';
export { int64, quotient64, rest64 } from './int64.js';
export {
  LAST,
  PAIR_CHARACTERS,
  PAIRS,
  SPARE,
  SPARE_CHARACTERS,
  type DisplayTables,
  type LastByte,
} from './number-tables.js';
export { objectProblems, type ObjectProblem } from './object-check.js';
export { RecordCodec, type FieldSpec, type FieldValue, type MemberSpec, type RecordSpec } from './record-codec.js';
export { RecordView, type FieldRefusal } from './record-view.js';
