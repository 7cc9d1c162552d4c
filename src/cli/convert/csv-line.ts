import { ConfigError, DecodeError } from '../../model/index.js';
import { pathTree, type PathNode } from './csv-columns.js';
import type { CsvCells } from './csv-rows.js';
import { ELEMENT, tableKey, type CsvTable, type CsvTables, type TableStep } from './csv-tables.js';
import { cellText } from './csv-text.js';

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
/** A number that JSON does not take for its plus or its zeros before others; and those. */
const PADDED_NUMBER = /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/;
const PADDING = /^\+?(-?)0*(?=\d)/;

/** What a copybook says of the columns: which are numbers, by their paths in capitals, and how long tables are. */
export interface CsvTypes {
  readonly numbers: ReadonlySet<string>;
  readonly tables: CsvTables;
}

/** Where a value of the object comes from: its column, or what is below it. */
interface Place {
  readonly name: string; // of a member: as JSON, with its colon
  readonly index: number; // of an element
  readonly column: number;
  readonly isNumber: boolean;
  readonly isArray: boolean;
  readonly table: CsvTable | undefined;
  readonly count: Place | undefined; // of the table's elements
  readonly below: readonly Place[];
}

/**
 * Rows of CSV as the objects of JSON they are: `A.B` is a member of a group, `T[0]` an element. A column of `numbers` gives numbers
 * with the digits that are there, but for zeros before them, every other text; one of `tables` has its elements, those without a cell null. Where a column's
 * value goes is found once.
 */
export class CsvLine {
  private readonly root: readonly Place[];
  private readonly unnamed: readonly number[];

  /** Throws ConfigError for names that cannot stand beside each other. */
  constructor(
    private readonly names: readonly string[],
    types: CsvTypes,
  ) {
    const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
    if (twice !== undefined) throw new ConfigError('HR_COLUMN', `the column ${twice} is there twice`);
    this.unnamed = names.flatMap((name, index) => (name === '' ? [index] : []));
    const tree = pathTree(names);
    this.root = new Places(tree, names, types).below(tree, []);
  }

  /** The object of a row, as a line. Groups and arrays are there where one of their cells is. */
  of(cells: CsvCells, line: number): string {
    const { names, unnamed } = this;
    if (cells.length !== names.length)
      throw new DecodeError('HR_CSV', `line ${line}: it has ${cells.length} cells, the first line ${names.length}`);
    for (const column of unnamed)
      if (cells[column] !== undefined)
        throw new DecodeError('HR_CSV', `line ${line}: cell ${column + 1} has a value, and its column no name`);
    return `${objectText(this.root, cells) ?? '{}'}\n`;
  }
}

type Path = readonly (string | number)[];

/** Makes the places of a tree of columns. */
class Places {
  constructor(
    private readonly tree: PathNode,
    private readonly names: readonly string[],
    private readonly types: CsvTypes,
  ) {}

  below({ members, elements }: PathNode, path: Path): readonly Place[] {
    return [
      ...Array.from(members, ([name, node]) => this.place(node, name, [...path, name])),
      ...Object.entries(elements).map(([index, node]) => this.place(node, '', [...path, Number(index)])),
    ];
  }

  private place(node: PathNode, name: string, path: Path): Place {
    const { column, members, elements } = node;
    const isArray = elements.length > 0;
    if ([column >= 0, isArray, members.size > 0].filter(Boolean).length > 1)
      throw new ConfigError('HR_COLUMN', `the columns of ${path.join('.')} are values, groups and tables at once`);
    const table = isArray && this.types.tables.size > 0 ? this.types.tables.get(tableKey(path)) : undefined;
    return {
      name: `${JSON.stringify(name)}:`,
      index: Number(path.at(-1)),
      column,
      isNumber: column >= 0 && this.types.numbers.has(this.names[column]!.toUpperCase()),
      isArray,
      table,
      count: table?.countPath && this.countOf(table.countPath, path),
      below: this.below(node, path),
    };
  }

  /** The member that counts the elements of the table at a path; undefined where no column has it. */
  private countOf(countPath: readonly TableStep[], path: Path): Place | undefined {
    const own = countPath.map((step, depth) => (step === ELEMENT ? path[depth]! : step));
    let node: PathNode | undefined = this.tree;
    for (const step of own) node = typeof step === 'number' ? node?.elements[step] : node?.members.get(step);
    return node === undefined || node.column < 0 ? undefined : this.place(node, '', own);
  }
}

function valueText(place: Place, cells: CsvCells): string | undefined {
  const { column, isNumber } = place;
  if (column < 0) return place.isArray ? arrayText(place, cells) : objectText(place.below, cells);
  const cell = cells[column];
  if (cell === undefined) return undefined;
  const text = cellText(cell);
  if (isNumber && NUMBER.test(text)) return text;
  return isNumber && PADDED_NUMBER.test(text) ? text.replace(PADDING, '$1') : JSON.stringify(text);
}

function objectText(places: readonly Place[], cells: CsvCells): string | undefined {
  let text = '';
  for (const place of places) {
    const value = valueText(place, cells);
    if (value !== undefined) text += (text === '' ? '{' : ',') + place.name + value;
  }
  return text === '' ? undefined : `${text}}`;
}

/**
 * A table of which one cell is there has all its elements. One before it that has no cell is null, or an object without members. A
 * table that the row counts as empty is there without a cell.
 */
function arrayText(place: Place, cells: CsvCells): string | undefined {
  const none = place.table?.isGroup === true ? '{}' : 'null';
  const most = elementCount(place, cells);
  let text = '';
  let count = 0;
  for (const element of place.below) {
    const isCounted = most !== undefined && element.index < most;
    const value = isCounted || hasCell(element, cells) ? valueText(element, cells) : undefined;
    if (value === undefined) continue;
    for (; count < element.index; count++) text += (count === 0 ? '[' : ',') + none;
    text += (count++ === 0 ? '[' : ',') + value;
  }
  if (text === '') return most === 0 ? '[]' : undefined;
  for (; most !== undefined && count < most; count++) text += `,${none}`;
  return `${text}]`;
}

/** An element that the count leaves out is one by its cells alone, not by an empty table in it. */
const hasCell = ({ column, below }: Place, cells: CsvCells): boolean =>
  column >= 0 ? cells[column] !== undefined : below.some(place => hasCell(place, cells));

/** As many as the copybook says, or the row in the table's count; undefined where neither does. */
function elementCount({ table, count }: Place, cells: CsvCells): number | undefined {
  if (table?.countPath === undefined) return table?.count;
  const said = count && valueText(count, cells);
  return said !== undefined && Number.isInteger(Number(said)) && Number(said) <= table.count ? Number(said) : undefined;
}
