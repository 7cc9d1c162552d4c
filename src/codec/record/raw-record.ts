import { compileJsonPlan } from './json-plan.js';
import { JSON_KIND, TAPE, JsonTape } from './json-tape.js';
import { stringPoints } from './json-string.js';
import { JsonTwin } from './json-twin.js';
import { NumberLiteral } from './number-literal.js';
import type { RecordEncodePlan } from './record-encode-plan.js';

/** A byte of text as `\\u0000`. */
const ESCAPED_BYTE_MAX = 6;

/** The bytes a line was decoded from, `$raw`: an item whose value is the same keeps them. */
export class RawRecord {
  bytes: Uint8Array = new Uint8Array(0);
  private readonly decoder: JsonTwin;
  private readonly out: Uint8Array;
  private readonly tape = new JsonTape(1);
  private readonly given = new NumberLiteral();
  private readonly kept = new NumberLiteral();

  /** Leaves are those of the plan that encodes: what it writes is compared with what the same bytes were read as. */
  constructor({ layout, leaves }: RecordEncodePlan) {
    const plan = compileJsonPlan(layout);
    this.decoder = new JsonTwin({ ...plan, leaves });
    this.out = new Uint8Array(plan.textSizeMax + layout.sizeBytes * ESCAPED_BYTE_MAX);
  }

  /** Takes the hexadecimal digits of a string on a tape; false when they are none. */
  read(tape: JsonTape, node: number): boolean {
    if (tape.kind(node) !== JSON_KIND.string) return false;
    const hex = Buffer.from(tape.bytes.subarray(tape.ints[node + TAPE.start]!, tape.ints[node + TAPE.end]!)).toString();
    this.bytes = Buffer.from(hex, 'hex');
    return this.bytes.length * 2 === hex.length;
  }

  /** The integer of a count at `offset`, or undefined. */
  count(leaf: number, offset: number): number | undefined {
    if (!this.decode(leaf, offset) || !this.kept.read(this.out, 0, this.length)) return undefined;
    return Number(Buffer.from(this.out.subarray(0, this.length)).toString());
  }

  /** Whether the leaf at `offset` decodes to the value on the tape; what does not decode is null. */
  holds(leaf: number, offset: number, tape: JsonTape, node: number): boolean {
    const kept = this.decode(leaf, offset) ? this.keptKind() : JSON_KIND.null;
    const given = tape.kind(node);
    if (kept === JSON_KIND.null || given === JSON_KIND.null) return kept === given;
    if (kept === JSON_KIND.number) return isNumeric(given) && this.isSameNumber(tape, node);
    return isText(kept) && isText(given) && isSameText(this.tape, tape, node);
  }

  private keptKind(): number {
    this.tape.read(this.out, 0, this.length);
    return this.tape.kind(0);
  }

  private length = 0;

  private decode(leaf: number, offset: number): boolean {
    this.length = this.decoder.leafText(leaf, this.bytes, offset, this.out);
    return this.length >= 0;
  }

  private isSameNumber(tape: JsonTape, node: number): boolean {
    return (
      this.kept.read(this.out, 0, this.length) &&
      this.given.read(tape.bytes, tape.ints[node + TAPE.start]!, tape.ints[node + TAPE.end]!) &&
      this.given.equals(this.kept)
    );
  }
}

const isText = (kind: number): boolean => kind === JSON_KIND.string || kind === JSON_KIND.escaped;
const isNumeric = (kind: number): boolean => kind === JSON_KIND.number || kind === JSON_KIND.string;

function isSameText(kept: JsonTape, tape: JsonTape, node: number): boolean {
  const [a, b] = [stringPoints(kept, 0), stringPoints(tape, node)];
  return a.length === b.length && a.every((point, index) => point === b[index]);
}
