import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutCondition, LayoutItem } from './layout.js';
import type { PlanFlags } from './plan-flags.js';

/** An 88 level in the object it is told in: the flag it has there, and the item's table. */
export interface PlannedCondition {
  readonly name: string;
  readonly flag: number;
  readonly occurs: LayoutItem['occurs'];
}

/** The conditions of a layout by the group whose object tells them: that of the nearest group with a name around the item. */
export function conditionHolders(layout: Layout): ReadonlyMap<LayoutItem, readonly LayoutCondition[]> {
  const held = new Map<LayoutItem, LayoutCondition[]>();
  const own = conditionsByItem(layout);
  const visit = (item: LayoutItem, holder: LayoutItem | undefined): void => {
    for (const condition of own.get(item) ?? []) {
      if (holder === undefined || (item.filler && item.occurs !== undefined)) refuse(condition);
      held.set(holder, [...(held.get(holder) ?? []), condition]);
    }
    const inner = !item.filler ? item : item.occurs === undefined ? holder : undefined;
    for (const child of item.children) visit(child, inner);
  };
  visit(layout.root, layout.root);
  return held;
}

/** The same with the flags that a plan keeps them in. */
export function planConditions(layout: Layout, flags: PlanFlags): ReadonlyMap<LayoutItem, readonly PlannedCondition[]> {
  const plan = (condition: LayoutCondition): PlannedCondition => {
    const { occurs } = condition.item;
    const slots = occurs?.count ?? 1;
    const flag = flags.take(slots);
    flags.testAt(condition.name, condition, flag, slots);
    return { name: condition.name, flag, occurs };
  };
  return new Map(Array.from(conditionHolders(layout), ([holder, conditions]) => [holder, conditions.map(plan)]));
}

function conditionsByItem({ conditions }: Layout): ReadonlyMap<LayoutItem, readonly LayoutCondition[]> {
  const found = new Map<LayoutItem, LayoutCondition[]>();
  for (const condition of conditions) found.set(condition.item, [...(found.get(condition.item) ?? []), condition]);
  return found;
}

function refuse({ name, item }: LayoutCondition): never {
  throw new ConfigError(
    'HR_PLAN_FILLER',
    `the condition ${name} of ${item.name} belongs to a FILLER with OCCURS, which has no object to tell it in`,
  );
}
