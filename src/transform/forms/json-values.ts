import { JSON_KIND, TAPE_INTS, type JsonTape } from '../../codec/index.js';
import { Decimal, readExactNumber, type DataRecord, type DataValue } from '../../model/index.js';
import { readError, writeError, type FormPlace } from './form-error.js';
import { FORM_DEPTH_MAX } from './form-text.js';

/** A record among the values of a tape, its numbers exact. Throws readError for a name that no object can have, or has twice. */
export function tapeRecord(tape: JsonTape, place: FormPlace): DataRecord {
  if (tape.kind(0) !== JSON_KIND.object) throw readError(place, 'it is no object');
  return tapeValue(tape, 0, place) as DataRecord;
}

function tapeValue(tape: JsonTape, node: number, place: FormPlace): DataValue {
  switch (tape.kind(node)) {
    case JSON_KIND.null:
      return null;
    case JSON_KIND.boolean:
      return tape.text(node) === 'true';
    case JSON_KIND.number:
      return readExactNumber(tape.text(node)) ?? refuseNumber(tape.text(node), place);
    case JSON_KIND.string:
    case JSON_KIND.escaped:
      return tape.text(node);
    case JSON_KIND.array:
      return tapeArray(tape, node, place);
    default:
      return tapeObject(tape, node, place);
  }
}

function refuseNumber(value: string, place: FormPlace): never {
  throw readError({ ...place, value }, 'the number has more than 1,000 digits');
}

function tapeArray(tape: JsonTape, array: number, place: FormPlace): readonly DataValue[] {
  const values: DataValue[] = [];
  for (let node = array + TAPE_INTS; node < tape.next(array); node = tape.next(node))
    values.push(tapeValue(tape, node, within(place, `[${values.length}]`)));
  return values;
}

function tapeObject(tape: JsonTape, object: number, place: FormPlace): DataRecord {
  const found: Record<string, DataValue> = {};
  for (let node = object + TAPE_INTS; node < tape.next(object);) {
    const name = tape.text(node);
    const value = tape.next(node);
    checkName(name, found, within(place, name));
    found[name] = tapeValue(tape, value, within(place, name));
    node = tape.next(value);
  }
  return found;
}

function within(place: FormPlace, name: string): FormPlace {
  const { field = '' } = place;
  return { ...place, field: field === '' || name.startsWith('[') ? field + name : `${field}.${name}` };
}

function checkName(name: string, found: object, place: FormPlace): void {
  if (name === '__proto__') throw readError(place, 'no member can have the name __proto__');
  if (Object.hasOwn(found, name)) throw readError(place, 'the member is given twice');
}

/**
 * An object that a program gives, as a record: a number that is no integer of 15 digits becomes a Decimal by the digits JavaScript prints for it,
 * a Date its ISO text. Throws readError for what JSON has not: functions, infinities, values in themselves.
 */
export function objectRecord(value: unknown, place: FormPlace): DataRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Decimal)
    throw readError(place, 'it is no object');
  return objectValue(value, place, 0) as DataRecord;
}

function objectValue(value: unknown, place: FormPlace, depth: number): DataValue {
  if (depth > FORM_DEPTH_MAX) throw readError(place, `values lie deeper than ${FORM_DEPTH_MAX}`);
  if (value === null || value === undefined || value instanceof Decimal) return value;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return readExactNumber(String(value)) ?? refuseValue(value, place);
  if (typeof value !== 'object') return refuseValue(value, place);
  if (value instanceof Date) return dateText(value, place);
  if (Array.isArray(value))
    return value.map((element, index) => objectValue(element, within(place, `[${index}]`), depth + 1));
  if (ArrayBuffer.isView(value) || value instanceof Set)
    throw readError(place, `a ${value.constructor.name} is no value of JSON; give text or a list`);
  const found: Record<string, DataValue> = {};
  for (const [key, member] of value instanceof Map ? value : Object.entries(value)) {
    const name = String(key);
    checkName(name, found, within(place, name));
    found[name] = objectValue(member, within(place, name), depth + 1);
  }
  return found;
}

function refuseValue(value: unknown, place: FormPlace): never {
  throw readError(
    { ...place, value: typeof value === 'number' ? value : undefined },
    `a ${typeof value} such as this is no value of JSON`,
  );
}

function dateText(value: Date, place: FormPlace): string {
  return Number.isNaN(value.getTime()) ? refuseValue(NaN, place) : value.toISOString();
}

/** How a number that is no integer of 15 digits stands in JSON: its digits in a string, a literal, or the nearest double. */
export type JsonNumbers = 'exact' | 'literal' | 'number';

/** A record as plain values: of every Decimal the text of its digits, or with `number` the nearest double where it has at most 15 digits. */
export function plainRecord(value: DataValue, numbers: JsonNumbers, place: FormPlace, depth = 0): unknown {
  if (depth > FORM_DEPTH_MAX) throw writeError(place, `values lie deeper than ${FORM_DEPTH_MAX}`);
  if (typeof value === 'bigint' || value instanceof Decimal) return plainNumber(value.toString(), numbers);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: DataValue) => plainRecord(element, numbers, place, depth + 1));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [name, plainRecord(member as DataValue, numbers, place, depth + 1)]),
  );
}

const DOUBLE_DIGITS = 15;

function plainNumber(text: string, numbers: JsonNumbers): string | number {
  const digits = text.replace(/^-?0*\.?0*|\./g, '').length;
  return numbers === 'number' && digits <= DOUBLE_DIGITS ? Number(text) : text;
}
