import { JSON_KIND, JsonTape, TAPE_INTS } from '../../codec/index.js';
import { Decimal, ProtocolError, STATUS, readExactNumber, type DataValue } from '../../model/index.js';

/** Values of one answer, names among them. */
const VALUES_MAX = 1_000_000;

/** Reads an answer: whole numbers of at most 15 digits as numbers, every other as Decimal. Throws ProtocolError (HR_PLATFORM_ANSWER) for what is no JSON. */
export function readJson(bytes: Uint8Array, place: string): DataValue {
  const tape = new JsonTape(VALUES_MAX);
  if (tape.read(bytes, 0, bytes.length) !== STATUS.ok.code)
    throw new ProtocolError('HR_PLATFORM_ANSWER', `${place}: the answer is no JSON at byte ${tape.errorAt}`);
  return valueOf(tape, 0);
}

function valueOf(tape: JsonTape, node: number): DataValue {
  switch (tape.kind(node)) {
    case JSON_KIND.null:
      return null;
    case JSON_KIND.boolean:
      return tape.text(node) === 'true';
    case JSON_KIND.number:
      return readExactNumber(tape.text(node)) ?? tape.text(node);
    case JSON_KIND.array:
      return arrayOf(tape, node);
    case JSON_KIND.object:
      return objectOf(tape, node);
    default:
      return tape.text(node);
  }
}

function arrayOf(tape: JsonTape, array: number): DataValue[] {
  const values: DataValue[] = [];
  for (let node = array + TAPE_INTS; node < tape.next(array); node = tape.next(node)) values.push(valueOf(tape, node));
  return values;
}

/** Of a name that is given twice the last counts; `__proto__` is a member like any other. */
function objectOf(tape: JsonTape, object: number): DataValue {
  const members: [string, DataValue][] = [];
  for (let node = object + TAPE_INTS; node < tape.next(object);) {
    const value = tape.next(node);
    members.push([tape.text(node), valueOf(tape, value)]);
    node = tape.next(value);
  }
  return Object.fromEntries(members) as DataValue;
}

/** Writes a call's values: a Decimal and a bigint are the text of their digits, in quotes. */
export function writeJson(values: Readonly<Record<string, DataValue>>): string {
  return JSON.stringify(values, (_name, value: unknown) =>
    typeof value === 'bigint' || value instanceof Decimal ? value.toString() : value,
  );
}
