import { STATUS, type StatusName } from '../../model/index.js';
import { JSON_KIND, JsonTape, stringPoints, TAPE, TAPE_INTS, type MissingPolicy } from '../record/index.js';
import { childKinds } from './family.js';
import type { FamilyMember, Line } from './line-batch.js';
import type { RecordFile } from './record-file.js';

/** A record among the values of a line. */
interface Place {
  readonly node: number;
  readonly kind: number;
  readonly depth: number;
}

/**
 * Takes records out of the record that holds them: with `{ DETAIL: HEADER }` a line of HEADER becomes a line without its member
 * DETAIL, and a line for each element of that array behind it.
 */
export class FamilyLines {
  private readonly tape = new JsonTape();
  private readonly children: readonly ReadonlyMap<string, number>[];

  /** `nulls` says whether a null in place of the array holds no records, or is refused. */
  constructor(
    file: RecordFile,
    private readonly nulls: MissingPolicy,
  ) {
    this.children = childKinds(file);
  }

  /** The line of a record of some kind and what it holds, in order; what cannot be read stays as it is. */
  take(line: Line, kind: number): Line[] {
    const { tape } = this;
    const { text } = line;
    const lines: Line[] = [];
    if (tape.read(text, 0, text.length) === STATUS.ok.code) this.add(line, { node: 0, kind, depth: 0 }, lines);
    else lines.push({ ...line, member: { kind, depth: 0, whole: text } });
    return lines;
  }

  private add({ text, number }: Line, { node, kind, depth }: Place, lines: Line[]): void {
    const { tape } = this;
    const whole = text.subarray(startOf(tape, node), endOf(tape, node));
    const names = this.children[kind];
    const member: FamilyMember = { kind, depth, whole };
    if (names === undefined || names.size === 0 || tape.kind(node) !== JSON_KIND.object) {
      lines.push({ text: whole, number, member });
      return;
    }
    const { kept, held, fault } = this.part(text, node, names);
    lines.push({ text: object(kept), number, member: { ...member, fault } });
    if (fault !== undefined) return;
    for (const [child, array] of held)
      for (let value = array + TAPE_INTS; value < tape.next(array); value = tape.next(value))
        this.add({ text, number }, { node: value, kind: child, depth: depth + 1 }, lines);
  }

  /** Parts an object: the members of its record as they stand, and the arrays of the records in it, by kind. */
  private part(text: Uint8Array, node: number, names: ReadonlyMap<string, number>): Parts {
    const { tape } = this;
    const kept: Uint8Array[] = [];
    const held = new Map<number, number>();
    for (let name = node + TAPE_INTS; name < tape.next(node);) {
      const value = tape.next(name);
      const field = nameOf(tape, name);
      const child = names.get(field);
      if (child === undefined) kept.push(text.subarray(tape.ints[name + TAPE.start]! - 1, endOf(tape, value)));
      else {
        const code = held.has(child) ? 'duplicateMember' : this.faultOf(value);
        if (code !== undefined) return { kept, held, fault: { code, field, value: this.valueText(text, value) } };
        held.set(child, value);
      }
      name = tape.next(value);
    }
    return { kept, held };
  }

  private faultOf(value: number): StatusName | undefined {
    const kind = this.tape.kind(value);
    if (kind === JSON_KIND.null) return this.nulls === 'default' ? undefined : 'missingValue';
    return kind === JSON_KIND.array ? undefined : 'badType';
  }

  private valueText(text: Uint8Array, value: number): string {
    const start = startOf(this.tape, value);
    return Buffer.from(text.subarray(start, Math.min(endOf(this.tape, value), start + VALUE_SIZE_MAX))).toString();
  }
}

interface Parts extends Pick<FamilyMember, 'fault'> {
  readonly kept: readonly Uint8Array[];
  readonly held: ReadonlyMap<number, number>;
}

const VALUE_SIZE_MAX = 120;
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
