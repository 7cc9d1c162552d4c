import { columnsOf, type Column, type ColumnOptions } from '../columns/index.js';
import type { Layout } from '../record/index.js';
import { Names, pascalCase, snakeCase } from './names.js';
import { ProtoNumbers } from './proto-numbers.js';

/** A decimal of more digits does not fit the sint64 of Decimal. */
const UNITS_DIGITS_MAX = 18;

const DECIMAL = `// A decimal number: units * 10^-scale.
message Decimal {
  sint64 units = 1;
  int32 scale = 2;
}
`;

export interface ProtoOptions {
  readonly columns: (layout: Layout) => ColumnOptions;
  readonly about: readonly string[]; // lines of the header
  /** The file as it was written before, '' when there is none: its field numbers stay. */
  readonly earlier: string;
}

/**
 * proto3 messages of records. json_name is the name in decode's JSON. Numbers of at most 18 digits with decimals are Decimal, of more
 * a string; a table is repeated, a table of tables repeated messages of one repeated field; what may be null is optional, and a
 * table that may be null is empty then.
 */
export function protoOf(layouts: readonly Layout[], { columns, about, earlier }: ProtoOptions): string {
  const names = new Names(['Decimal']);
  const writer = new ProtoWriter(new ProtoNumbers(earlier));
  const messages = layouts.map(layout => {
    const name = names.take(pascalCase(layout.name));
    return writer.message(name, columnsOf(layout, columns(layout)), []).join('\n');
  });
  const header = about.map(line => `// ${line}\n`).join('');
  const decimal = messages.some(text => /^ +(repeated |optional )?Decimal /m.test(text)) ? [DECIMAL] : [];
  return [`${header}syntax = "proto3";\n`, ...decimal, ...messages.map(text => `${text}\n`)].join('\n');
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly column: Column;
}

class ProtoWriter {
  constructor(private readonly numbers: ProtoNumbers) {}

  /** The lines of a message, its own messages inside it. */
  message(name: string, columns: readonly Column[], around: readonly string[]): readonly string[] {
    const path = [...around, name];
    const types = new Names(['Decimal', ...path]);
    const names = new Names();
    const inner: string[] = [];
    const fields = columns.map(column => {
      const type = this.type(column, { types, path, inner });
      return { name: names.take(snakeCase(column.name)), type, column };
    });
    const { numbers, reserved } = this.numbers.give(path.join('.'), fields);
    const lines = [
      ...inner,
      ...(reserved.length === 0 ? [] : [`reserved ${reserved.join(', ')};`]),
      ...fields.map((field, index) => fieldLine(field, numbers[index]!)),
    ];
    return [`message ${name} {`, ...lines.map(line => `  ${line}`), '}'];
  }

  /** The type as it stands before the name; messages that it needs are added to `inner`. */
  private type(column: Column, scope: { types: Names; path: readonly string[]; inner: string[] }): string {
    const { types, path, inner } = scope;
    if (column.kind === 'list') {
      const [element] = column.children;
      const isPlain = element!.kind !== 'list' && (!element!.nullable || element!.kind === 'struct');
      if (isPlain) return `repeated ${this.type({ ...element!, name: column.name }, scope)}`;
    }
    if (column.kind !== 'struct' && column.kind !== 'list') return scalar(column);
    const name = types.take(pascalCase(column.name));
    const [element] = column.children;
    const isWrapper = column.kind === 'list';
    inner.push(...this.message(name, isWrapper ? [{ ...element!, name: WRAPPED }] : column.children, path));
    return isWrapper ? `repeated ${name}` : name;
  }
}

/** The one field of a message around what cannot be repeated itself: a table, or a value that may be null. */
const WRAPPED = 'value';

function scalar({ kind, precision, scale, bits, item }: Column): string {
  if (kind === 'utf8') return 'string';
  if (kind === 'float32') return 'float';
  if (kind === 'float64') return 'double';
  if (kind === 'int') return `${isSigned(item) ? 's' : 'u'}int${bits}`;
  return precision > UNITS_DIGITS_MAX || scale === 0 ? 'string' : 'Decimal';
}

function isSigned({ leaf }: Column['item']): boolean {
  if (leaf?.kind === 'display') return leaf.sign !== 'none';
  return leaf !== undefined && 'signed' in leaf && leaf.signed;
}

function fieldLine({ name, type, column }: Field, number: number): string {
  const { item, nullable, kind } = column;
  const presence = nullable && kind !== 'list' && kind !== 'struct' ? 'optional ' : '';
  const clauses = [item.picture, item.usage].filter(text => text !== '').join(' ');
  const about = item.leaf === undefined ? '' : ` // ${clauses}`;
  const json = column.name === WRAPPED ? '' : ` [json_name = "${column.name}"]`;
  return `${presence}${type} ${name} = ${number}${json};${about}`;
}
