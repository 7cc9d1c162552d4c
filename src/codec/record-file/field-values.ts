import { ConfigError } from '../../model/index.js';
import {
  suggestion,
  type ItemValues,
  type Layout,
  type LayoutCondition,
  type LayoutItem,
  type LayoutValue,
} from '../record/index.js';
import type { FieldValues, ValueRange } from './selection.js';

/** A field of a layout and the values a rule asks for. */
export interface ItemTest {
  readonly item: LayoutItem;
  readonly values: readonly ItemValues[];
}

/**
 * Looks up the fields of a rule, first in a `view` of the layout where there is one; the name of an 88 level with the value
 * `true` asks for that level's values. Throws ConfigError for one that is not there, or there more than once.
 */
export function itemTests(layout: Layout, fields: FieldValues, view?: LayoutItem): readonly ItemTest[] {
  return Object.entries(fields).map(([field, ranges]) => {
    const own = view === undefined ? [] : itemsNamed(view, field);
    if (own.length !== 1 && itemsNamed(layout.root, field).length === 0) {
      const condition = conditionNamed(layout, field);
      if (condition !== undefined) return conditionTest(condition, ranges);
    }
    return { item: own.length === 1 ? own[0]! : findItem(layout, field), values: ranges.map(itemValues) };
  });
}

function conditionNamed({ conditions }: Layout, name: string): LayoutCondition | undefined {
  const upper = name.toUpperCase();
  const found = conditions.filter(condition => condition.name.toUpperCase() === upper);
  if (found.length < 2) return found[0];
  throw new ConfigError('HR_FIELD', `${found.length} items have an 88 level ${name}; name the item and its values`);
}

function conditionTest({ name, item, values }: LayoutCondition, given: readonly ValueRange[]): ItemTest {
  if (given.length !== 1 || given[0] !== 'true')
    throw new ConfigError(
      'HR_VALUES',
      `${name} is an 88 level of ${item.name}; the one value a rule may ask for is true`,
    );
  return { item, values };
}

/** The item of a name, or of `GROUP.NAME` where a name is not enough. */
export function findItem(layout: Layout, name: string): LayoutItem {
  const matches = itemsNamed(layout.root, name);
  if (matches.length === 1) return matches[0]!;
  const what = matches.length === 0 ? 'has no item' : `has ${matches.length} items`;
  const more =
    matches.length === 0 ? suggestion(fieldNames(layout), name) : '; write GROUP.NAME with the group that one lies in';
  throw new ConfigError('HR_FIELD', `${layout.name} ${what} ${name}${more}`);
}

/** The names that a rule or a policy may say. */
export function fieldNames({ items, conditions }: Layout): readonly string[] {
  return [...items.filter(({ filler }) => !filler), ...conditions].map(({ name }) => name);
}

/** Every item of a name, of a group or below it; each name before a point is of a group around it. */
export function itemsNamed(group: LayoutItem, name: string): readonly LayoutItem[] {
  const parts = name.toUpperCase().split('.');
  const found: LayoutItem[] = [];
  const visit = (item: LayoutItem, matched: number): void => {
    const isLast = matched === parts.length - 1;
    const matches = !item.filler && item.name.toUpperCase() === parts[matched];
    if (matches && isLast) found.push(item);
    for (const child of item.children) visit(child, matches && !isLast ? matched + 1 : matched);
  };
  visit(group, 0);
  return found;
}

const HEX = /^X(?:'(.*)'|"(.*)")$/i;
const BYTES = /^(?:[0-9A-F]{2})+$/i;

/** A value of a rule as COBOL writes it: `X'0A'` is hexadecimal, all else text or a number. */
function layoutValue(text: string): LayoutValue {
  const hex = HEX.exec(text);
  if (hex === null) return { kind: 'text', text, all: false };
  const digits = (hex[1] ?? hex[2])!;
  if (!BYTES.test(digits))
    throw new ConfigError('HR_VALUES', `${text} is no hexadecimal value; expected pairs of digits, as in X'0A1F'`);
  return { kind: 'hex', text: digits, all: false };
}

function itemValues(range: ValueRange): ItemValues {
  if (typeof range === 'string') return { from: layoutValue(range) };
  return { from: layoutValue(range.from), to: layoutValue(range.to) };
}
