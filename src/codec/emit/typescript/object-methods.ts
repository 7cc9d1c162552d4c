import { viewSets, type LayoutItem, type ViewSet } from '../../record/index.js';
import { method, type Addresses } from './addresses.js';
import { SUBSCRIPTS, type FieldTable } from './field-table.js';

/** A member that has been read: its name and the variable that holds it. */
interface ReadMember {
  readonly name: string;
  readonly variable: string;
}

interface Body {
  readonly lines: string[];
  readonly members: ReadMember[];
}

/** A table of no more occurrences, always as many, is made at once: growing an array costs more than its values. */
const LITERAL_MAX = 16;

/** Methods that make the record's object, reading in decode's order; a method for each group, table and view. */
export class ObjectMethods {
  readonly methods: string[] = [];
  private variables = 0;

  constructor(
    private readonly table: FieldTable,
    private readonly addresses: Addresses,
  ) {}

  /** The body of the method that makes the whole. */
  record(): readonly string[] {
    const { root } = this.table.layout;
    const body: Body = { lines: [], members: [] };
    if (root.leaf === undefined) this.group(root, [], body);
    else this.member(root, [], body);
    return [...body.lines, `return ${literal(body.members)};`];
  }

  private variable(): string {
    return `v${this.variables++}`;
  }

  private group(group: LayoutItem, subscripts: readonly string[], body: Body): void {
    for (const set of viewSets(group)) {
      if (set.views.length === 1) this.member(set.base, subscripts, body);
      else this.set(set, subscripts, body);
    }
  }

  /** An item where it stands; what is in a FILLER group stands there too, of a FILLER table as arrays. */
  private member(item: LayoutItem, subscripts: readonly string[], body: Body): void {
    if (item.filler && item.leaf !== undefined) return;
    if (!item.filler) return this.read(item.name, this.whole(item, subscripts), body);
    if (item.occurs === undefined) return this.group(item, subscripts, body);
    for (const child of item.children.filter(({ filler }) => !filler))
      this.read(
        child.name,
        this.list(item, subscripts, inner => this.whole(child, inner)),
        body,
      );
  }

  private read(name: string, expression: string, body: Body): void {
    const variable = this.variable();
    body.lines.push(`const ${variable} = ${expression};`);
    body.members.push({ name, variable });
  }

  /** All occurrences of an item. */
  private whole(item: LayoutItem, subscripts: readonly string[]): string {
    if (item.occurs === undefined) return this.value(item, subscripts);
    return this.list(item, subscripts, inner => this.value(item, inner));
  }

  /** One occurrence of an item. */
  private value(item: LayoutItem, subscripts: readonly string[]): string {
    if (item.leaf !== undefined) {
      const field = this.table.of(item);
      const at = this.addresses.of(item, subscripts);
      if (field.kind !== 'units' && field.kind !== 'big') return `this.$field${field.index}(${at})`;
      return `this.$text${field.index}(${at})`;
    }
    const name = `$object${item.index}`;
    const inner = SUBSCRIPTS.slice(0, subscripts.length);
    const body: Body = { lines: [], members: [] };
    this.group(item, inner, body);
    this.method(name, inner, [...body.lines, `return ${literal(body.members)};`]);
    return `this.${name}(${subscripts.join(', ')})`;
  }

  private method(name: string, subscripts: readonly string[], lines: readonly string[]): void {
    const text = method(name, subscripts, lines);
    if (!this.methods.includes(text)) this.methods.push(text);
  }

  private list(
    table: LayoutItem,
    subscripts: readonly string[],
    valueOf: (inner: readonly string[]) => string,
  ): string {
    const name = `$list${table.index}_${this.variables++}`;
    const outer = SUBSCRIPTS.slice(0, subscripts.length);
    const last = SUBSCRIPTS[subscripts.length]!;
    const value = valueOf([...outer, last]);
    const subscript = new RegExp(`\\b${last}\\b`, 'g');
    const { dependingOn, count } = table.occurs!;
    if (dependingOn === undefined && count <= LITERAL_MAX) {
      const values = Array.from({ length: count }, (_, index) => value.replace(subscript, String(index)));
      this.method(name, outer, [`return [${values.join(', ')}];`]);
      return `this.${name}(${subscripts.join(', ')})`;
    }
    this.method(name, outer, [
      `const count: number = ${this.addresses.count(table, outer)};`,
      'if (count === 0) return [];',
      `let ${last} = 0;`,
      `const list = [${value}];`,
      `for (${last} = 1; ${last} < count; ${last}++) list.push(${value});`,
      'return list;',
    ]);
    return `this.${name}(${subscripts.join(', ')})`;
  }

  private set({ base, views }: ViewSet, subscripts: readonly string[], body: Body): void {
    const tried = views.map(view => this.view(view, subscripts, body));
    const at = this.addresses.of(base, subscripts);
    const none = tried.map(variable => `${variable} === undefined`).join(' && ');
    const name = base.filler ? 'FILLER' : base.name;
    body.lines.push(`if (${none}) this.$noView(${JSON.stringify(name)}, '${base.picture}', ${at} - this.$start);`);
  }

  /** A view's value, or null for each of its members; the variable is undefined where it does not decode. */
  private view(view: LayoutItem, subscripts: readonly string[], body: Body): string {
    const variable = this.variable();
    const isHoisted = view.filler && view.leaf === undefined;
    const own: Body = { lines: [], members: [] };
    let expression: string;
    if (isHoisted) {
      const inner = SUBSCRIPTS.slice(0, subscripts.length);
      this.member(view, inner, own);
      this.method(`$view${view.index}`, inner, [...own.lines, `return ${literal(own.members)};`]);
      expression = `this.$view${view.index}(${subscripts.join(', ')})`;
    } else expression = this.whole(view, subscripts);
    body.lines.push(`const ${variable} = this.$try(() => ${expression});`);
    if (!view.filler) body.members.push({ name: view.name, variable: `${variable} ?? null` });
    for (const { name } of own.members)
      body.members.push({ name, variable: `${variable} === undefined ? null : ${variable}[${JSON.stringify(name)}]` });
    return variable;
  }
}

/** Of several members of one name the last counts, as for a JSON parser. */
function literal(members: readonly ReadMember[]): string {
  const last = new Map(members.map(({ name, variable }) => [name, variable]));
  if (last.size === 0) return '{}';
  return `{ ${Array.from(last, ([name, variable]) => `${JSON.stringify(name)}: ${variable}`).join(', ')} }`;
}
