import { STATUS } from '../../model/index.js';
import { JSON_KIND, JsonTape, stringPoints, TAPE, TAPE_INTS } from '../record/index.js';
import type { Line } from './line-batch.js';
import type { LinePicker } from './line-picker.js';
import type { RecordFile } from './record-file.js';

/**
 * Takes records out of the record that holds them: with `{ DETAIL: HEADER }` a line of HEADER becomes a line without its member
 * DETAIL, and a line for each element of that array behind it.
 */
export class FamilyLines {
  private readonly children: readonly ReadonlySet<string>[];

  constructor(
    { layouts, policies }: RecordFile,
    private readonly picker: LinePicker,
  ) {
    const pairs = Object.entries(policies.children ?? {});
    this.children = layouts.map(parent => {
      const names = pairs.filter(([, name]) => name.toUpperCase() === parent.name.toUpperCase());
      const upper = new Set(names.map(([child]) => child.toUpperCase()));
      return new Set(layouts.flatMap(({ name }) => (upper.has(name.toUpperCase()) ? [name] : [])));
    });
  }

  /** The line and what it holds, in order; what cannot be read stays as it is. */
  take(line: Line): Line[] {
    const tape = new JsonTape();
    const { text } = line;
    if (tape.read(text, 0, text.length) !== STATUS.ok.code || tape.kind(0) !== JSON_KIND.object) return [line];
    const names = this.children[this.picker.kindOf(text, 0, text.length)];
    if (names === undefined || names.size === 0) return [line];
    const kept: Uint8Array[] = [];
    const held: Line[] = [];
    for (let name = TAPE_INTS; name < tape.next(0);) {
      const value = tape.next(name);
      if (names.has(nameOf(tape, name)) && tape.kind(value) === JSON_KIND.array)
        held.push(...this.elements(tape, value, line));
      else kept.push(text.subarray(tape.ints[name + TAPE.start]! - 1, endOf(tape, value)));
      name = tape.next(value);
    }
    return [{ text: object(kept), number: line.number }, ...held];
  }

  private elements(tape: JsonTape, array: number, { text, number }: Line): Line[] {
    const lines: Line[] = [];
    for (let value = array + TAPE_INTS; value < tape.next(array); value = tape.next(value))
      lines.push(...this.take({ text: text.subarray(startOf(tape, value), endOf(tape, value)), number }));
    return lines;
  }
}

const isString = (tape: JsonTape, value: number): boolean =>
  tape.kind(value) === JSON_KIND.string || tape.kind(value) === JSON_KIND.escaped;
const startOf = (tape: JsonTape, value: number): number =>
  tape.ints[value + TAPE.start]! - (isString(tape, value) ? 1 : 0);
const endOf = (tape: JsonTape, value: number): number => tape.ints[value + TAPE.end]! + (isString(tape, value) ? 1 : 0);

function nameOf(tape: JsonTape, name: number): string {
  return Array.from(stringPoints(tape, name), point => String.fromCodePoint(point)).join('');
}

const COMMA = Buffer.from(',');

function object(members: readonly Uint8Array[]): Uint8Array {
  const parts = members.flatMap((member, index) => (index === 0 ? [member] : [COMMA, member]));
  return Buffer.concat([Buffer.from('{'), ...parts, Buffer.from('}')]);
}
