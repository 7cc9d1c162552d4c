import { Decimal, type DataValue } from '../../model/index.js';

/** Plain objects deeper than this are refused: no copybook is as deep. */
const DEPTH_MAX = 128;

/** The JSON text of a value, its numbers with all their digits. Members that are undefined are left out. Throws RangeError for a cycle. */
export function objectText(value: DataValue, depth = 0): string {
  if (depth > DEPTH_MAX) throw new RangeError(`values lie deeper than ${DEPTH_MAX}`);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (value instanceof Decimal) return value.toString();
  if (value === undefined || value === null) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((element: DataValue) => objectText(element, depth + 1)).join(',')}]`;
  const members = Object.entries(value as { readonly [name: string]: DataValue }).filter(
    ([, member]) => member !== undefined,
  );
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${objectText(member, depth + 1)}`).join(',')}}`;
}
