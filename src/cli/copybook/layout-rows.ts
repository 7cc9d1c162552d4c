import type { Layout, LayoutCondition, LayoutItem, LayoutRenames, LayoutValue } from '../../codec/index.js';

/** One line of a record's layout: an item, or an 88 or 66 level, which have no PICTURE. */
export interface LayoutRow {
  readonly depth: number;
  readonly level: number;
  readonly name: string; // FILLER where the item has none
  readonly picture: string;
  readonly usage: string; // '' of a group
  readonly offset: number; // from the record's start, of the first occurrence; behind a table that slides with its largest count
  readonly length: number; // bytes of one occurrence
  readonly occurs?: {
    readonly min: number;
    readonly max: number;
    readonly stride: number;
    readonly dependingOn?: string;
  };
  readonly redefines?: string;
  readonly renames?: { readonly from: string; readonly thru?: string };
  readonly values?: readonly { readonly from: string; readonly thru?: string }[]; // of an 88 level
  readonly clauses: readonly string[]; // the rest, as COBOL writes them
}

/** The rows of a record: its items in the copybook's order, each with its 88 levels behind it, and the 66 levels last. */
export function layoutRows(layout: Layout): readonly LayoutRow[] {
  return [...itemRows(layout, layout.root, 0), ...layout.renames.map(renamesRow)];
}

function itemRows(layout: Layout, item: LayoutItem, depth: number): readonly LayoutRow[] {
  const conditions = layout.conditions.filter(condition => condition.item === item);
  return [
    itemRow(item, depth),
    ...conditions.map(condition => conditionRow(condition, depth + 1)),
    ...item.children.flatMap(child => itemRows(layout, child, depth + 1)),
  ];
}

function itemRow(item: LayoutItem, depth: number): LayoutRow {
  const { level, picture, offset, occurs, redefines } = item;
  return {
    depth,
    level,
    name: item.filler ? 'FILLER' : item.name,
    picture,
    usage: item.leaf === undefined ? '' : item.usage,
    offset,
    length: item.size,
    ...occursOf(occurs),
    ...(redefines === undefined ? {} : { redefines: redefines.filler ? 'FILLER' : redefines.name }),
    clauses: clausesOf(item),
  };
}

function occursOf(occurs: LayoutItem['occurs']): Pick<LayoutRow, 'occurs'> {
  if (occurs === undefined) return {};
  const { min, count, stride, dependingOn } = occurs;
  return {
    occurs: { min, max: count, stride, ...(dependingOn === undefined ? {} : { dependingOn: dependingOn.name }) },
  };
}

const SIGNS: Readonly<Record<string, string>> = {
  leading: 'SIGN LEADING',
  'leading-separate': 'SIGN LEADING SEPARATE',
  'trailing-separate': 'SIGN TRAILING SEPARATE',
};

function clausesOf({ leaf, value }: LayoutItem): readonly string[] {
  const clauses: string[] = [];
  if (leaf?.kind === 'display' && SIGNS[leaf.sign] !== undefined) clauses.push(SIGNS[leaf.sign]!);
  if (leaf?.kind === 'text' && leaf.justified) clauses.push('JUSTIFIED RIGHT');
  if ((leaf?.kind === 'text' || leaf?.kind === 'display') && leaf.blankWhenZero) clauses.push('BLANK WHEN ZERO');
  if (value !== undefined) clauses.push(`VALUE ${literal(value)}`);
  return clauses;
}

/** A literal as a copybook has it. */
function literal({ kind, text, all }: LayoutValue): string {
  const [prefix, shown] = text.endsWith('\0') ? ['Z', text.slice(0, -1)] : ['', text];
  const quoted = `${prefix}'${shown.replaceAll("'", "''")}'`;
  const written = kind === 'text' ? quoted : kind === 'hex' ? `X'${text}'` : text;
  return all ? `ALL ${written}` : written;
}

function conditionRow({ name, item, values }: LayoutCondition, depth: number): LayoutRow {
  const { offset, size: length } = item;
  const told = values.map(({ from, to }) => ({
    from: literal(from),
    ...(to === undefined ? {} : { thru: literal(to) }),
  }));
  return { depth, level: 88, name, picture: '', usage: '', offset, length, values: told, clauses: [] };
}

function renamesRow({ name, from, thru }: LayoutRenames): LayoutRow {
  const extent = thru.occurs === undefined ? thru.size : thru.occurs.count * thru.occurs.stride;
  const renames = { from: from.name, ...(thru === from ? {} : { thru: thru.name }) };
  const place = { offset: from.offset, length: thru.offset + extent - from.offset };
  return { depth: 0, level: 66, name, picture: '', usage: '', ...place, renames, clauses: [] };
}
