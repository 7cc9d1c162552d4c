import type { NativeColumnNode } from '../../native/index.js';
import { membersOf, recordMembers, type Column, type Member } from '../columns/index.js';
import type { Layout } from '../record/index.js';

/** The columns of a record as the crate takes them: in preorder, each with the name that its member has in JSON. */
export function columnNodes(layout: Layout, columns: readonly Column[], renames: boolean): readonly NativeColumnNode[] {
  return groupNodes(columns, recordMembers(layout, renames));
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
