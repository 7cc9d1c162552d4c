import { DecodeError, STATUS } from '../../model/index.js';
import {
  BLANK_POLICY,
  blankPolicy,
  byteOf,
  codePage,
  Digits,
  FLAG,
  KIND,
  LEAF,
  LEAF_INTS,
  nullFilling,
  NumberLiteral,
  pageTables,
  readFloatDouble,
  readFloatText,
  readLeafText,
  readNumber,
  writeFloatText,
  writeNumber,
  writeText,
  type CodePage,
  type LeafAt,
  type SignDialect,
} from '../record/index.js';
import { displayTables, type DisplayTables } from './number-tables.js';

/** A field as generated code has it: its name, PICTURE and offset, then kind, size, digits, scale, flags and blanks of its leaf. */
export type FieldSpec = readonly [
  name: string,
  picture: string,
  offset: number,
  kind: number,
  size: number,
  digits: number,
  scale: number,
  flags: number,
  blanks: number,
];

/** A member of an object: its arrays, the outermost first, and its field or own members. */
export interface MemberSpec {
  readonly name: string;
  readonly nullable: boolean;
  readonly tables: readonly (readonly [min: number, max: number])[];
  readonly of: number | readonly MemberSpec[];
}

/** What a generated file says of its record. */
export interface RecordSpec {
  readonly name: string;
  readonly codePage: string;
  readonly sign: SignDialect;
  readonly sizeBytes: number;
  readonly sizeMin: number; // with the smallest counts of its tables
  readonly fields: readonly FieldSpec[];
  readonly members: readonly MemberSpec[];
  /** Tables outside of tables that slide: the field of the count, where the table begins, its stride and largest count. */
  readonly sliding: readonly (readonly [counter: number, offset: number, stride: number, count: number])[];
  readonly template: string; // base64: a record with its VALUEs and all occurrences of its tables
}

/** A value that a field is set to. */
export type FieldValue = string | number | bigint | null;

const OK = STATUS.ok.code;
const BAD_TYPE = STATUS.badType.code;
const LATIN1_MAX = 0xff;

/** Reads and writes the fields of one record by the rules of decode and encode: the runtime of generated code. */
export class RecordCodec {
  readonly display: DisplayTables;
  readonly page: CodePage;
  status: number = OK; // of the last field that was read
  private readonly leaf: LeafAt;
  private readonly number = new Digits();
  private readonly literal = new NumberLiteral();
  private readonly scratch: Buffer;
  private readonly latin1: Uint8Array | undefined;
  private readonly space: number;

  constructor(readonly spec: RecordSpec) {
    this.page = codePage(spec.codePage);
    this.display = displayTables(this.page, spec.sign);
    const leaves = Int32Array.from(spec.fields.flatMap(leafInts));
    this.leaf = { leaves, at: 0, tables: pageTables(this.page, spec.sign) };
    this.scratch = Buffer.alloc(Math.max(16, ...spec.fields.map(field => field[4])));
    this.latin1 = latin1Of(this.page);
    this.space = byteOf(this.page, ' ');
  }

  /** Text without its trailing spaces, of a page whose bytes are characters of Latin-1 each; else undefined. */
  latin1Text(bytes: Uint8Array, at: number, size: number): string | undefined {
    const { latin1, scratch, space } = this;
    if (latin1 === undefined) return undefined;
    let end = at + size;
    while (end > at && bytes[end - 1] === space) end--;
    for (let from = at; from < end; from++) scratch[from - at] = latin1[bytes[from]!]!;
    return (scratch as Latin1Buffer).latin1Slice(0, end - at);
  }

  /** The text of a field; undefined, with `status`, where its bytes are no characters. */
  text(field: number, bytes: Uint8Array, at: number): string | undefined {
    this.leaf.at = field * LEAF_INTS;
    const text = readLeafText(this.leaf, this.page, bytes, at);
    this.status = text === undefined ? STATUS.badCharacter.code : OK;
    return text;
  }

  /** The digits of a number as an integer; null for a filling that the policies make null; undefined with `status` where refused. */
  units(field: number, bytes: Uint8Array, at: number): bigint | null | undefined {
    this.leaf.at = field * LEAF_INTS;
    this.status = readNumber(this.leaf, bytes, at, this.number);
    if (this.status === OK) return this.number.toBigInt();
    return blankPolicy(this.leaf, bytes, at) === BLANK_POLICY.null ? null : undefined;
  }

  /** A float as JSON.parse reads decode's literal of it; null and undefined as for `units`. */
  float(field: number, bytes: Uint8Array, at: number): number | null | undefined {
    this.leaf.at = field * LEAF_INTS;
    const { leaves } = this.leaf;
    const isDouble = (leaves[this.leaf.at + LEAF.flags]! & FLAG.ieee) !== 0 && leaves[this.leaf.at + LEAF.size] === 8;
    if (isDouble) {
      const value = readFloatDouble(this.leaf, bytes, at);
      if (value !== undefined) return value;
    } else {
      const text = readFloatText(this.leaf, bytes, at);
      if (text !== undefined) return Number(text);
    }
    this.status = STATUS.badNumber.code;
    const policy = blankPolicy(this.leaf, bytes, at);
    return policy === BLANK_POLICY.null ? null : policy === BLANK_POLICY.zero ? 0 : undefined;
  }

  /** The bytes of a new record, its sliding tables with these counts. Throws DecodeError for a count that is not one. */
  template(counts: readonly (number | undefined)[] = []): Uint8Array {
    let bytes = Buffer.from(this.spec.template, 'base64');
    const { fields, sliding } = this.spec;
    // The last table first: those before it keep their places.
    for (const [index, [counter, offset, stride, most]] of [...sliding.entries()].reverse()) {
      const count = counts[index] ?? most;
      const [name, , at] = fields[counter]!;
      if (!(count >= 0 && count <= most) || this.write(counter, count, bytes, at) !== OK)
        throw new DecodeError('HR_FIELD', `${name} is ${count}; expected at most ${most}`);
      bytes = Buffer.concat([bytes.subarray(0, offset + count * stride), bytes.subarray(offset + most * stride)]);
    }
    return Uint8Array.from(bytes);
  }

  /** Whether a field holds text. */
  isText(field: number): boolean {
    return this.spec.fields[field]![3] === KIND.text;
  }

  /**
   * Writes a value; a status, and nothing where it is refused. A string holds a number as a literal; a bigint is the digits of a number
   * with decimals; a number is its literal.
   */
  write(field: number, value: FieldValue, bytes: Uint8Array, at: number): number {
    this.leaf.at = field * LEAF_INTS;
    const status = this.toScratch(value);
    if (status === OK) bytes.set(this.scratch.subarray(0, this.leaf.leaves[this.leaf.at + LEAF.size]), at);
    return status;
  }

  private toScratch(value: FieldValue): number {
    const { leaf, scratch: bytes } = this;
    const kind = leaf.leaves[leaf.at + LEAF.kind];
    if (value === null) return this.blank();
    if (kind === KIND.text) {
      if (typeof value !== 'string') return BAD_TYPE;
      const points = Array.from(value, character => character.codePointAt(0)!);
      return writeText(leaf, this.page, points, { bytes, offset: 0 });
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return BAD_TYPE;
    if (kind === KIND.float) {
      const status = writeFloatText(leaf, String(value), { bytes, offset: 0 });
      return status === STATUS.badNumber.code ? BAD_TYPE : status;
    }
    const status = this.toDigits(value);
    return status === OK ? writeNumber(leaf, this.number, bytes, 0) : status;
  }

  private toDigits(value: string | number | bigint): number {
    const scale = this.leaf.leaves[this.leaf.at + LEAF.scale]!;
    if (typeof value === 'number' && scale > 0 && !Number.isInteger(value)) return BAD_TYPE; // a fraction would be a float
    const literal = Buffer.from(String(value));
    if (!this.literal.read(literal, 0, literal.length)) return BAD_TYPE;
    return this.literal.toDigits(typeof value === 'bigint' && scale > 0 ? 0 : scale, this.number);
  }

  private blank(): number {
    const filling = nullFilling(this.leaf);
    if (filling === undefined) return STATUS.missingValue.code;
    for (let index = 0; index < this.scratch.length; index++) this.scratch[index] = filling[index % 2]!;
    return OK;
  }
}

interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
}

function leafInts([, , , kind, size, digits, scale, flags, blanks]: FieldSpec): readonly number[] {
  return [kind, size, digits, scale, flags, 0, 0, blanks];
}

function latin1Of({ form, toUnicode }: CodePage): Uint8Array | undefined {
  const isLatin1 = form === 'single' && toUnicode.every(point => point <= LATIN1_MAX);
  return isLatin1 ? Uint8Array.from(toUnicode) : undefined;
}
