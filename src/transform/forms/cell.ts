import { Decimal, readExactNumber, type DataValue } from '../../model/index.js';
import type { Column } from './column.js';
import { readDate, writeDate } from './date-pattern.js';

/** Why a text is no value of its column, or a value has no text there. */
export class CellProblem {
  constructor(readonly message: string) {}
}

type CellKind = Pick<Column, 'type' | 'scale' | 'format'>;

const NUMBER = /^[+-]?(?:\d{1,1000}(?:\.\d{0,1000})?|\.\d{1,1000})$/;
const TRUE = /^(?:true|t|yes|y|1)$/i;
const FALSE = /^(?:false|f|no|n|0)$/i;

/** The value that a text is. Nothing is null, but for a string, which is as it is; the others may have spaces around them. */
export function readCell(text: string, { type, scale, format }: CellKind): DataValue | CellProblem {
  if (type === 'string') return text;
  const bare = text.trim();
  if (bare === '') return null;
  switch (type) {
    case 'integer':
      return /^[+-]?\d{1,1000}$/.test(bare) ? readExactNumber(bare) : new CellProblem('is no integer');
    case 'decimal':
      return readDecimal(bare, scale);
    case 'date':
      return readDate(bare, format) ?? new CellProblem(`is no date ${format ?? 'YYYY-MM-DD'}`);
    case 'boolean':
      return TRUE.test(bare) ? true : FALSE.test(bare) ? false : new CellProblem('is neither true nor false');
  }
}

function readDecimal(text: string, scale: number | undefined): DataValue | CellProblem {
  if (!NUMBER.test(text)) return new CellProblem('is no number');
  const number = Decimal.tryParse(text);
  if (number === undefined) return new CellProblem('has more than 1,000 digits');
  return scale === undefined ? readExactNumber(text) : scaled(number, scale);
}

function scaled(number: Decimal, scale: number): Decimal | CellProblem {
  try {
    return number.rounded(scale, 'none');
  } catch {
    return new CellProblem(`has more than ${scale} digits behind the point`);
  }
}

/** The text of a value: nothing for null, and for an empty text whatever the type: so other forms say that nothing is there. */
export function writeCell(value: DataValue, kind: CellKind | undefined): string | CellProblem {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'object' && !(value instanceof Decimal))
    return new CellProblem('is a group or a list, not one value');
  switch (kind?.type) {
    case 'integer':
    case 'decimal':
      return writeNumber(value, kind.type === 'integer' ? 0 : kind.scale);
    case 'date':
      return writeDate(String(value), kind.format) ?? new CellProblem('is no date YYYY-MM-DD');
    case 'boolean':
      return TRUE.test(String(value))
        ? 'true'
        : FALSE.test(String(value))
          ? 'false'
          : new CellProblem('is neither true nor false');
    default:
      return typeof value === 'number' ? writeNumber(value, undefined) : String(value);
  }
}

function writeNumber(
  value: Exclude<DataValue, object | null | undefined> | Decimal,
  scale: number | undefined,
): string | CellProblem {
  const number = value instanceof Decimal ? value : Decimal.tryParse(String(value));
  if (number === undefined || typeof value === 'boolean') return new CellProblem('is no number');
  const fitting = scale === undefined ? number : scaled(number, scale);
  return fitting instanceof CellProblem ? fitting : fitting.toString();
}
