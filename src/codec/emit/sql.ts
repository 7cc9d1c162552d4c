import { columnsOf, type Column, type ColumnOptions } from '../columns/index.js';
import type { Layout } from '../record/index.js';
import { Names, snakeCase } from './names.js';

/** PostgreSQL cuts longer names. */
const NAME_SIZE_MAX = 63;
const RECORD = 'record_number';

/**
 * CREATE TABLE in standard SQL, as PostgreSQL takes it. A record is a row, known by its number; what is in a group is a column of
 * the row; each OCCURS is a table of its own, a row for each occurrence, its subscripts from 1 in the key.
 */
export function sqlOf(layouts: readonly Layout[], optionsOf: (layout: Layout) => ColumnOptions, about: string): string {
  const tables = new Names([], NAME_SIZE_MAX);
  const texts = layouts.map(layout => {
    const root = new SqlTable(tables.take(snakeCase(layout.name)), tables);
    root.add(columnsOf(layout, optionsOf(layout)), '', false);
    return root.text();
  });
  return `-- ${about}\n\n${texts.join('\n')}`;
}

interface Key {
  readonly table: string;
  readonly columns: readonly string[];
}

class SqlTable {
  private readonly lines: string[] = [];
  private readonly inner: SqlTable[] = [];
  private readonly names: Names;
  private readonly key: Key;

  constructor(
    table: string,
    private readonly tables: Names,
    private readonly parent?: Key & { readonly subscript: string },
  ) {
    const columns = parent === undefined ? [RECORD] : [...parent.columns, parent.subscript];
    this.key = { table, columns };
    this.names = new Names(columns, NAME_SIZE_MAX);
  }

  /** Adds columns; those of a group have its name before theirs. */
  add(columns: readonly Column[], around: string, isNullable: boolean): void {
    for (const column of columns) {
      const own = `${around}${snakeCase(column.name)}`;
      const nullable = isNullable || column.nullable;
      if (column.kind === 'struct') this.add(column.children, `${own}_`, nullable);
      else if (column.kind === 'list') this.table(own, column);
      else {
        const rule = nullable ? '' : ' NOT NULL';
        this.lines.push(`  "${this.names.take(own)}" ${typeOf(column)}${rule},${comment(column)}`);
      }
    }
  }

  private table(name: string, { children: [element] }: Column): void {
    const table = this.tables.take(`${this.key.table}_${name}`);
    const subscript = new Names(this.key.columns, NAME_SIZE_MAX).take(`${name}_index`);
    const inner = new SqlTable(table, this.tables, { ...this.key, subscript });
    if (element!.kind === 'struct') inner.add(element!.children, '', element!.nullable);
    else inner.add([{ ...element!, name }], '', false);
    this.inner.push(inner);
  }

  text(): string {
    const { table, columns } = this.key;
    const keys = columns.map((name, index) => `  "${name}" ${index === 0 ? 'BIGINT' : 'INTEGER'} NOT NULL,`);
    const lines = [`CREATE TABLE "${table}" (`, ...keys, ...this.lines, ...this.rules(), ');', ''];
    return [lines.join('\n'), ...this.inner.map(inner => inner.text())].join('\n');
  }

  private rules(): readonly string[] {
    const list = (names: readonly string[]): string => `(${names.map(name => `"${name}"`).join(', ')})`;
    const primary = `  PRIMARY KEY ${list(this.key.columns)}`;
    if (this.parent === undefined) return [primary];
    const { table, columns } = this.parent;
    return [`${primary},`, `  FOREIGN KEY ${list(columns)} REFERENCES "${table}" ${list(columns)}`];
  }
}

const comment = ({ item }: Column): string => {
  const clauses = [item.picture, item.usage].filter(text => text !== '').join(' ');
  return ` -- ${item.name} ${clauses}`.trimEnd();
};

function typeOf({ kind, precision, scale, bits, item }: Column): string {
  switch (kind) {
    case 'int':
      return bits === 32 ? 'INTEGER' : 'BIGINT';
    case 'decimal':
      return `NUMERIC(${precision},${scale})`;
    case 'float32':
      return 'REAL';
    case 'float64':
      return 'DOUBLE PRECISION';
    default:
      return `VARCHAR(${item.leaf?.kind === 'text' && item.leaf.charset !== 'page' ? item.size / 2 : item.size})`;
  }
}
