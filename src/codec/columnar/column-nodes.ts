import type { NativeColumnNode } from '../../native/index.js';
import { ConfigError } from '../../model/index.js';
import { columnsOf, membersOf, recordMembers, type Column, type ColumnOptions, type Member } from '../columns/index.js';
import type { Layout } from '../record/index.js';

/** A record and those it holds. */
interface FamilyMember {
  readonly layout: Layout;
  readonly children?: readonly FamilyMember[];
}

/**
 * The columns of a record as the crate takes them: in preorder, each with the name that its member has in JSON; behind them a list for each kind of
 * record that it holds. Throws ConfigError for a record that has an item of such a name.
 */
export function familyNodes(
  { layout, children = [] }: FamilyMember,
  options: ColumnOptions,
): readonly NativeColumnNode[] {
  const members = recordMembers(layout, options.renames);
  const own = groupNodes(columnsOf(layout, options), members);
  return [...own, ...children.flatMap(child => listNodes(child, members, options))];
}

function listNodes(
  child: FamilyMember,
  members: readonly Member[],
  options: ColumnOptions,
): readonly NativeColumnNode[] {
  const { name } = child.layout;
  if (members.some(member => member.name === name))
    throw new ConfigError('HR_FIELD', `a record that holds ${name} has an item of that name too; rename one of them`);
  const below = recordMembers(child.layout, options.renames).length + (child.children?.length ?? 0);
  const node = { nullable: false, precision: 0, scale: 0 };
  return [
    { ...node, name, member: name, kind: 'list', children: 1 },
    { ...node, name: 'item', member: 'item', kind: 'struct', children: below },
    ...familyNodes(child, options),
  ];
}

/** A group's columns are its members, one for one. */
function groupNodes(columns: readonly Column[], members: readonly Member[]): readonly NativeColumnNode[] {
  return columns.flatMap((column, index) => columnNode(column, members[index]!.name));
}

function columnNode(column: Column, member: string): readonly NativeColumnNode[] {
  const { name, nullable, precision, scale, children } = column;
  const kind = column.kind === 'int' ? (column.bits === 32 ? 'int32' : 'int64') : column.kind;
  const below = kind === 'struct' ? groupNodes(children, membersOf(column.item)) : elementNodes(children);
  return [{ name, member, kind, nullable, precision, scale, children: children.length }, ...below];
}

function elementNodes(children: readonly Column[]): readonly NativeColumnNode[] {
  return children.flatMap(child => columnNode(child, child.name));
}
