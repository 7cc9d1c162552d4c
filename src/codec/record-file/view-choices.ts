import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem, ViewChoice } from '../record/index.js';
import { itemsNamed, itemTests } from './field-values.js';
import type { SelectRule } from './selection.js';

/**
 * The views that rules pick in a layout. A field is looked for in the view itself, then in the record. Throws ConfigError for a
 * name that is not there or not the only one.
 */
export function viewChoices(layout: Layout, rules: readonly SelectRule[]): readonly ViewChoice[] {
  return rules.map(({ record, when }) => {
    const view = findView(layout, record);
    return { view, when: when.map(fields => itemTests(layout, fields, view)) };
  });
}

function findView(layout: Layout, name: string): LayoutItem {
  const named = itemsNamed(layout.root, name);
  if (named.length === 1) return named[0]!;
  throw new ConfigError(
    'HR_RECORD',
    `--select names ${name}, and ${layout.name} has ${named.length} items of that name; write GROUP.NAME with the group that one lies in`,
  );
}
