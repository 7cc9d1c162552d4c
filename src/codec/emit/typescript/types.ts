import { membersOf, recordMembers, type Member } from '../../columns/index.js';
import type { LayoutItem } from '../../record/index.js';
import type { Field, FieldTable } from './field-table.js';

/** `json`: what JSON.parse makes of decode's line; `object`: what `$object()` gives, decimals and more than 15 digits as text. */
export type TypeForm = 'json' | 'object';

/** The type of a leaf's value. */
export function leafType({ kind, nullable }: Field, form: TypeForm): string {
  const isText = kind === 'text' || (form === 'object' && (kind === 'units' || kind === 'big'));
  return `${isText ? 'string' : 'number'}${nullable ? ' | null' : ''}`;
}

/** The interface of a record's object, as lines. */
export function recordType(name: string, table: FieldTable, form: TypeForm): readonly string[] {
  const members = new TypeWriter(table, form).object(recordMembers(table.layout));
  return [`export interface ${name} ${members[0]!}`, ...members.slice(1)];
}

class TypeWriter {
  constructor(
    private readonly table: FieldTable,
    private readonly form: TypeForm,
  ) {}

  object(members: readonly Member[]): readonly string[] {
    const last = new Map(members.map(member => [member.name, member]));
    return ['{', ...Array.from(last.values(), member => this.member(member)).flat(), '}'];
  }

  private member({ name, item, tables, isView }: Member): readonly string[] {
    const [first, ...rest] = this.value(item);
    const open = tables.length > 0 ? 'readonly ('.padEnd(tables.length * 10, 'readonly (') : '';
    const close = ')[]'.repeat(tables.length);
    const lines = [`readonly ${JSON.stringify(name)}: ${open}${first!}`, ...rest];
    lines[lines.length - 1] += `${close}${isView ? ' | null' : ''};`;
    return lines.map(line => `  ${line}`);
  }

  private value(item: LayoutItem): readonly string[] {
    return item.leaf === undefined ? this.object(membersOf(item)) : [leafType(this.table.of(item), this.form)];
  }
}
