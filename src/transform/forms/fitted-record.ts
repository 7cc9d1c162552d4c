import type { RecordShape } from '../../converter/index.js';
import { isPlainObject, type DataRecord, type DataValue } from '../../model/index.js';
import { pathSteps } from '../paths.js';

type Members = RecordShape['members'];
type Item = NonNullable<RecordShape['item']>;
/** The value of each item that came last: of an item that a table depends on, the count of the table behind it. */
type Counts = Map<Item, DataValue>;

/**
 * The record as a copybook has it, out of one whose form has no groups or tables, or tells one element from a table only where there are several:
 * `HDR.CUST` and `LINES.0.SKU` go into groups and tables, a value where a table is becomes its one element, and a number without a digit is absent.
 * What the copybook has no place for stays, for the encoder to refuse by its name.
 */
export function fittedRecord(record: DataRecord, shapes: readonly RecordShape[]): DataRecord {
  const unknown = ({ members }: RecordShape): number =>
    Object.keys(record).filter(name => !members.has(firstStep(name, members))).length;
  const [nearest] = [...shapes].sort((left, right) => unknown(left) - unknown(right));
  return fittedGroup(record, nearest!.members, new Map());
}

const firstStep = (name: string, members: Members): string => (members.has(name) ? name : (pathSteps(name)[0] ?? name));

function fittedGroup(group: DataRecord, members: Members, counts: Counts): DataRecord {
  const nested = nestedMembers(group, members);
  const fitted = new Map<string, DataValue>();
  for (const [name, shape] of members) {
    if (!nested.has(name)) continue;
    const value = fittedValue(nested.get(name), shape, 0, counts);
    nested.delete(name);
    if (shape.item !== undefined) counts.set(shape.item, value);
    if (value !== undefined) fitted.set(name, value);
  }
  return Object.fromEntries([...withoutBlankViews(fitted, members), ...nested]);
}

/** The members by their first names; those of one group or table that lay apart, as columns do, together. */
function nestedMembers(group: DataRecord, members: Members): Map<string, DataValue> {
  const nested = new Map<string, DataValue>();
  const made = new Map<string, DataValue>();
  for (const [name, value] of Object.entries(group)) {
    const [first = name, ...steps] = members.has(name) ? [name] : pathSteps(name);
    const isApart =
      steps.length > 0 && members.has(first) && !Object.hasOwn(group, first) && !steps.includes('__proto__');
    if (isApart) made.set(first, withStep(made.get(first), steps, value));
    else nested.set(name, value);
  }
  return new Map([...nested, ...made]);
}

/** `held` is of our making: a table of a thousand columns is not copied for each of them. */
function withStep(held: DataValue, [step, ...rest]: readonly string[], value: DataValue): DataValue {
  if (step === undefined) return isPlainObject(value) ? { ...(value as DataRecord) } : value;
  const group: DataRecord = isPlainObject(held) ? (held as DataRecord) : {};
  const inner = Object.hasOwn(group, step) ? group[step] : undefined;
  return Object.assign(group, { [step]: withStep(inner, rest, value) });
}

/** A value, or the table of the first of the OCCURS around it that is not gone into; records in a record are a list. */
function fittedValue(value: DataValue, shape: RecordShape, depth: number, counts: Counts): DataValue {
  if (value === null || value === undefined) return value;
  if (shape.item === undefined && depth === 0)
    return [value].flat().map((record: DataValue) => fittedValue(record, shape, 1, counts));
  const table = shape.tables[depth];
  if (table !== undefined)
    return elementsOf(value, shape, table, counts).map(
      element => fittedValue(element, shape, depth + 1, counts) ?? null,
    );
  if (shape.members.size === 0) return shape.kind === 'none' ? value : numeric(value);
  if (value === '') return {};
  return isPlainObject(value) ? fittedGroup(value as DataRecord, shape.members, counts) : value;
}

/** A number's text may have spaces around it, or be nothing but spaces. */
function numeric(value: DataValue): DataValue {
  const text = typeof value === 'string' ? value.trim() : value;
  return text === '' ? undefined : text;
}

/** The elements of a table: a list, what lay apart as `0`, `1`, or the only one. */
function elementsOf(value: DataValue, shape: RecordShape, table: Item, counts: Counts): readonly DataValue[] {
  if (Array.isArray(value)) return value as DataValue[];
  const { count, dependingOn } = table.occurs!;
  const apart = isPlainObject(value) ? Object.entries(value as DataRecord) : [];
  const isApart = apart.length > 0 && apart.every(([index]) => /^\d{1,9}$/.test(index) && Number(index) < count);
  if (!isApart) return [value];
  const none: DataValue = shape.members.size > 0 ? {} : '';
  const elements: DataValue[] = Array.from(
    { length: Math.max(...apart.map(([index]) => Number(index))) + 1 },
    () => none,
  );
  for (const [index, element] of apart) elements[Number(index)] = element;
  if (dependingOn === undefined) return elements;
  // Columns are as many as some record has elements: the others have nothing there.
  const least = Number(counts.get(dependingOn) ?? 0);
  while (elements.length > least && isBlank(elements.at(-1))) elements.pop();
  return elements;
}

/** Of several views of the same bytes those that have nothing are null where another has something: no form of text has a null. */
function withoutBlankViews(fitted: ReadonlyMap<string, DataValue>, members: Members): [string, DataValue][] {
  const told = new Set([...fitted].filter(([, value]) => !isBlank(value)).map(([name]) => members.get(name)!.viewOf));
  return [...fitted].map(([name, value]) => {
    const { viewOf } = members.get(name)!;
    return [name, viewOf !== undefined && told.has(viewOf) && isBlank(value) ? null : value];
  });
}

function isBlank(value: DataValue): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.every(isBlank);
  return isPlainObject(value) && Object.values(value as DataRecord).every(isBlank);
}
