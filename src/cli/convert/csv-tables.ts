import { columnsOf, type Column, type LayoutItem, type RecordFile } from '../../codec/index.js';

/** A step of a path: a member's name, or an element of the table before it. */
export const ELEMENT = 0;
export type TableStep = string | typeof ELEMENT;

/** How many elements a table has: so many, or as many as the member at a path says. */
export interface CsvTable {
  readonly count: number;
  readonly countPath: readonly TableStep[] | undefined;
  /** Whether its elements are groups: one without any cell has none of its members, and is not null. */
  readonly isGroup: boolean;
}

/** The tables of records by `tableKey` of their paths. */
export type CsvTables = ReadonlyMap<string, CsvTable>;

export const NO_TABLES: CsvTables = new Map();

/** A name of COBOL has no comma. */
export const tableKey = (path: readonly (string | number)[]): string =>
  path.map(step => (typeof step === 'number' ? ELEMENT : step)).join(',');

/** The tables of a file's records; of two records' tables at one path none, unless they agree. */
export function csvTables({ layouts, policies }: RecordFile): CsvTables {
  const found = new Map<string, CsvTable | undefined>();
  for (const layout of layouts)
    new TableWalk(found).columns(columnsOf(layout, { renames: policies.renames === true }), []);
  return new Map([...found].filter((entry): entry is [string, CsvTable] => entry[1] !== undefined));
}

class TableWalk {
  private readonly paths = new Map<LayoutItem, readonly TableStep[]>();

  constructor(private readonly found: Map<string, CsvTable | undefined>) {}

  columns(columns: readonly Column[], around: readonly TableStep[]): void {
    for (const column of columns) this.value(column, [...around, column.name]);
  }

  private value({ kind, children, item }: Column, path: readonly TableStep[]): void {
    if (kind === 'list') {
      this.table(item, children[0]!, path);
      this.value(children[0]!, [...path, ELEMENT]);
    } else if (kind === 'struct') this.columns(children, path);
    else this.paths.set(item, path);
  }

  private table({ occurs }: LayoutItem, element: Column, path: readonly TableStep[]): void {
    const { count, dependingOn } = occurs!;
    const key = tableKey(path);
    const countPath = dependingOn === undefined ? undefined : this.paths.get(dependingOn);
    const isGroup = element.kind === 'struct';
    // A count without a member, in a FILLER, leaves the table as long as its cells.
    const table = dependingOn !== undefined && countPath === undefined ? undefined : { count, countPath, isGroup };
    const isSame = !this.found.has(key) || JSON.stringify(this.found.get(key)) === JSON.stringify(table);
    this.found.set(key, isSame ? table : undefined);
  }
}
