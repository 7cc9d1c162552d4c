import { ConfigError } from '../model/index.js';
import {
  type LayoutItem,
  type Member,
  membersOf,
  parentKinds,
  type RecordFile,
  recordMembers,
} from '../codec/index.js';

/** How a number of an item may be held in JavaScript: as what, without losing anything. */
export type NumberKind = 'integer' | 'short' | 'long' | 'float' | 'none';

/** What the members of a record's object are: numbers of which kind, or objects with members of their own. */
export interface RecordShape {
  readonly kind: NumberKind;
  readonly members: ReadonlyMap<string, RecordShape>;
  /** The item; undefined for a record, be it in another. */
  readonly item?: LayoutItem;
  /** The items whose OCCURS make the arrays around the value, the outermost first. */
  readonly tables: readonly LayoutItem[];
  /** The item whose bytes it shows, where it is one of several views. */
  readonly viewOf?: LayoutItem | undefined;
}

/** Every decimal of 15 digits is another double, and comes back from it. */
const DOUBLE_DIGITS = 15;
/** Integers of 6 bytes are below 2^53. */
const DOUBLE_BYTES = 6;

/**
 * The shapes of a file's records as objects, those that go into another among its members. Throws ConfigError where two items have one name in one object: a JavaScript object has
 * one place for both.
 */
export function recordShapes(file: RecordFile): readonly RecordShape[] {
  const { layouts, policies } = file;
  const parents = parentKinds(file);
  const found = layouts.map(layout => new Map(shapes(layout.name, recordMembers(layout, policies.renames === true))));
  const made = found.map(members => ({ kind: 'none', members, tables: [] }) as const);
  parents.forEach((parent, kind) => {
    const { name } = layouts[kind]!;
    if (parent < 0) return;
    if (found[parent]!.has(name))
      throw new ConfigError(
        'HR_FIELD',
        `${layouts[parent]!.name} has an item ${name}, the name of a record it is to hold`,
      );
    found[parent]!.set(name, made[kind]!);
  });
  return made;
}

function shapes(group: string, members: readonly Member[]): ReadonlyMap<string, RecordShape> {
  const found = new Map<string, RecordShape>();
  for (const { name, item, tables, viewOf } of members) {
    if (found.has(name))
      throw new ConfigError(
        'HR_FIELD',
        `${group} has two items ${name} in one object, where JavaScript has one place; rename one of them`,
      );
    if (name === '__proto__')
      throw new ConfigError('HR_FIELD', `${group} has an item __proto__, which no object can have`);
    found.set(name, {
      kind: numberKind(item),
      members: item.leaf === undefined ? shapes(name, membersOf(item)) : NONE,
      item,
      tables,
      viewOf,
    });
  }
  return found;
}

const NONE: ReadonlyMap<string, RecordShape> = new Map();

function numberKind({ leaf, size }: LayoutItem): NumberKind {
  if (leaf === undefined || leaf.kind === 'text') return 'none';
  // A hexadecimal COMP-2 has three bits more than a double.
  if (leaf.kind === 'float') return leaf.format === 'ibm' && size > 4 ? 'short' : 'float';
  const isWide = leaf.kind === 'binary' && (leaf.fullRange || leaf.fullRangeRead === true);
  const fits = isWide ? size <= DOUBLE_BYTES : leaf.digits + Math.max(0, -leaf.scale) <= DOUBLE_DIGITS;
  if (!fits || leaf.scale > DOUBLE_DIGITS) return 'long';
  return leaf.scale > 0 ? 'short' : 'integer';
}
