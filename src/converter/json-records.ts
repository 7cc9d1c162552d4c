import { EncodeError, STATUS, type DataValue } from '../model/index.js';
import { joinLines, JSON_KIND, JsonTape, type LineBatch, objectText, TAPE, TAPE_INTS } from '../codec/index.js';
import type { RecordShape } from './record-shape.js';

/** Records as they are given: an object, several, or the JSON text of either. */
export type JsonRecords = string | Uint8Array | RecordObject | readonly RecordObject[];

/** A record to be encoded. Numbers may be strings of digits, bigints or Decimals. */
export interface RecordObject {
  readonly [name: string]: DataValue;
}

/** The records as JSON texts, numbers as literals. Throws EncodeError `HR_ENCODE` for what is no record of JSON. */
export function jsonRecords(json: JsonRecords, shapes: readonly RecordShape[]): LineBatch {
  if (typeof json === 'string') return textRecords(Buffer.from(json));
  if (json instanceof Uint8Array) return textRecords(json);
  const records = (Array.isArray(json) ? json : [json]) as readonly RecordObject[];
  return joinLines(
    records.map((record, index) => ({ text: objectBytes(record, shapes, index + 1), number: index + 1 })),
  );
}

function objectBytes(record: RecordObject, shapes: readonly RecordShape[], number: number): Buffer {
  checkNumbers(record, shapes, { record: number, field: '', depth: 0 });
  return Buffer.from(objectText(record));
}

/** Values of one text, of all its records: a tape of 2 GiB. */
const TEXT_VALUES_MAX = 1 << 27;

/** Each object of the text, where it stands. */
function textRecords(bytes: Uint8Array): LineBatch {
  const tape = new JsonTape(TEXT_VALUES_MAX);
  const status = tape.read(bytes, 0, bytes.length);
  if (status === STATUS.capacity.code)
    throw new EncodeError(
      'HR_ENCODE',
      `the text has more than ${TEXT_VALUES_MAX} values, names among them; give its records in several calls`,
      { details: { code: 'capacity', offset: tape.errorAt } },
    );
  if (status !== STATUS.ok.code)
    throw new EncodeError(
      'HR_ENCODE',
      `the text is not JSON at byte ${tape.errorAt}; expected an object or an array of objects`,
      {
        details: { code: 'badJson', offset: tape.errorAt },
      },
    );
  const nodes = tape.kind(0) === JSON_KIND.array ? elements(tape, 0) : [0];
  const ints = (place: number): number[] => nodes.map(node => tape.ints[node + place]!);
  return { bytes, starts: ints(TAPE.start), ends: ints(TAPE.end), numbers: nodes.map((_, index) => index + 1) };
}

function elements(tape: JsonTape, array: number): number[] {
  const nodes: number[] = [];
  for (let node = array + TAPE_INTS; node < tape.next(array); node = tape.next(node)) nodes.push(node);
  return nodes;
}

interface ValuePlace {
  readonly record: number;
  readonly field: string;
  readonly depth: number;
}

/** The same bound as objectText's, which refuses what is deeper. */
const DEPTH_MAX = 128;
const DOUBLE_DIGITS = 15;

/**
 * JavaScript keeps 15 digits of a number for certain: with more, what it prints may not be what was written. A float item takes any, an
 * integer is exact up to 2^53.
 */
function checkNumbers(value: DataValue, shapes: readonly RecordShape[], place: ValuePlace): void {
  if (typeof value === 'number') return checkNumber(value, shapes, place);
  if (typeof value !== 'object' || value === null) return;
  if (place.depth > DEPTH_MAX) refuse(place, 'badJson', `values lie deeper than ${DEPTH_MAX}`);
  if (Array.isArray(value)) {
    value.forEach((element: DataValue, index) =>
      checkNumbers(element, shapes, { ...place, field: `${place.field}(${index + 1})`, depth: place.depth + 1 }),
    );
    return;
  }
  for (const [name, member] of Object.entries(value as RecordObject)) {
    const below = shapes.flatMap(shape => shape.members.get(name) ?? []);
    checkNumbers(member, below, { ...place, field: name, depth: place.depth + 1 });
  }
}

function checkNumber(value: number, shapes: readonly RecordShape[], place: ValuePlace): void {
  if (Number.isSafeInteger(value) || shapes.some(({ kind }) => kind === 'float')) return;
  const digits = Number.isInteger(value) ? Infinity : value.toExponential().replace(/e.*|[^\d]/g, '').length;
  if (digits > DOUBLE_DIGITS)
    refuse(place, 'badNumber', `the number ${value} may have lost digits; give it as a string, a bigint or JSON text`);
}

function refuse({ record, field }: ValuePlace, code: string, message: string): never {
  throw new EncodeError('HR_ENCODE', `record ${record}, ${field}: ${message}`, { details: { record, field, code } });
}
