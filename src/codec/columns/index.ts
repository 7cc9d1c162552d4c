export {
  columnsOf,
  DECIMAL_DIGITS_MAX,
  hasNullBlank,
  numberDigits,
  type Column,
  type ColumnKind,
  type ColumnOptions,
} from './column.js';
export { membersOf, recordMembers, type Member } from './members.js';
