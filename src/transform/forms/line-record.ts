import { Decimal, type DataRecord, type DataValue } from '../../model/index.js';
import { BadRecord } from '../form.js';
import { CellProblem, readCell, writeCell } from './cell.js';
import type { Column } from './column.js';
import { readError, writeError, type FormPlace } from './form-error.js';

/** The record of a line's texts, one for each column; why not, where one is no value. */
export function lineRecord(
  columns: readonly Column[],
  texts: readonly string[],
  place: FormPlace,
  raw: string,
): DataRecord | BadRecord {
  const record: Record<string, DataValue> = {};
  for (const [index, column] of columns.entries()) {
    const text = texts[index]!;
    const value = readCell(text, column);
    if (value instanceof CellProblem)
      return new BadRecord(
        readError(
          { ...place, field: column.name, value: text },
          `${JSON.stringify(text.slice(0, 40))} ${value.message}`,
        ),
        raw,
      );
    setAt(record, column.path, value);
  }
  return record;
}

/** Puts a value at a path, with the groups around it. */
export function setAt(record: Record<string, DataValue>, path: readonly string[], value: DataValue): void {
  let group = record;
  for (const name of path.slice(0, -1)) group = (group[name] ??= {}) as Record<string, DataValue>;
  group[path.at(-1)!] = value;
}

/** What stands at a path; undefined where there is none. */
export function valueAt(record: DataRecord, path: readonly string[]): DataValue {
  let value: DataValue = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || value instanceof Decimal || !Object.hasOwn(value, name))
      return undefined;
    value = (value as DataRecord)[name];
  }
  return value;
}

/** The text of a record's value in a column. Throws writeError where it has none. */
export function cellText(record: DataRecord, column: Column, place: FormPlace): string {
  const value = valueAt(record, column.path);
  const text = writeCell(value, column.isGuessed === true ? undefined : column);
  if (text instanceof CellProblem)
    throw writeError({ ...place, field: column.name, value }, `the value ${text.message}`);
  return text;
}

/** The columns that a record itself has: groups and lists as columns of their own, `ADDRESS.CITY` and `TAGS.0`. */
export function columnsOfRecord(record: DataRecord): readonly Column[] {
  return columnsWithin(record, []);
}

function columnsWithin(value: DataValue, path: readonly string[]): readonly Column[] {
  if (typeof value !== 'object' || value === null || value instanceof Decimal)
    return [{ name: path.join('.'), path, type: 'string', isGuessed: true }];
  return Object.entries(value).flatMap(([name, member]) => columnsWithin(member as DataValue, [...path, name]));
}
