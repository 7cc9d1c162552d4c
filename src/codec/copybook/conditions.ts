import type { LayoutCondition, LayoutItem, LayoutValue } from '../record/index.js';
import { CopybookError } from './copybook-error.js';
import type { Entry, Literal } from './entry.js';
import { floatingDigits, NUMERIC_LITERAL } from './lexer.js';

/** The 88 levels of an entry, their values of the kind the item holds. Throws CopybookError for a value it cannot hold. */
export function conditionsOf(entry: Entry, item: LayoutItem): LayoutCondition[] {
  return entry.conditions.map(({ name, values }) => ({
    name,
    item,
    values: values.map(({ from, to }) =>
      to === undefined ? { from: valueFor(item, from) } : { from: valueFor(item, from), to: valueFor(item, to) },
    ),
  }));
}

/** What VALUE puts into an item. A number of an edited one is edited; elsewhere it is as the literals of conditions. */
export function initialValue(item: LayoutItem, literal: Literal): LayoutValue {
  const { kind, text, all } = literal;
  const isEdited = item.leaf?.kind === 'text' && item.leaf.edited?.numeric === true;
  return isEdited && kind === 'number' && literal.floating === undefined
    ? { kind, text, all }
    : valueFor(item, literal);
}

/** A literal as the item's kind: the digits of a text literal are a number to a number, those of a number text to text; ALL is always text. */
function valueFor(item: LayoutItem, literal: Literal): LayoutValue {
  const { kind, text, all, floating } = literal;
  if (floating !== undefined && item.leaf?.kind !== 'float')
    throw new CopybookError(
      literal,
      `the floating-point literal ${floating} is of COMP-1 and COMP-2; ${item.name} is neither`,
    );
  const numeric = item.leaf !== undefined && item.leaf.kind !== 'text';
  if (kind === 'number' && !numeric) return { kind: 'text', text, all };
  if (kind !== 'text' || all || !numeric) return { kind, text, all };
  const digits = item.leaf?.kind === 'float' ? floatingDigits(text) : undefined;
  if (digits !== undefined) return { kind: 'number', text: digits, all };
  if (!NUMERIC_LITERAL.test(text)) throw new CopybookError(literal, `'${text}' is not a number; ${item.name} is one`);
  return { kind: 'number', text, all };
}
