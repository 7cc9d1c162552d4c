import { Decimal, readExactNumber } from '../model/index.js';
import { JSON_KIND, TAPE_INTS, type JsonTape } from '../codec/index.js';
import type { RecordShape } from './record-shape.js';

/**
 * How numbers come out: `exact` gives integers of at most 15 digits by their picture, and floats, as numbers, all others as their digits in a
 * string; `number` makes floats of the others too where their picture has at most 15 digits; `decimal` gives a Decimal in the place of a string.
 */
export type NumberForm = 'exact' | 'number' | 'decimal';

/** A decoded value: what JSON has, and a Decimal where numbers are asked for so. */
export type PlainValue = string | number | boolean | null | Decimal | PlainValue[] | PlainRecord;

/** A decoded record. */
export interface PlainRecord {
  [name: string]: PlainValue;
}

const UNSHAPED: RecordShape = { kind: 'none', members: new Map(), tables: [] };

/** The value on a tape whose numbers are by the shape of their items. */
export function plainValue(tape: JsonTape, node: number, shape: RecordShape, numbers: NumberForm): PlainValue {
  switch (tape.kind(node)) {
    case JSON_KIND.null:
      return null;
    case JSON_KIND.boolean:
      return tape.text(node) === 'true';
    case JSON_KIND.number:
      return plainNumber(tape.text(node), shape, numbers);
    case JSON_KIND.string:
    case JSON_KIND.escaped:
      return tape.text(node);
    case JSON_KIND.array:
      return plainArray(tape, node, shape, numbers);
    default:
      return plainObject(tape, node, shape, numbers);
  }
}

function plainArray(tape: JsonTape, array: number, shape: RecordShape, numbers: NumberForm): PlainValue[] {
  const values: PlainValue[] = [];
  for (let node = array + TAPE_INTS; node < tape.next(array); node = tape.next(node))
    values.push(plainValue(tape, node, shape, numbers));
  return values;
}

function plainObject(tape: JsonTape, object: number, shape: RecordShape, numbers: NumberForm): PlainRecord {
  const found: PlainRecord = {};
  for (let node = object + TAPE_INTS; node < tape.next(object);) {
    const name = tape.text(node);
    const value = tape.next(node);
    found[name] = plainValue(tape, value, shape.members.get(name) ?? UNSHAPED, numbers);
    node = tape.next(value);
  }
  return found;
}

function plainNumber(text: string, { kind }: RecordShape, numbers: NumberForm): number | string | Decimal {
  if (kind === 'integer' || kind === 'float') return Number(text);
  if (numbers === 'decimal') return readExactNumber(text) ?? text;
  return numbers === 'number' && kind === 'short' ? Number(text) : text;
}
