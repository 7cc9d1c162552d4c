import { ConfigError, Decimal, type DataValue } from '../../model/index.js';
import type { FormSchema } from '../form.js';
import { CellProblem } from './cell.js';
import { columnsOf, type Column } from './column.js';

/** A column at a place of its line: characters `start` up to `end`. */
export interface FixedColumn extends Column {
  readonly start: number;
  readonly end: number;
  readonly align: 'left' | 'right';
  readonly pad: string;
  readonly isSigned: boolean;
  /** A decimal whose point is not written: `00150` with the scale 2 is 1.50. */
  readonly isImplied: boolean;
}

const WIDTH_MAX = 1 << 20;

/**
 * The columns of a fixed-width line. Each has a `width` or `length`, and follows the one before unless `start` says where it begins, counted from 1;
 * where the first has the start 0, from 0; or `offset`, counted from 0. Throws ConfigError `HR_SCHEMA`.
 */
export function fixedColumns(schema: FormSchema | undefined): readonly FixedColumn[] {
  const columns = columnsOf(schema);
  if (schema?.fields === undefined || columns.length === 0)
    throw new ConfigError('HR_SCHEMA', 'fixed_width needs a schema with fields [{ name, width, type }]');
  const origin = columns.some(({ field }) => field?.['start'] === 0) ? 0 : 1;
  let next = 0;
  return columns.map(column => {
    const { start: counted, offset } = column.field as { start?: unknown; offset?: unknown };
    const given = counted ?? offset;
    const start = given === undefined ? next : Number(given) - (counted === undefined ? 0 : origin);
    if (!Number.isInteger(start) || start < next)
      throw new ConfigError(
        'HR_SCHEMA',
        `fixed_width: ${column.name} begins at ${String(given)}, inside of the column before it`,
      );
    const end = start + widthOf(column);
    if (end > WIDTH_MAX)
      throw new ConfigError('HR_SCHEMA', `fixed_width: ${column.name} ends behind ${WIDTH_MAX} characters`);
    next = end;
    return { ...column, start, end, ...look(column) };
  });
}

/** `width` or `length`, else what a PICTURE such as X(10) counts. */
function widthOf({ name, field }: Column): number {
  const { width, length, type = '' } = field!;
  const counted = /^(?:PIC\s+)?[X9A]\((\d+)\)$/i.exec(type)?.[1];
  const found = width ?? length ?? (counted === undefined ? undefined : Number(counted));
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1)
    throw new ConfigError('HR_SCHEMA', `fixed_width: ${name} has no width; expected characters, 1 or more`);
  return found;
}

function look({ name, type, scale, field }: Column): Pick<FixedColumn, 'align' | 'pad' | 'isSigned' | 'isImplied'> {
  const isNumber = type === 'integer' || type === 'decimal';
  const { align = isNumber ? 'right' : 'left', pad = isNumber ? '0' : ' ', signed, implied } = field!;
  if ((align !== 'left' && align !== 'right') || typeof pad !== 'string' || pad.length !== 1)
    throw new ConfigError('HR_SCHEMA', `fixed_width: ${name} has align left or right and a pad of one character`);
  return {
    align,
    pad,
    isSigned: signed === true,
    isImplied: implied !== false && type === 'decimal' && (scale ?? 0) > 0,
  };
}

/** The text of a column without what fills it up. */
export function unpadded(line: string, { start, end, align, pad, type }: FixedColumn): string {
  const text = line.slice(start, end);
  if (type === 'integer' || type === 'decimal') return text.trim();
  let [from, to] = [0, text.length];
  if (align === 'left') while (to > 0 && text[to - 1] === pad) to--;
  else while (from < to && text[from] === pad) from++;
  return text.slice(from, to);
}

const IMPLIED = /^([+-]?)(\d{1,1000})([+-]?)$/;

/** A number without its point; what has one is left to be read as it is. */
export function impliedDecimal(text: string, scale: number): DataValue | undefined {
  const match = IMPLIED.exec(text);
  if (match === null || (match[1] !== '' && match[3] !== '')) return undefined;
  const digits = BigInt(match[2]!);
  return new Decimal(match[1] === '-' || match[3] === '-' ? -digits : digits, scale);
}

/** A text filled up to its column's width; the sign of a number stands before the zeros, and with `signed` always. */
export function padded(text: string, column: FixedColumn): string | CellProblem {
  const { start, end, align, pad, type, isSigned, isImplied } = column;
  const width = end - start;
  const isNumber = (type === 'integer' || type === 'decimal') && text !== '';
  const bare = isNumber && isImplied ? text.replace('.', '') : text;
  const isNegative = isNumber && bare.startsWith('-');
  const sign = isNegative ? '-' : isNumber && isSigned ? '+' : '';
  const body = isNegative ? bare.slice(1) : bare;
  const filler = text === '' ? ' ' : pad;
  if (body.length + sign.length > width) return new CellProblem(`is longer than ${width} characters`);
  if (/[\r\n]/.test(body)) return new CellProblem('has a line end');
  if (align === 'left') return (sign + body).padEnd(width, filler);
  return pad === '0' ? sign + body.padStart(width - sign.length, filler) : (sign + body).padStart(width, filler);
}
