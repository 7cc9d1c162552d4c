import { hasNullBlank, membersOf, recordMembers, type Member } from '../columns/index.js';
import { conditionHolders, type Layout, type LayoutCondition, type LayoutItem } from '../record/index.js';
import { errorPolicy, type ErrorPolicy, type RecordPolicies } from '../record-file/index.js';
import { jsonText, NumberText } from './json-text.js';
import { numberRange } from './number-range.js';

type Schema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The JSON Schema (2020-12) of the lines that decode writes of records with these layouts under these policies. Of several records
 * each is a definition, and a line is one of them. A fraction has no `multipleOf`: 0.07 is no multiple of 0.01 to a validator that
 * computes with doubles. Of two members of one name it describes the second, which is what a JSON parser keeps.
 */
export function jsonSchemaOf(layouts: readonly Layout[], policies: RecordPolicies, about: string): string {
  const schemas = layouts.map(layout => new SchemaWriter(layout, policies, layouts).record());
  if (schemas.length === 1) return `${jsonText({ $schema: DIALECT, $comment: about, ...schemas[0] })}\n`;
  const definitions = Object.fromEntries(layouts.map(({ name }, index) => [name, schemas[index]]));
  const anyOf = layouts.map(({ name }) => ({ $ref: `#/$defs/${name}` }));
  return `${jsonText({ $schema: DIALECT, $comment: about, anyOf, $defs: definitions })}\n`;
}

class SchemaWriter {
  private readonly conditions: ReadonlyMap<LayoutItem, readonly LayoutCondition[]>;
  private readonly policy: ErrorPolicy;

  constructor(
    private readonly layout: Layout,
    private readonly policies: RecordPolicies,
    private readonly all: readonly Layout[],
  ) {
    this.conditions = policies.conditions === true ? conditionHolders(layout) : new Map();
    this.policy = errorPolicy(policies);
  }

  record(): Schema {
    const { root } = this.layout;
    const members = recordMembers(this.layout, this.policies.renames);
    return { title: this.layout.name, ...this.object(root, members, { ...this.children(), ...this.raw() }) };
  }

  /** Records that go into this one; not every record of it has some. */
  private children(): Readonly<Record<string, Schema>> {
    const pairs = Object.entries(this.policies.children ?? {});
    const names = pairs.filter(([, parent]) => parent.toUpperCase() === this.layout.name.toUpperCase());
    const held = this.all.filter(({ name }) => names.some(([child]) => child.toUpperCase() === name.toUpperCase()));
    return Object.fromEntries(
      held.map(({ name }) => [name, { type: 'array', items: { $ref: `#/$defs/${name}` } }] as const),
    );
  }

  private raw(): Readonly<Record<string, Schema>> {
    return this.policies.keepRaw === true ? { $raw: { type: 'string', pattern: '^([0-9a-f]{2})*$' } } : {};
  }

  private object(group: LayoutItem, members: readonly Member[], optional: Readonly<Record<string, Schema>>): Schema {
    const own = members.map(member => [member.name, this.member(member)] as const);
    const conditions = this.conditions.get(group);
    const told = conditions === undefined ? [] : [['$conditions', conditionsSchema(conditions)] as const];
    const properties = Object.fromEntries([...own, ...told]);
    return {
      type: 'object',
      properties: { ...properties, ...optional },
      required: Object.keys(properties),
      additionalProperties: false,
    };
  }

  private member({ item, tables, isView }: Member): Schema {
    const value = tables.reduceRight((items, table) => arraySchema(table, items), this.value(item));
    return isView ? orNull(value) : value;
  }

  private value(item: LayoutItem): Schema {
    if (item.leaf === undefined) return this.object(item, membersOf(item), {});
    const schema = { description: clauses(item), ...leafSchema(this.layout, item) };
    return this.policy(item.name) === 'null' || hasNullBlank(this.layout, item) ? orNull(schema) : schema;
  }
}

const clauses = ({ picture, usage }: LayoutItem): string =>
  [picture === '' ? '' : `PIC ${picture}`, usage].join(' ').trim();

function orNull(schema: Schema): Schema {
  const { type } = schema;
  return Array.isArray(type) ? schema : { ...schema, type: [type, 'null'] };
}

function arraySchema({ occurs }: LayoutItem, items: Schema): Schema {
  return { type: 'array', minItems: occurs!.min, maxItems: occurs!.count, items };
}

function leafSchema({ codePage }: Layout, item: LayoutItem): Schema {
  const leaf = item.leaf!;
  if (leaf.kind === 'float') return { type: 'number' };
  if (leaf.kind === 'text') {
    // A character has at least two bytes in UTF-16 and in DBCS, and in UTF-8 as in every page one.
    const maxLength = leaf.charset === 'page' || codePage.form === 'utf8' ? item.size : item.size / 2;
    return { type: 'string', maxLength };
  }
  const { min, max } = numberRange(item, leaf);
  return {
    type: leaf.scale > 0 ? 'number' : 'integer',
    minimum: new NumberText(min),
    maximum: new NumberText(max),
  };
}

/** Conditions that hold are true; of a table it says of each occurrence. */
function conditionsSchema(conditions: readonly LayoutCondition[]): Schema {
  const schemaOf = ({ item: { occurs } }: LayoutCondition): Schema =>
    occurs === undefined
      ? { const: true }
      : { type: 'array', minItems: occurs.min, maxItems: occurs.count, items: { type: 'boolean' } };
  return {
    type: 'object',
    properties: Object.fromEntries(conditions.map(condition => [condition.name, schemaOf(condition)])),
    additionalProperties: false,
  };
}
