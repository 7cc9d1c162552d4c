import { ConfigError } from '../../model/index.js';
import type { ItemValues, Layout, LayoutItem, LayoutValue } from '../record/index.js';
import type { FieldValues, ValueRange } from './selection.js';

/** A field of a layout and the values a rule asks for. */
export interface ItemTest {
  readonly item: LayoutItem;
  readonly values: readonly ItemValues[];
}

/**
 * Looks up the fields of a rule, first in a `view` of the layout where there is one. Throws ConfigError for one that is not
 * there, or there more than once.
 */
export function itemTests(layout: Layout, fields: FieldValues, view?: LayoutItem): readonly ItemTest[] {
  return Object.entries(fields).map(([field, ranges]) => {
    const own = view === undefined ? [] : itemsNamed(view, field);
    return { item: own.length === 1 ? own[0]! : findItem(layout, field), values: ranges.map(itemValues) };
  });
}

/** The item of a name, or of `GROUP.NAME` where a name is not enough. */
export function findItem(layout: Layout, name: string): LayoutItem {
  const matches = itemsNamed(layout.root, name);
  if (matches.length === 1) return matches[0]!;
  const what = matches.length === 0 ? 'has no item' : `has ${matches.length} items`;
  throw new ConfigError('HR_FIELD', `${layout.name} ${what} ${name}`);
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

const HEX = /^X(?:'([0-9A-F]*)'|"([0-9A-F]*)")$/i;

/** A value of a rule as COBOL writes it: `X'0A'` is hexadecimal, all else text or a number. */
function layoutValue(text: string): LayoutValue {
  const hex = HEX.exec(text);
  if (hex === null) return { kind: 'text', text, all: false };
  return { kind: 'hex', text: (hex[1] ?? hex[2])!, all: false };
}

function itemValues(range: ValueRange): ItemValues {
  if (typeof range === 'string') return { from: layoutValue(range) };
  return { from: layoutValue(range.from), to: layoutValue(range.to) };
}
