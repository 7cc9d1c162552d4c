import type { Layout } from '../../codec/index.js';
import { layoutRows, type LayoutRow } from './layout-rows.js';

const HEADINGS = ['level', 'name', 'PICTURE', 'usage', 'offset', 'length', 'clauses'] as const;
const NUMBERS: ReadonlySet<string> = new Set(['offset', 'length']);
const SLIDES =
  'Offsets behind a table with DEPENDING ON are those of its largest count; in a record what follows slides up.';

/** The layout of a record as a table for people. */
export function layoutTable(layout: Layout): string {
  const rows = [HEADINGS, ...layoutRows(layout).map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  const lines = rows.map(row =>
    row
      .map((cell, column) =>
        NUMBERS.has(HEADINGS[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  const note = layout.items.some(({ occurs }) => occurs?.slides === true) ? [SLIDES] : [];
  return [`${layout.name}: ${layout.sizeBytes} bytes, ${layout.codePage.name}`, ...lines, ...note, ''].join('\n');
}

function cellsOf(row: LayoutRow): readonly string[] {
  const { level, depth, name, picture, usage, offset, length } = row;
  const indented = `${'  '.repeat(depth)}${name}`;
  return [String(level).padStart(2, '0'), indented, picture, usage, String(offset), String(length), clausesOf(row)];
}

function clausesOf({ occurs, redefines, renames, values, clauses }: LayoutRow): string {
  const range = ({ from, thru }: { from: string; thru?: string }): string =>
    thru === undefined ? from : `${from} THRU ${thru}`;
  return [
    ...(redefines === undefined ? [] : [`REDEFINES ${redefines}`]),
    ...(occurs === undefined ? [] : [occursText(occurs)]),
    ...(renames === undefined ? [] : [`RENAMES ${range(renames)}`]),
    ...(values === undefined ? [] : [`VALUE ${values.map(range).join(', ')}`]),
    ...clauses,
  ].join(' ');
}

function occursText({ min, max, stride, dependingOn }: NonNullable<LayoutRow['occurs']>): string {
  const times = dependingOn === undefined ? `OCCURS ${max}` : `OCCURS ${min} TO ${max} DEPENDING ON ${dependingOn}`;
  return `${times} (every ${stride})`;
}
