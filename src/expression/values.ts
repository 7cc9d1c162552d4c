import { Decimal, HeadraceError, type DataRecord, type DataValue } from '../model/index.js';
import { plainName } from './cobol-words.js';

/** A list longer than this is refused: what an expression does with one it does for each element. */
const LIST_MAX = 100_000;
/** Values nested deeper than this are refused. */
const DEPTH_MAX = 64;

/** What an expression may read: every number is a Decimal, and a hyphenated field has its plain name beside its own. */
export type Operand = string | boolean | null | Decimal | Operand[] | Record<string, unknown>;

/** The operands of a value. Throws HeadraceError `HR_RECORD_VALUE` for what no record holds. */
export function operandOf(value: DataValue, depth = 0): Operand {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
      return Decimal.from(value);
    case 'undefined':
      return null;
    case 'object':
      return value === null || value instanceof Decimal ? value : nestedOperand(value, depth);
    default:
      throw refusal(`a value of type ${typeof value}`);
  }
}

function nestedOperand(value: object, depth: number): Operand {
  if (depth > DEPTH_MAX) throw refusal(`values nested deeper than ${DEPTH_MAX}`);
  if (Array.isArray(value)) {
    if (value.length > LIST_MAX) throw refusal(`a list of ${value.length} elements, more than ${LIST_MAX}`);
    return value.map((element: DataValue) => operandOf(element, depth + 1));
  }
  return recordOperand(value as DataRecord, depth + 1);
}

/** The operands of a record's fields, on an object without a prototype: no name reaches anything but a field. */
export function recordOperand(record: DataRecord, depth = 0): Record<string, Operand> {
  const fields: Record<string, Operand> = Object.create(null) as Record<string, Operand>;
  for (const [name, value] of Object.entries(record)) if (value !== undefined) fields[name] = operandOf(value, depth);
  for (const name of Object.keys(fields)) {
    const plain = plainName(name);
    // It can be read, yet is not listed: `record` has each field once.
    if (!(plain in fields)) Object.defineProperty(fields, plain, { value: fields[name] });
  }
  return fields;
}

function refusal(what: string): HeadraceError {
  return new HeadraceError('HR_RECORD_VALUE', `${what} is nothing that a record holds`);
}
