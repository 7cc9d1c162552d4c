import { describeLeaf, LEAF, type LayoutItem } from '../../record/index.js';
import { hasNullBlank, membersOf, recordMembers, type Member } from '../../columns/index.js';
import { Addresses, parameters, sizeMin } from './addresses.js';
import { SUBSCRIPTS, type Field, type FieldTable } from './field-table.js';
import { ObjectMethods } from './object-methods.js';
import { fullTemplate } from './full-template.js';
import {
  binaryLimit,
  isWords,
  readExpression,
  wordExpressions,
  type NumberLeaf,
  type ReadExpression,
} from './read-expression.js';
import type { TextFunctions } from './text-functions.js';

/** The class of a record and the codec it reads with. */
export class RecordClass {
  private readonly addresses: Addresses;

  constructor(
    private readonly name: string,
    private readonly codec: string,
    private readonly table: FieldTable,
    private readonly texts: TextFunctions,
  ) {
    this.addresses = new Addresses(table);
  }

  lines(): readonly string[] {
    const objects = new ObjectMethods(this.table, this.addresses);
    const record = objects.record();
    const { fields, layout } = this.table;
    const parts = [
      `/** ${layout.name}, ${layout.sizeBytes} bytes, at a place in bytes: a field is read when it is asked for. */`,
      `export class ${this.name} extends RecordView {`,
      ...indent([
        ...constructorLines(
          this.name,
          this.codec,
          this.addresses.sliding().map(([counter]) => fields[counter]!.name),
        ),
        ...fields.filter(({ item }) => !item.filler).flatMap(field => ['', ...this.accessors(field)]),
        '',
        `override $object(): ${this.name}Object {`,
        `  return super.$object() as ${this.name}Object;`,
        '}',
        '',
        `protected override $value(): ${this.name}Object {`,
        ...indent(record),
        '}',
        ...[...objects.methods, ...this.addresses.methods(), ...fields.map(field => this.reader(field))].flatMap(
          method => ['', ...method.split('\n')],
        ),
      ]),
      '}',
    ];
    return parts;
  }

  codecLines(): readonly string[] {
    const { layout, fields } = this.table;
    const specs = fields.map(({ item }) => {
      const ints = describeLeaf(layout, item);
      const of = (key: keyof typeof LEAF): number => ints[LEAF[key]]!;
      const values = [item.filler ? 'FILLER' : item.name, item.picture, item.offset, of('kind'), of('size')];
      return JSON.stringify([...values, of('digits'), of('scale'), of('flags'), of('blanks')]);
    });
    return [
      `const ${this.codec} = new RecordCodec({`,
      `  name: ${JSON.stringify(layout.name)},`,
      `  codePage: '${layout.codePage.name}',`,
      `  sign: '${layout.sign}',`,
      `  sizeBytes: ${layout.sizeBytes},`,
      `  sizeMin: ${sizeMin(layout.root)},`,
      '  fields: [',
      ...specs.map(spec => `    ${spec},`),
      '  ],',
      `  members: ${JSON.stringify(recordMembers(layout).map(member => this.memberSpec(member)))},`,
      `  sliding: ${JSON.stringify(this.addresses.sliding())},`,
      `  template: '${Buffer.from(fullTemplate(layout)).toString('base64')}',`,
      '});',
    ];
  }

  private memberSpec({ name, item, tables, isView }: Member): object {
    return {
      name,
      nullable: isView || hasNullBlank(this.table.layout, item),
      tables: tables.map(({ occurs }) => [occurs!.min, occurs!.count]),
      of: item.leaf === undefined ? membersOf(item).map(member => this.memberSpec(member)) : this.table.of(item).index,
    };
  }

  /** What people call: a getter and a setter, or of a table methods that take subscripts. */
  private accessors(field: Field): readonly string[] {
    const { item, kind, name, tables, nullable } = field;
    const subscripts = SUBSCRIPTS.slice(0, tables.length);
    const at = this.addresses.of(item, subscripts);
    const checks = tables.map((table, depth) => {
      const count = this.addresses.count(table, subscripts.slice(0, depth));
      return `this.$index(${subscripts[depth]!}, ${count}, ${JSON.stringify(table.name)});`;
    });
    const isUnits = kind === 'units' || kind === 'big';
    const orNull = nullable ? ' | null' : '';
    const [reads, takes] = isUnits ? ['bigint', 'bigint | string'] : [PLAIN[kind], PLAIN_SET[kind]];
    const about = [`/** ${aboutText(item)}${isUnits ? `: ${unitText(item)}` : ''}. */`];
    const read = kind === 'units' ? unitsRead(field, at) : `return this.$field${field.index}(${at});`;
    const write = `this.$put(${field.index}, ${at}, value);`;
    const text = isUnits ? [`return this.$text${field.index}(${at});`] : undefined;
    if (tables.length === 0)
      return [
        ...about,
        `get ${name}(): ${reads}${orNull} {`,
        `  ${read}`,
        '}',
        `set ${name}(value: ${takes}${orNull}) {`,
        `  ${write}`,
        '}',
        ...(text === undefined ? [] : [`get ${field.textName}(): string${orNull} {`, ...indent(text), '}']),
      ];
    const list = parameters(subscripts);
    return [
      ...about,
      `${name}(${list}): ${reads}${orNull} {`,
      ...indent([...checks, read]),
      '}',
      `${field.setter}(${list}, value: ${takes}${orNull}): void {`,
      ...indent([...checks, write]),
      '}',
      ...(text === undefined
        ? []
        : [`${field.textName}(${list}): string${orNull} {`, ...indent([...checks, ...text]), '}']),
    ];
  }

  /** The methods that read a field where it lies. */
  private reader(field: Field): string {
    const { index, kind, nullable } = field;
    const orNull = nullable ? ' | null' : '';
    const type = kind === 'text' ? 'string' : kind === 'big' ? 'bigint' : 'number';
    const body = kind === 'text' || kind === 'float' ? [this.plainRead(field)] : this.numberRead(field);
    const room = this.room(field, kind === 'text' ? "''" : kind === 'big' ? '0n' : '0');
    const read = [`private $field${index}(at: number): ${type}${orNull} {`, ...indent([...room, ...body]), '}'];
    if (kind !== 'units' && kind !== 'big') return read.join('\n');
    const text = [...this.room(field, "''"), this.textRead(field)];
    return [...read, '', `private $text${index}(at: number): string${orNull} {`, ...indent(text), '}'].join('\n');
  }

  private room({ index, item }: Field, other: string): readonly string[] {
    return this.addresses.slides ? [`if (!this.$room(${index}, at, ${item.size})) return ${other};`] : [];
  }

  private plainRead({ index, item, kind, nullable }: Field): string {
    if (kind === 'float') return `return this.$float(${index}, at)${nullable ? '' : '!'};`;
    const { leaf, size } = item;
    const { trim, fieldTrim, codePage } = this.table.layout;
    const trimmed = fieldTrim?.get(item.name.toUpperCase()) ?? trim ?? 'right';
    const isPlain = leaf?.kind === 'text' && leaf.charset === 'page' && trimmed === 'right';
    if (!isPlain) return `return this.$text(${index}, at);`;
    const text = this.texts.text(item, codePage);
    return text === undefined ? `return this.$plainText(${index}, at, ${size});` : `return ${text}(this.$bytes, at);`;
  }

  private textRead({ index, item, nullable }: Field): string {
    const { scale } = item.leaf as NumberLeaf;
    const text = this.texts.number(item);
    const other = `this.$decimal(${index}, at, ${scale})${nullable ? '' : '!'}`;
    return text === undefined ? `return ${other};` : `return ${text}(this.$bytes, at) ?? ${other};`;
  }

  private numberRead(field: Field): readonly string[] {
    const { index, item, kind, nullable } = field;
    if (isWords(item)) return wordLines(field);
    const found = readExpression(item);
    const scale = (item.leaf as NumberLeaf).scale;
    const factor = kind === 'integer' && scale < 0 ? ` * 1e${-scale}` : '';
    const slow = kind === 'big' ? `return this.$units(${index}, at)${nullable ? '' : '!'};` : slowNumber(field, factor);
    if (found === undefined) return [slow];
    return ['const b = this.$bytes;', ...(kind === 'big' ? bigLines(found) : numberLines(found, factor)), slow];
  }
}

const PLAIN: Readonly<Record<string, string>> = { text: 'string', float: 'number', integer: 'number' };
const PLAIN_SET: Readonly<Record<string, string>> = {
  text: 'string',
  float: 'number | string',
  integer: 'number | string',
};

const indent = (lines: readonly string[]): string[] => lines.map(line => (line === '' ? '' : `  ${line}`));

function constructorLines(name: string, codec: string, counts: readonly string[]): readonly string[] {
  const given = [...new Set(counts)].map(count => `readonly ${count}?: number`).join('; ');
  const isFixed = counts.length === 0;
  return [
    `constructor(bytes?: Uint8Array, start = 0, end?: number) {`,
    `  super(${codec});`,
    '  if (bytes !== undefined) this.$at(bytes, start, end);',
    '}',
    '',
    ...(isFixed
      ? ['/** A new record: VALUE of each item, else zero or spaces. */', `static $create(): ${name} {`]
      : [
          '/** A new record: VALUE of each item, else zero or spaces; its tables have as many occurrences as is said, else all. */',
          `static $create(counts: { ${given} } = {}): ${name} {`,
        ]),
    `  return new ${name}(${codec}.template(${isFixed ? '' : `[${counts.map(count => `counts.${count}`).join(', ')}]`}));`,
    '}',
    '',
    '/** What keeps an object from being such a record, by the paths of its members. */',
    'static $problems(value: unknown): readonly ObjectProblem[] {',
    `  return objectProblems(${codec}, value);`,
    '}',
  ];
}

const aboutText = ({ name, picture, usage, offset }: LayoutItem): string =>
  `${name}, ${picture === '' ? '' : `${picture} `}${usage}, offset ${offset}`;

function unitText({ leaf }: LayoutItem): string {
  const { scale } = leaf as { scale: number };
  if (scale === 0) return 'its digits';
  return scale > 0 ? `units of 0.${'1'.padStart(scale, '0')}` : `units of 1${'0'.repeat(-scale)}`;
}

function unitsRead({ index, nullable }: Field, at: string): string {
  if (!nullable) return `return BigInt(this.$field${index}(${at}));`;
  return `const units = this.$field${index}(${at}); return units === null ? null : BigInt(units);`;
}

function slowNumber({ index, nullable }: Field, factor: string): string {
  if (!nullable) return `return Number(this.$units(${index}, at))${factor};`;
  return `const units = this.$units(${index}, at); return units === null ? null : Number(units)${factor};`;
}

function numberLines({ low, sign, limit }: ReadExpression, factor: string): readonly string[] {
  // The sum of a sign and zero digits is -0; adding 0 makes it 0.
  const value = sign === '' ? low : `(${low}) * ${sign} + 0`;
  const holds = limit > 0n ? `n <= ${limit} && n >= -${limit}` : 'n === n';
  return [`const n = ${value};`, `if (${holds}) return n${factor};`];
}

function bigLines({ high, low, border, sign }: ReadExpression): readonly string[] {
  const times = sign === '' ? '' : ` * ${sign}`;
  return [
    `const high = (${high})${times};`,
    `const low = (${low})${times};`,
    `if (high + low === high + low) return BigInt(high) * ${10n ** BigInt(border)}n + BigInt(low);`,
  ];
}

/** A COMP of which a double would lose digits. */
function wordLines({ index, item, nullable }: Field): readonly string[] {
  const leaf = item.leaf as NumberLeaf & { kind: 'binary' };
  const { high, low } = wordExpressions(item, leaf);
  const limit = binaryLimit(leaf);
  const read = `int64(${high}, ${low})`;
  if (limit === 0n) return ['const b = this.$bytes;', `return ${read};`];
  return [
    'const b = this.$bytes;',
    `const n = ${read};`,
    `if (n <= ${limit}n && n >= -${limit}n) return n;`,
    `return this.$units(${index}, at)${nullable ? '' : '!'};`,
  ];
}
