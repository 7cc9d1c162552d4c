import { ConfigError } from '../../model/index.js';
import {
  LeafTable,
  pageTables,
  RECORD_KIND,
  ValueTests,
  ValueTestTwin,
  type Framing,
  type Layout,
  type LayoutItem,
} from '../record/index.js';
import { itemTests } from './field-values.js';
import type { FieldValues, SelectRule } from './selection.js';

interface Test {
  readonly index: number;
  readonly offset: number;
}

/** A rule: its layout, and tests of which one list must hold in whole. */
interface Rule {
  readonly kind: number;
  readonly twin: ValueTestTwin;
  readonly when: readonly (readonly Test[])[];
  readonly items: readonly LayoutItem[];
}

/** Picks each record's layout by the values of its fields; the first rule that holds does. */
export class RecordSelector {
  private readonly rules: readonly Rule[];

  /** `otherwise` is the kind of a record that no rule picks. */
  constructor(
    layouts: readonly Layout[],
    rules: readonly SelectRule[],
    readonly otherwise: number,
  ) {
    this.rules = rules.map(rule => compileRule(layouts, rule));
  }

  /** The kinds that rules pick, and the items they look at. */
  get tested(): readonly { readonly kind: number; readonly items: readonly LayoutItem[] }[] {
    return this.rules;
  }

  /** Sets the kinds of the records found; broken ones stay broken. */
  select(framing: Framing): void {
    const { bytes, starts, lengths, kinds } = framing;
    for (let index = 0; index < framing.count; index++)
      if (kinds[index] !== RECORD_KIND.broken)
        kinds[index] = this.kindOf(bytes, starts[index]!, starts[index]! + lengths[index]!);
  }

  /** The kind of the record that begins at `start` and does not go beyond `end`. */
  kindOf(bytes: Uint8Array, start: number, end: number): number {
    for (const { kind, twin, when } of this.rules)
      for (const tests of when)
        if (tests.every(({ index, offset }) => twin.holds(index, bytes, start + offset, end))) return kind;
    return this.otherwise;
  }
}

function compileRule(layouts: readonly Layout[], rule: SelectRule): Rule {
  const kind = layouts.findIndex(layout => layout.name.toUpperCase() === rule.record.toUpperCase());
  const layout = layouts[kind]!;
  const leaves = new LeafTable(layout);
  const tests = new ValueTests(layout, leaves);
  const when = rule.when.map(fields => compileFields(layout, tests, fields));
  const twin = new ValueTestTwin({
    leaves: Int32Array.from(leaves.ints),
    tables: pageTables(layout.codePage, layout.sign),
    tests: Int32Array.from(tests.tests),
    alternatives: Int32Array.from(tests.alternatives),
    testBytes: Uint8Array.from(tests.bytes),
  });
  const items = rule.when.flatMap(fields => itemTests(layout, fields).map(({ item }) => item));
  return { kind, twin, when, items };
}

function compileFields(layout: Layout, tests: ValueTests, fields: FieldValues): readonly Test[] {
  return itemTests(layout, fields).map(({ item, values }) => {
    checkPlace(layout, item);
    return { index: tests.add(`the rule for ${layout.name}`, item, values), offset: item.offset };
  });
}

/** A record is picked before its tables are read: the field must stand at one place. */
function checkPlace(layout: Layout, field: LayoutItem): void {
  for (const item of layout.items) {
    const inTable = item.occurs !== undefined && contains(item, field);
    const afterTable = item.occurs?.slides === true && item.offset < field.offset;
    if (inTable || afterTable)
      throw new ConfigError(
        'HR_FIELD',
        `${field.name} of ${layout.name} lies ${inTable ? 'in' : 'behind'} the table ${item.name} and cannot pick a record`,
      );
  }
}

function contains(group: LayoutItem, item: LayoutItem): boolean {
  return group === item || group.children.some(child => contains(child, item));
}
