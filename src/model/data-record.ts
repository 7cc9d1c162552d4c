import type { Decimal } from './decimal-value.js';

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
