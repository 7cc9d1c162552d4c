import { Decimal, readExactNumber } from './decimal-value.js';
import { HeadraceError } from './errors.js';

/**
 * A value of a record. A `number` is a whole number of at most 15 digits; every other number is a Decimal (or a bigint, where a caller gives one), so
 * that none passes through a float. Undefined members are absent.
 */
export type DataValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Decimal
  | readonly DataValue[]
  | { readonly [name: string]: DataValue };

/** A record between two forms: a plain object. */
export interface DataRecord {
  readonly [name: string]: DataValue;
}

/** Values nested deeper than this are refused: no form is as deep, and a cycle ends here. */
const DEPTH_MAX = 64;

/**
 * The record's value of what a caller's function or an expression gave: whole numbers of at most 15 digits are numbers, others Decimals by the digits
 * JavaScript prints; a Date is its ISO 8601 text. Throws HeadraceError `HR_RECORD_VALUE` for bytes, functions, NaN and instances of other classes.
 */
export function dataValueOf(found: unknown, depth = 0): DataValue {
  switch (typeof found) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return found;
    case 'number':
    case 'bigint':
      return readExactNumber(String(found)) ?? refuse(`the number ${found}`);
    case 'object':
      return found === null ? null : nestedValue(found, depth);
    default:
      return refuse(`a value of type ${typeof found}`);
  }
}

function nestedValue(found: object, depth: number): DataValue {
  if (depth > DEPTH_MAX) refuse(`values nested deeper than ${DEPTH_MAX}`);
  if (found instanceof Decimal) return found.scale === 0 ? (readExactNumber(found.toString()) ?? found) : found;
  if (found instanceof Date)
    return Number.isNaN(found.getTime()) ? refuse('a Date without a time') : found.toISOString();
  if (Array.isArray(found)) return found.map(element => dataValueOf(element, depth + 1));
  if (!(found instanceof Map) && !isPlainObject(found)) return refuse(`a ${found.constructor.name}`);
  const entries: [unknown, unknown][] = found instanceof Map ? [...found.entries()] : Object.entries(found);
  return Object.fromEntries(entries.map(([name, value]) => [String(name), dataValueOf(value, depth + 1)]));
}

/** Whether it is an object without a class of its own: a record may be. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function refuse(what: string): never {
  throw new HeadraceError('HR_RECORD_VALUE', `${what} is nothing that a record holds`);
}
