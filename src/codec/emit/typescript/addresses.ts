import { ConfigError } from '../../../model/index.js';
import type { LayoutItem } from '../../record/index.js';
import { SUBSCRIPTS, type FieldTable } from './field-table.js';

/**
 * Where the fields of a record lie, as expressions over `this.$start` and subscripts. What follows a table that slides lies before its
 * place in the layout by the occurrences that are not there: methods tell by how much.
 */
export class Addresses {
  /** Whether any table of the record slides. */
  readonly slides: boolean;

  constructor(private readonly table: FieldTable) {
    this.slides = slidesIn(table.layout.root);
  }

  /** Where an occurrence of the item begins. `subscripts` are those of all its tables, or of all but its own. */
  of(item: LayoutItem, subscripts: readonly string[]): string {
    if (!this.slides) return this.fixed(item, subscripts);
    const group = this.table.groups(item).at(-1);
    if (group === undefined) return 'this.$start';
    const outer = subscripts.slice(0, this.table.tables(group).length);
    const before = group.children.filter(
      child => child.index < item.index && child.redefines === undefined && slidesIn(child),
    );
    const shifts = before.map(child => ` - this.$shift${child.index}(${outer.join(', ')})`).join('');
    return `${this.of(group, outer)} + ${item.offset - group.offset}${shifts}${this.occurrence(item, subscripts)}`;
  }

  private fixed(item: LayoutItem, subscripts: readonly string[]): string {
    const steps = this.table.tables(item).map(({ occurs }, depth) => step(subscripts[depth], occurs!.stride));
    return `this.$start + ${item.offset}${steps.join('')}`;
  }

  private occurrence(item: LayoutItem, subscripts: readonly string[]): string {
    if (item.occurs === undefined) return '';
    const outer = this.table.tables(item).length - 1;
    const own = subscripts[outer];
    if (own === undefined) return '';
    const shift = isVarying(item) ? ` - this.$before${item.index}(${subscripts.slice(0, outer + 1).join(', ')})` : '';
    return step(own, item.occurs.stride) + shift;
  }

  /** How many occurrences a table has. */
  count(item: LayoutItem, subscripts: readonly string[]): string {
    const { dependingOn, count } = item.occurs!;
    return dependingOn === undefined ? String(count) : `this.$count${item.index}(${subscripts.join(', ')})`;
  }

  /** Tables outside of tables that slide: the field of the count, where the table begins, its stride and largest count. */
  sliding(): readonly (readonly [counter: number, offset: number, stride: number, count: number])[] {
    const outer = this.table.layout.items.filter(
      item => item.occurs?.slides === true && this.table.tables(item).length === 1,
    );
    return outer.map(({ offset, occurs }) => [
      this.table.of(occurs!.dependingOn!).index,
      offset,
      occurs!.stride,
      occurs!.count,
    ]);
  }

  /** The methods that counts and shifts are. */
  methods(): readonly string[] {
    const { items } = this.table.layout;
    const tables = items.filter(({ occurs }) => occurs?.dependingOn !== undefined).map(item => this.countMethod(item));
    const shifts = this.slides ? items.filter(slidesIn).flatMap(item => this.shiftMethods(item)) : [];
    const all = this.slides ? [`protected override $shift(): number { return this.$shift0(); }`] : [];
    return [...tables, ...all, ...shifts];
  }

  private countMethod(item: LayoutItem): string {
    const { dependingOn, min, count } = item.occurs!;
    const field = this.table.of(dependingOn!);
    const outer = this.table.tables(item).slice(0, -1);
    if (field.tables.some((table, depth) => table !== outer[depth]))
      throw new ConfigError(
        'HR_EMIT',
        `${item.name} depends on ${dependingOn!.name}, which lies in the table ${field.tables.at(-1)!.name}; generated code cannot tell which occurrence`,
      );
    const subscripts = SUBSCRIPTS.slice(0, outer.length);
    const at = this.of(dependingOn!, subscripts.slice(0, field.tables.length));
    return method(
      `$count${item.index}`,
      subscripts,
      [`return this.$count(this.$field${field.index}(${at}), [${min}, ${count}], ${JSON.stringify(item.name)});`],
      NUMBER,
    );
  }

  private shiftMethods(item: LayoutItem): readonly string[] {
    const own = item.occurs === undefined ? 0 : 1;
    const subscripts = SUBSCRIPTS.slice(0, this.table.tables(item).length);
    const outer = subscripts.slice(0, subscripts.length - own);
    const inner = item.children
      .filter(child => child.redefines === undefined && slidesIn(child))
      .map(child => `this.$shift${child.index}(${subscripts.join(', ')})`);
    if (own === 0) return [method(`$shift${item.index}`, outer, [`return ${inner.join(' + ')};`], NUMBER)];
    const { count, stride, slides } = item.occurs!;
    const missing = slides ? `(${count} - count) * ${stride}` : '0';
    const total =
      inner.length === 0 ? missing : `${missing} + this.$before${item.index}(${[...outer, 'count'].join(', ')})`;
    const counted = [`const count = ${this.count(item, outer)};`, `return ${total};`];
    const shift = method(`$shift${item.index}`, outer, counted, NUMBER);
    if (inner.length === 0) return [shift];
    const last = subscripts.at(-1)!;
    const before = method(
      `$before${item.index}`,
      [...outer, 'end'],
      [
        'let shift = 0;',
        `for (let ${last} = 0; ${last} < end; ${last}++) shift += ${inner.join(' + ')};`,
        'return shift;',
      ],
    );
    return [shift, before];
  }
}

const NUMBER = ': number';

const step = (subscript: string | undefined, stride: number): string =>
  subscript === undefined ? '' : ` + ${subscript} * ${stride}`;

export const parameters = (subscripts: readonly string[]): string =>
  subscripts.map(name => `${name}: number`).join(', ');

/** A private method with subscripts; one that its lines do not need is marked so for the compiler. */
export function method(name: string, subscripts: readonly string[], lines: readonly string[], type = ''): string {
  const body = lines.join('\n');
  const isNamed = (subscript: string): boolean => new RegExp(`\\b${subscript}\\b`).test(body);
  const named = subscripts.map(subscript => (isNamed(subscript) ? subscript : `_${subscript}`));
  return [`private ${name}(${parameters(named)})${type} {`, ...lines.map(line => `  ${line}`), '}'].join('\n');
}

/** Whether the bytes of an item, all its occurrences, are not always as many. */
export function slidesIn(item: LayoutItem): boolean {
  return item.occurs?.slides === true || isVarying(item);
}

/** Whether those of one occurrence are not. */
function isVarying(item: LayoutItem): boolean {
  return item.children.some(child => child.redefines === undefined && slidesIn(child));
}

/** Bytes of an item with the smallest counts. */
export function sizeMin(item: LayoutItem): number {
  const lost = item.children
    .filter(child => child.redefines === undefined)
    .reduce((sum, child) => sum + extent(child) - sizeMin(child), 0);
  if (item.occurs === undefined) return item.size - lost;
  const { min, count, stride, slides } = item.occurs;
  return (slides ? min : count) * (stride - lost);
}

const extent = ({ size, occurs }: LayoutItem): number => (occurs === undefined ? size : occurs.count * occurs.stride);
