import { STATUS } from '../../model/index.js';
import { blankPolicy } from './blank.js';
import { CHARSET, charsetOf } from './charset.js';
import { readFloatText } from './float.js';
import { JSON_DEPTH_MAX, JSON_OP, JSON_OP_INTS, SET_GOES_ON, SET_TELLS, type JsonPlan } from './json-plan.js';
import { ValueTestTwin } from './value-test-twin.js';
import { BLANK_POLICY, FLAG, KIND, LEAF, LEAF_INTS } from './leaf.js';
import { Digits, readNumber, type LeafAt } from './number.js';
import { JSON_TABLE, readLeafText, textEnd, textStart, writeSingleBytes } from './text-reader.js';

const OK = STATUS.ok.code;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** A count that this record has not given, or that is null: it fits no OCCURS. */
const UNSET = -1;
const CLOSE = 0x7d;
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];
/** No view is picked: each that decodes is written. */
const NONE = -1;

/** Where a record was refused: an index into Layout.items, an offset in the record and a status. */
export interface RefusedAt {
  item: number;
  source: number;
  status: number;
}

/** One value that is null because it does not decode. */
export interface NullAt {
  readonly item: number;
  readonly source: number;
  readonly status: number;
}

interface Handler {
  failure: number;
  /** Whether the view was picked by a rule: what does not decode in it ends what is around it. */
  picked: boolean;
  output: number;
  base: number;
  loops: number;
  sets: number;
}

/** Writes records as JSON text by a plan: the twin of native/codec/copybook-json.cc and its oracle. */
export class JsonTwin {
  readonly refused: RefusedAt = { item: 0, source: 0, status: OK };
  /** The values of the record written last that are null because they do not decode, the first `plan.nullsMax` of them. */
  readonly nulls: NullAt[] = [];
  /** Told of each value written: its item, where its bytes are and where its text begins; the text ends at `textEnd`. */
  onLeaf: ((item: number, offset: number, textStart: number) => void) | undefined;
  /** Told when what was written from `textStart` on is taken back. */
  onRewind: ((textStart: number) => void) | undefined;
  private readonly leaf: LeafAt;
  private readonly number = new Digits();
  private readonly registers: Float64Array;
  private readonly loopsLeft = new Int32Array(JSON_DEPTH_MAX);
  private readonly loopsTotal = new Int32Array(JSON_DEPTH_MAX);
  private readonly loopsMost = new Int32Array(JSON_DEPTH_MAX);
  private readonly setsOk = new Int32Array(JSON_DEPTH_MAX);
  /** Which view of each set was picked, or NONE. */
  private readonly picks = new Int32Array(JSON_DEPTH_MAX);
  private readonly flags: Uint8Array;
  private readonly test: ValueTestTwin;
  private readonly handlers: Handler[] = [];
  private loops = 0;
  private sets = 0;
  private views = 0;
  private pickedViews = 0;
  /** Bytes that the record may lack behind the views that were picked at its end. */
  private mayLack = 0;
  private base = 0;
  private savedBase = 0;
  private start = 0;
  private end = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private out: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(private readonly plan: JsonPlan) {
    this.leaf = { leaves: plan.leaves, at: 0, tables: plan.tables };
    this.registers = new Float64Array(plan.registerCount);
    this.flags = new Uint8Array(plan.flagCount);
    this.test = new ValueTestTwin(plan);
    for (let depth = 0; depth < JSON_DEPTH_MAX; depth++)
      this.handlers.push({ failure: 0, picked: false, output: 0, base: 0, loops: 0, sets: 0 });
  }

  /**
   * Writes the record at `start` of `length` bytes to `out` at `at`, which has room for `textSizeMax`; returns where the text
   * ends, or -1 with `refused` filled. `exact` refuses bytes after the last field.
   */
  write(
    record: { bytes: Uint8Array; start: number; length: number; exact: boolean },
    out: Uint8Array,
    at: number,
  ): number {
    this.bytes = record.bytes;
    this.base = record.start;
    this.end = record.start + record.length;
    this.out = out;
    this.at = at;
    this.start = record.start;
    this.loops = this.sets = this.views = this.pickedViews = this.mayLack = 0;
    this.registers.fill(UNSET);
    this.nulls.length = 0;
    if (!this.run(record.start)) return this.refuseFirst();
    const used = this.plan.recordSize + this.base - record.start;
    if (record.exact && used < record.length) return this.refuse(0, 0, STATUS.badRecordLength.code);
    if (used - this.mayLack > record.length && this.nulls.length === 0)
      return this.refuse(0, 0, STATUS.shortRecord.code);
    return this.at;
  }

  /** Writes the value of one leaf of the plan, at `offset`, as JSON text to the start of `out`; its length, or -1. */
  leafText(leaf: number, bytes: Uint8Array, offset: number, out: Uint8Array): number {
    this.bytes = bytes;
    this.base = 0;
    this.end = bytes.length;
    this.out = out;
    this.at = 0;
    return this.writeLeaf(leaf * LEAF_INTS, offset, -1) === OK ? this.at : -1;
  }

  get textEnd(): number {
    return this.at;
  }

  /** The subscripts of the occurrence just written, as COBOL writes them: `(2, 1)`. */
  subscripts(): string {
    if (this.loops === 0) return '';
    const numbers = Array.from({ length: this.loops }, (_, loop) => this.loopsTotal[loop]! - this.loopsLeft[loop]! + 1);
    return `(${numbers.join(', ')})`;
  }

  private refuse(item: number, source: number, status: number): -1 {
    this.refused.item = item;
    this.refused.source = source;
    this.refused.status = status;
    return -1;
  }

  /** A record that is refused behind a null is refused for what was null first. */
  private refuseFirst(): -1 {
    const [first] = this.nulls;
    return first === undefined ? -1 : this.refuse(first.item, first.source, first.status);
  }

  private run(start: number): boolean {
    const { ops } = this.plan;
    let pc = 0;
    while (ops[pc] !== JSON_OP.end) {
      const status = this.step(pc);
      if (status === OK) pc = this.nextPc;
      else if (this.views > this.pickedViews) pc = this.leaveView();
      else if (this.isNullable(pc)) pc = this.tellNull(pc, status);
      else {
        this.refuse(this.itemOf(pc), this.base - start + this.sourceOf(pc), status);
        return false;
      }
    }
    return true;
  }

  private nextPc = 0;

  private step(pc: number): number {
    const { ops } = this.plan;
    this.nextPc = pc + JSON_OP_INTS;
    switch (ops[pc]) {
      case JSON_OP.literal:
        return this.literal(ops[pc + 1]!, ops[pc + 2]!);
      case JSON_OP.leaf:
        return this.writeLeaf(ops[pc + 1]! * LEAF_INTS, ops[pc + 2]!, ops[pc + 3]!);
      case JSON_OP.loop:
        return this.loop(pc);
      case JSON_OP.next:
        return this.next(ops[pc + 1]!, ops[pc + 2]!);
      case JSON_OP.hold:
        return this.hold(ops[pc + 1]!, ops[pc + 2]!, this.registers[ops[pc + 3]!]!);
      case JSON_OP.set:
        return this.beginSet(ops[pc + 1]!, ops[pc + 2]!);
      case JSON_OP.view:
        return this.enterView(ops[pc + 1]!, ops[pc + 2]!);
      case JSON_OP.viewEnd:
        return this.endView(pc);
      case JSON_OP.setEnd:
        return this.setsOk[--this.sets] === 0 && ops[pc + 3] !== SET_GOES_ON ? STATUS.noView.code : OK;
      default:
        return this.stepFlag(pc);
    }
  }

  private stepFlag(pc: number): number {
    const { ops } = this.plan;
    const [a, b, c, d] = [ops[pc + 1]!, ops[pc + 2]!, ops[pc + 3]!, ops[pc + 4]!];
    switch (ops[pc]) {
      case JSON_OP.test:
        return this.setFlag(c, d, this.test.holds(a, this.bytes, this.base + b, this.end));
      case JSON_OP.clear:
        this.flags.fill(0, a, a + b);
        return OK;
      case JSON_OP.join:
        if (this.flags.subarray(b, b + c).every(flag => flag === 1)) this.flags[a] = 1;
        return OK;
      case JSON_OP.label:
        if (this.flags[a] === 0) this.nextPc = b;
        return OK;
      case JSON_OP.labels:
        return this.writeLabels(a, c < 0 ? b : Math.min(b, this.registers[c]!));
      case JSON_OP.close:
        if (this.out[this.at - 1] === COMMA) this.at--;
        this.out[this.at++] = CLOSE;
        return OK;
      default:
        return this.move(a === 1);
    }
  }

  /** Sets a flag, of a table that of the occurrence in hand. */
  private setFlag(flag: number, flags: number, value: boolean): number {
    const loop = this.loops - 1;
    const index = flags === 1 ? 0 : this.loopsTotal[loop]! - this.loopsLeft[loop]!;
    this.flags[flag + index] = value ? 1 : 0;
    return OK;
  }

  private writeLabels(flag: number, count: number): number {
    this.out[this.at++] = OPEN_LIST;
    for (let index = 0; index < count; index++) {
      if (index > 0) this.out[this.at++] = COMMA;
      this.writeAscii(this.flags[flag + index] === 1 ? 'true' : 'false');
    }
    this.out[this.at++] = CLOSE_LIST;
    return OK;
  }

  private move(toStart: boolean): number {
    if (toStart) this.savedBase = this.base;
    this.base = toStart ? this.start : this.savedBase;
    return OK;
  }

  private beginSet(flag: number, views: number): number {
    this.setsOk[this.sets] = 0;
    this.picks[this.sets++] = flag < 0 ? NONE : this.flags.subarray(flag, flag + views).indexOf(1);
    return OK;
  }

  private isNullable(pc: number): boolean {
    const { ops, leaves } = this.plan;
    if (ops[pc] === JSON_OP.setEnd) return ops[pc + 3] === SET_TELLS;
    return ops[pc] === JSON_OP.leaf && (leaves[ops[pc + 1]! * LEAF_INTS + LEAF.flags]! & FLAG.nullable) !== 0;
  }

  /** Writes null for a leaf; of a REDEFINES all views are null already. */
  private tellNull(pc: number, status: number): number {
    if (this.plan.ops[pc] === JSON_OP.leaf) this.writeAscii('null');
    if (this.nulls.length < this.plan.nullsMax)
      this.nulls.push({ item: this.itemOf(pc), source: this.base - this.start + this.sourceOf(pc), status });
    return pc + JSON_OP_INTS;
  }

  private itemOf(pc: number): number {
    const { ops, leaves } = this.plan;
    if (ops[pc] === JSON_OP.leaf) return leaves[ops[pc + 1]! * LEAF_INTS + LEAF.item]!;
    return ops[pc] === JSON_OP.loop ? ops[pc + 6]! : ops[pc + 1]!;
  }

  private sourceOf(pc: number): number {
    const { ops } = this.plan;
    return ops[pc] === JSON_OP.loop ? ops[pc + 7]! : ops[pc + 2]!;
  }

  private literal(offset: number, length: number): number {
    this.out.set(this.plan.literals.subarray(offset, offset + length), this.at);
    this.at += length;
    return OK;
  }

  private loop(pc: number): number {
    const { ops } = this.plan;
    const [most, stride, register, least] = [ops[pc + 1]!, ops[pc + 2]!, ops[pc + 3]!, ops[pc + 4]!];
    const count = register < 0 ? most : this.registers[register]!;
    if (!(count >= least && count <= most)) return STATUS.badCount.code;
    if (count === 0) {
      this.base -= most * stride;
      this.nextPc = ops[pc + 5]!;
      return OK;
    }
    this.loopsMost[this.loops] = most;
    this.loopsTotal[this.loops] = count;
    this.loopsLeft[this.loops++] = count;
    return OK;
  }

  private hold(most: number, stride: number, count: number): number {
    this.base += (most - count) * stride;
    return OK;
  }

  private next(body: number, stride: number): number {
    this.base += stride;
    if (--this.loopsLeft[this.loops - 1]! > 0) {
      this.out[this.at++] = COMMA;
      this.nextPc = body;
    } else this.base -= this.loopsMost[--this.loops]! * stride;
    return OK;
  }

  private enterView(failure: number, view: number): number {
    const pick = this.picks[this.sets - 1]!;
    if (pick !== NONE && pick !== view) {
      this.nextPc = failure;
      return OK;
    }
    const handler = this.handlers[this.views++]!;
    handler.failure = failure;
    handler.picked = pick === view;
    if (handler.picked) this.pickedViews++;
    handler.output = this.at;
    handler.base = this.base;
    handler.loops = this.loops;
    handler.sets = this.sets;
    return OK;
  }

  /** Leaves the innermost view that was not picked, and those in it. */
  private leaveView(): number {
    let handler = this.handlers[--this.views]!;
    for (; handler.picked; this.pickedViews--) handler = this.handlers[--this.views]!;
    this.at = handler.output;
    this.onRewind?.(handler.output);
    this.base = handler.base;
    this.loops = handler.loops;
    this.sets = handler.sets;
    return handler.failure;
  }

  private endView(pc: number): number {
    const { ops } = this.plan;
    if (this.views === this.pickedViews) this.mayLack += ops[pc + 3]!;
    const handler = this.handlers[--this.views]!;
    if (handler.picked) this.pickedViews--;
    if (ops[pc + 2] === 1) {
      this.at = handler.output;
      this.onRewind?.(handler.output);
    }
    this.setsOk[this.sets - 1]!++;
    this.nextPc = ops[pc + 1]!;
    return OK;
  }

  private writeLeaf(at: number, source: number, register: number): number {
    const { leaves } = this.plan;
    const offset = this.base + source;
    if (register >= 0) this.registers[register] = UNSET;
    if (offset < 0 || offset + leaves[at + LEAF.size]! > this.end) return STATUS.shortRecord.code;
    const textStart = this.at;
    this.leaf.at = at;
    const status = this.writeValue(offset, register);
    if (status === OK) this.onLeaf?.(leaves[at + LEAF.item]!, offset, textStart);
    return status;
  }

  private writeValue(offset: number, register: number): number {
    const { leaves, at } = this.leaf;
    if (leaves[at + LEAF.kind] === KIND.text) return this.writeText(offset);
    if (leaves[at + LEAF.kind] === KIND.float) return this.writeFloat(offset);
    const status = readNumber(this.leaf, this.bytes, offset, this.number);
    if (status !== OK) return this.writeBlank(offset, status, register);
    if (register >= 0) this.registers[register] = Number(this.number.toBigInt());
    this.writeNumber(leaves[at + LEAF.scale]!);
    return OK;
  }

  private writeFloat(offset: number): number {
    const text = readFloatText(this.leaf, this.bytes, offset);
    return text === undefined ? this.writeBlank(offset, STATUS.badNumber.code, -1) : this.writeAscii(text);
  }

  /** Bytes that hold no number: null or 0 where they are a filling that the policies name, else the status. */
  private writeBlank(offset: number, status: number, register: number): number {
    const policy = blankPolicy(this.leaf, this.bytes, offset);
    if (policy === BLANK_POLICY.refuse) return status;
    if (policy === BLANK_POLICY.zero && register >= 0) this.registers[register] = 0;
    return this.writeAscii(policy === BLANK_POLICY.null ? 'null' : '0');
  }

  private writeAscii(text: string): number {
    for (let index = 0; index < text.length; index++) this.out[this.at++] = text.charCodeAt(index);
    return OK;
  }

  private writeText(offset: number): number {
    const { leaf, bytes, out } = this;
    if (charsetOf(leaf) === CHARSET.single) {
      const start = textStart(leaf, bytes, offset);
      const source = { bytes, start, end: textEnd(leaf, bytes, offset, start) };
      out[this.at++] = QUOTE;
      this.at = writeSingleBytes(leaf, JSON_TABLE, source, { bytes: out, at: this.at });
      out[this.at++] = QUOTE;
      return OK;
    }
    const text = readLeafText(leaf, this.plan.layout.codePage, bytes, offset);
    if (text === undefined) return STATUS.badCharacter.code;
    this.at += Buffer.from(out.buffer, out.byteOffset, out.length).write(JSON.stringify(text), this.at);
    return OK;
  }

  /** A JSON literal with exactly `scale` decimals; P to the right becomes zeros. */
  private writeNumber(scale: number): void {
    const { number, out } = this;
    let first = 0;
    while (first < number.count && number.digits[first] === 0) first++;
    const isZero = first === number.count;
    if (number.negative && !isZero) out[this.at++] = MINUS;
    const whole = number.count - Math.max(scale, 0);
    if (first >= whole) out[this.at++] = ZERO;
    for (let index = first; index < whole; index++) out[this.at++] = ZERO + number.digits[index]!;
    if (!isZero) for (let zero = scale; zero < 0; zero++) out[this.at++] = ZERO;
    if (scale <= 0) return;
    out[this.at++] = POINT;
    for (let index = whole; index < number.count; index++)
      out[this.at++] = ZERO + (index < 0 ? 0 : number.digits[index]!);
  }
}
