import { STATUS } from '../../model/index.js';
import { JSON_KIND, TAPE, TAPE_INTS, type JsonTape } from './json-tape.js';
import { stringPoints } from './json-string.js';
import { isScalar } from './text-writer.js';
import { MEMBER_INTS, NODE, type RecordEncodePlan } from './record-encode-plan.js';

/** A member that was not given: it has no value on the tape. */
export const ABSENT = -1;

const OK = STATUS.ok.code;
const DOLLAR = 0x24;

/** Finds the members of an object among the names of a node, and puts where their values are into slots. */
export class MemberNames {
  /** After a refusal, the name on the tape. */
  refusedName = 0;
  /** The value of `$raw` in the object last assigned, or ABSENT. */
  raw = ABSENT;

  constructor(
    private readonly plan: RecordEncodePlan,
    private readonly tape: JsonTape,
  ) {}

  /** Fills the slots from `frame` on with the values of `object`; a status. Members whose name begins with $ say nothing. */
  assign(node: number, object: number, slots: Int32Array, frame: number): number {
    const { nodes } = this.plan;
    const [scope, count] = [nodes[node + NODE.scope]!, nodes[node + NODE.members]!];
    slots.fill(ABSENT, frame, frame + count);
    this.raw = ABSENT;
    let expected = 0;
    for (let name = object + TAPE_INTS; name < this.tape.next(object);) {
      const value = this.tape.next(name);
      const member = this.find(scope, count, name, { expected, slots, frame });
      if (member >= 0) {
        slots[frame + member] = value;
        expected = member + 1;
      } else {
        const status = this.special(name, value) ? OK : this.refuse(name, member);
        if (status !== OK) return status;
      }
      name = this.tape.next(value);
    }
    return OK;
  }

  private refuse(name: number, member: number): number {
    this.refusedName = name;
    return member === GIVEN ? STATUS.duplicateMember.code : STATUS.unknownMember.code;
  }

  private special(name: number, value: number): boolean {
    if (this.tape.bytes[this.tape.ints[name + TAPE.start]!] !== DOLLAR) return false;
    if (this.is(name, RAW)) this.raw = value;
    return true;
  }

  private is(name: number, text: string): boolean {
    const { ints, bytes } = this.tape;
    return Buffer.from(bytes.subarray(ints[name + TAPE.start]!, ints[name + TAPE.end]!)).toString() === text;
  }

  /** The first member of that name that has no value yet, from the one expected on; items may share a name. */
  private find(
    scope: number,
    count: number,
    name: number,
    { expected, slots, frame }: { expected: number; slots: Int32Array; frame: number },
  ): number {
    const text = this.nameBytes(name);
    let found = UNKNOWN;
    for (let step = 0; step < count; step++) {
      const member = (expected + step) % count;
      if (!this.equals(scope + member, text)) continue;
      if (slots[frame + member] === ABSENT) return this.firstOf(scope, member, slots, frame);
      found = GIVEN;
    }
    return found;
  }

  /** Of several items of one name the first without a value takes it. */
  private firstOf(scope: number, member: number, slots: Int32Array, frame: number): number {
    for (let first = member; ;) {
      const before = this.plan.members[(scope + first) * MEMBER_INTS + 2]!;
      if (before < 0 || slots[frame + before] !== ABSENT) return first;
      first = before;
    }
  }

  private nameBytes(name: number): Uint8Array {
    const { ints, bytes } = this.tape;
    if (ints[name + TAPE.kind] === JSON_KIND.string)
      return bytes.subarray(ints[name + TAPE.start]!, ints[name + TAPE.end]!);
    return Buffer.concat(stringPoints(this.tape, name).map(utf8Of));
  }

  private equals(member: number, text: Uint8Array): boolean {
    const { members, names } = this.plan;
    const [offset, length] = [members[member * MEMBER_INTS]!, members[member * MEMBER_INTS + 1]!];
    if (length !== text.length) return false;
    for (let index = 0; index < length; index++) if (names[offset + index] !== text[index]) return false;
    return true;
  }
}

/** What is no character, a lone surrogate too, becomes a byte that no name has. */
const NO_CHARACTER = Uint8Array.of(0xff);
const utf8Of = (point: number): Uint8Array =>
  isScalar(point) ? Buffer.from(String.fromCodePoint(point)) : NO_CHARACTER;

const RAW = '$raw';
const UNKNOWN = -1;
const GIVEN = -2;
