import { STATUS, statusName, type StatusName } from '../../model/index.js';
import type { FieldValue, MemberSpec, RecordCodec } from './record-codec.js';

/** What is wrong with a value of an object, and where: `LEGS[2].RATE`. */
export interface ObjectProblem {
  readonly path: string;
  readonly code: StatusName;
  readonly message: string;
}

/** An object with more is not searched to its end. */
const PROBLEMS_MAX = 1000;

/** Whether an object, of decode's JSON or `$object()`, could be written as a record: each member that cannot, by its path. */
export function objectProblems(codec: RecordCodec, value: unknown): readonly ObjectProblem[] {
  const check = new ObjectCheck(codec);
  check.object(codec.spec.members, value, '');
  return check.problems;
}

class ObjectCheck {
  readonly problems: ObjectProblem[] = [];
  private readonly scratch: Uint8Array;

  constructor(private readonly codec: RecordCodec) {
    this.scratch = new Uint8Array(Math.max(16, ...codec.spec.fields.map(field => field[4])));
  }

  object(members: readonly MemberSpec[], value: unknown, path: string): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.tell(path, 'badType', 'an object is expected');
    const given = value as Readonly<Record<string, unknown>>;
    const known = new Set(members.map(({ name }) => name));
    for (const name of Object.keys(given))
      if (!known.has(name) && !name.startsWith('$'))
        this.tell(below(path, name), 'unknownMember', STATUS.unknownMember.text);
    for (const member of members) this.member(member, given[member.name], below(path, member.name));
  }

  private member(member: MemberSpec, value: unknown, path: string): void {
    if (value === undefined) this.tell(path, 'missingValue', 'the member is not there');
    else if (value !== null || !member.nullable) this.table(member, 0, value, path);
  }

  private table(member: MemberSpec, depth: number, value: unknown, path: string): void {
    const bounds = member.tables[depth];
    if (bounds === undefined) return this.value(member, value, path);
    if (!Array.isArray(value)) return this.tell(path, 'badType', 'an array is expected');
    const [min, max] = bounds;
    if (value.length < min || value.length > max)
      this.tell(
        path,
        'badCount',
        `${min === max ? max : `${min} to ${max}`} elements are expected, not ${value.length}`,
      );
    for (let index = 0; index < Math.min(value.length, max); index++)
      this.table(member, depth + 1, value[index], `${path}[${index}]`);
  }

  private value({ of }: MemberSpec, value: unknown, path: string): void {
    if (typeof of !== 'number') return this.object(of, value, path);
    const isValue =
      value === null || typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number';
    if (!isValue) return this.tell(path, 'badType', STATUS.badType.text);
    // A fraction of decode's JSON is a double by now: its shortest literal is what the line had.
    const literal: FieldValue = typeof value === 'number' ? String(value) : value;
    const isText = this.codec.isText(of);
    const status =
      isText && typeof value === 'number' ? STATUS.badType.code : this.codec.write(of, literal, this.scratch, 0);
    if (status !== STATUS.ok.code) this.tell(path, statusName(status), STATUS[statusName(status)].text);
  }

  private tell(path: string, code: StatusName, message: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ path: path === '' ? '$' : path, code, message });
  }
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
