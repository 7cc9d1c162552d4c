import { isUtf8 } from 'node:buffer';

import { JSON_KIND, JsonTape, TAPE, TAPE_INTS, type EncodeRefusal, type LineBatch } from '../../codec/index.js';
import { STATUS, type StatusName } from '../../model/index.js';
import { pathTree, type PathNode } from './csv-columns.js';
import { textCell } from './csv-text.js';
import type { LineShaper, LineSource, Shaped } from './line-shaper.js';
import { OrderedLines } from './ordered-lines.js';

const VALUE_SIZE_MAX = 120;
/** Half of a character of UTF-16 by itself: JSON can escape one, and UTF-8 has no bytes for it. */
const HALF_CHARACTER = /\p{Surrogate}/u;
/** What a status is of CSV. */
const WORDS: Partial<Record<StatusName, string>> = {
  unknownMember: 'the file has no such column',
  badCharacter: 'UTF-8 has no bytes for a character of it',
  capacity: 'it has more values than a line may have',
};
const NOT_UTF8 = 'its bytes are not UTF-8';

/** Why an object has no line of CSV: a member without a column, or text that is no object. */
interface Fault {
  readonly code: StatusName;
  readonly field: string;
  /** What is wrong, where it is not what the status says. */
  readonly what?: string;
}

/**
 * Objects as lines of CSV. Numbers keep their digits; null, and what is not there, is an empty cell. The cells are written here and
 * not by a package: bytes become bytes while the members come in the order of the columns, and any other object is read as a whole.
 */
export class CsvShaper implements LineShaper {
  private readonly tape = new JsonTape();
  private readonly root: PathNode;
  private readonly cells: string[];
  private readonly lines: OrderedLines;
  private fault: Fault | undefined;

  constructor(
    columns: readonly string[],
    private readonly stopsAtRefusal: boolean,
  ) {
    this.root = pathTree(columns);
    this.cells = columns.map(() => '');
    this.lines = new OrderedLines(this.root, columns.length);
  }

  shape({ bytes, starts, ends }: LineBatch, { first }: LineSource): Shaped {
    const { lines } = this;
    const refused: { index: number; refusal: EncodeRefusal }[] = [];
    for (let index = 0; index < starts.length; index++) {
      if (lines.add(bytes, starts[index]!, ends[index]!)) continue;
      const fault = this.line(bytes, starts[index]!, ends[index]!);
      if (fault === undefined) lines.addText(`${this.cells.join(',')}\n`);
      else refused.push({ index, refusal: this.refusal(fault, first + index) });
      if (fault !== undefined && this.stopsAtRefusal) return { pieces: [lines.take()], refused, isStopped: true };
    }
    return { pieces: [lines.take()], refused, isStopped: false };
  }

  private line(bytes: Uint8Array, start: number, end: number): Fault | undefined {
    const { tape } = this;
    this.cells.fill('');
    this.fault = undefined;
    const status = tape.read(bytes, start, end);
    if (status === STATUS.capacity.code) return { code: 'capacity', field: '' };
    if (status !== STATUS.ok.code || tape.kind(0) !== JSON_KIND.object) return { code: 'badJson', field: '' };
    this.object(0, this.root, '');
    // A name that is no UTF-8 is no cell's.
    if (!isUtf8(bytes.subarray(start, end))) this.fault ??= { code: 'badCharacter', field: '', what: NOT_UTF8 };
    return this.fault;
  }

  private object(node: number, tree: PathNode, path: string): void {
    const { tape } = this;
    for (let name = node + TAPE_INTS; name < tape.next(node);) {
      const value = tape.next(name);
      const member = tape.text(name);
      this.value(value, this.child(tree, member), path === '' ? member : `${path}.${member}`);
      name = tape.next(value);
    }
  }

  /** The column of a member; of several of one name the second is NAME-2. */
  private child(tree: PathNode, member: string): PathNode | undefined {
    const node = tree.members.get(member);
    if (node === undefined || node.column < 0 || this.cells[node.column] === '') return node;
    let turn = 2;
    for (let next = node; ; turn++) {
      const other = tree.members.get(`${member}-${turn}`);
      if (other === undefined) return next;
      next = other;
      if (this.cells[next.column] === '') return next;
    }
  }

  private value(node: number, tree: PathNode | undefined, path: string): void {
    const { tape } = this;
    const kind = tape.kind(node);
    if (kind === JSON_KIND.null) return;
    if (tree === undefined) this.fault ??= { code: 'unknownMember', field: path };
    else if (kind === JSON_KIND.object) this.object(node, tree, path);
    else if (kind === JSON_KIND.array) this.array(node, tree, path);
    else if (tree.column < 0) this.fault ??= { code: 'badType', field: path };
    else this.cells[tree.column] = this.cell(node, kind, path);
  }

  private array(node: number, tree: PathNode, path: string): void {
    const { tape } = this;
    let index = 0;
    for (let value = node + TAPE_INTS; value < tape.next(node); value = tape.next(value), index++)
      this.value(value, tree.elements[index], `${path}[${index}]`);
  }

  private cell(node: number, kind: number, path: string): string {
    const { tape } = this;
    const text = tape.text(node);
    if (!isUtf8(tape.bytes.subarray(tape.ints[node + TAPE.start]!, tape.ints[node + TAPE.end]!)))
      this.fault ??= { code: 'badCharacter', field: path, what: NOT_UTF8 };
    if (kind === JSON_KIND.escaped && HALF_CHARACTER.test(text)) this.fault ??= { code: 'badCharacter', field: path };
    return kind === JSON_KIND.string || kind === JSON_KIND.escaped ? textCell(text) : text;
  }

  private refusal({ code, field, what = WORDS[code] ?? STATUS[code].text }: Fault, record: number): EncodeRefusal {
    const { bytes, errorAt, end } = this.tape;
    const value =
      code === 'badJson' ? Buffer.from(bytes.subarray(errorAt, Math.min(end, errorAt + VALUE_SIZE_MAX))) : '';
    const place = field === '' ? `record ${record}` : `record ${record}, ${field}`;
    return { record, field, picture: '', code, message: `${place}: ${what}`, value: value.toString() };
  }
}
