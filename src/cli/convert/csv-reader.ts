import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';

import { DecodeError } from '../../model/index.js';
import { pathSteps } from './csv-columns.js';
import { ELEMENT, tableKey, type CsvTable, type CsvTables } from './csv-tables.js';
import { cellText } from './csv-text.js';
import type { EachLines, LineVisitor } from './line-reader.js';
import { linesOf } from '../encode/lines.js';
import type { Input } from '../decode/input.js';

const CHUNK_SIZE = 1 << 18;
const LINES_SIZE = 1 << 18;
/** The longest line of CSV: a cell is no larger than a record. */
const LINE_SIZE_MAX = 1 << 26;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

/** A cell as it is read; an empty one that is not quoted is none. */
interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Where a column's value goes: an object or array below the line's object, and the name or index there. */
interface Column {
  readonly steps: readonly (string | number)[];
  readonly isNumber: boolean;
}

/** What a copybook says of the columns: which are numbers, by their paths in capitals, and how long tables are. */
export interface CsvTypes {
  readonly numbers: ReadonlySet<string>;
  readonly tables: CsvTables;
}

/**
 * The lines of JSON that the rows of a CSV are, its first row the columns: `A.B` is a member of a group, `T[0]` an element. A
 * column of `numbers` gives numbers with the digits that are there, every other text; one of `tables` has its elements, those without
 * a cell null.
 */
export function eachCsvRow(types: CsvTypes): EachLines {
  return async ({ input, path }, visit) => {
    const progress = { read: 0 };
    const parser = parse({
      bom: true,
      columns: false,
      skip_empty_lines: true,
      max_record_size: LINE_SIZE_MAX,
      cast: (text, { quoting }): unknown => ({ text, isQuoted: quoting }) satisfies Cell,
    });
    const rows = new RowLines(types, visit, progress);
    try {
      pipeline(Readable.from(chunks(input, progress)), parser, () => {});
      for await (const row of parser) if (!(await rows.take(row as Cell[]))) return;
      await rows.finish();
    } catch (cause) {
      if (!(cause as { code?: string }).code?.startsWith('CSV_')) throw cause;
      throw new DecodeError('HR_CSV', `${path}: ${(cause as Error).message}`, { cause });
    }
  };
}

async function* chunks(input: Input, progress: { read: number }): AsyncGenerator<Buffer> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    const count = await input.read(buffer);
    if (count === 0) return;
    progress.read += count;
    yield buffer.subarray(0, count);
  }
}

/** Rows as lines, gathered to batches. */
class RowLines {
  private columns: readonly Column[] | undefined;
  private lines: string[] = [];
  private size = 0;
  private number = 2; // of the next row, the columns being the first

  constructor(
    private readonly types: CsvTypes,
    private readonly visit: LineVisitor,
    private readonly progress: { readonly read: number },
  ) {}

  async take(row: readonly Cell[]): Promise<boolean> {
    if (this.columns === undefined) this.columns = row.map(({ text }) => this.column(text));
    else this.add(lineOf(this.columns, row, this.types.tables));
    return this.size < LINES_SIZE || this.flush();
  }

  async finish(): Promise<void> {
    if (this.lines.length > 0) await this.flush();
  }

  private column(text: string): Column {
    return { steps: pathSteps(text), isNumber: this.types.numbers.has(text.toUpperCase()) };
  }

  private add(line: string): void {
    this.lines.push(line);
    this.size += line.length;
  }

  private flush(): Promise<boolean> {
    const text = Buffer.from(this.lines.join(''));
    const { batch, lines } = linesOf(text, text.length, this.number, true);
    this.number += lines;
    this.lines = [];
    this.size = 0;
    return this.visit(batch, this.progress.read);
  }
}

type Tree = Map<string | number, Tree | string>;

/** The object of a row: groups and arrays are there where one of their cells is. */
function lineOf(columns: readonly Column[], row: readonly Cell[], tables: CsvTables): string {
  const root: Tree = new Map();
  row.forEach(({ text, isQuoted }, index) => {
    if (text === '' && !isQuoted) return;
    const { steps, isNumber } = columns[index]!;
    let node = root;
    for (const step of steps.slice(0, -1)) node = below(node, step);
    const cell = cellText(text);
    node.set(steps.at(-1)!, isNumber && NUMBER.test(cell) ? cell : JSON.stringify(cell));
  });
  return `${new TreeText(root, tables).text(root, [])}\n`;
}

function below(node: Tree, step: string | number): Tree {
  const known = node.get(step);
  if (known instanceof Map) return known;
  const made: Tree = new Map();
  node.set(step, made);
  return made;
}

/** The JSON of a row, its tables as long as the copybook says. */
class TreeText {
  constructor(
    private readonly root: Tree,
    private readonly tables: CsvTables,
  ) {}

  text(node: Tree | string, path: readonly (string | number)[]): string {
    if (typeof node === 'string') return node;
    const keys = [...node.keys()];
    if (typeof keys[0] === 'number') return this.array(node, Math.max(...(keys as number[])) + 1, path);
    const members = keys.map(key => `${JSON.stringify(key)}:${this.text(node.get(key)!, [...path, key])}`);
    return `{${members.join(',')}}`;
  }

  private array(node: Tree, given: number, path: readonly (string | number)[]): string {
    const table = this.tables.size === 0 ? undefined : this.tables.get(tableKey(path));
    const count = table === undefined ? given : Math.max(given, this.count(table, path));
    const none = table?.isGroup === true ? '{}' : 'null';
    const element = (index: number): string => {
      const value = node.get(index);
      return value === undefined ? none : this.text(value, [...path, index]);
    };
    return `[${Array.from({ length: count }, (_, index) => element(index)).join(',')}]`;
  }

  /** As many as the copybook says, or the row in the table's count; 0 where the row does not. */
  private count({ count, countPath }: CsvTable, path: readonly (string | number)[]): number {
    if (countPath === undefined) return count;
    const steps = countPath.map((step, depth) => (step === ELEMENT ? path[depth]! : step));
    let value: Tree | string | undefined = this.root;
    for (const step of steps) value = value instanceof Map ? value.get(step) : undefined;
    const said = typeof value === 'string' ? Number(value) : 0;
    return Number.isInteger(said) && said <= count ? said : 0;
  }
}
