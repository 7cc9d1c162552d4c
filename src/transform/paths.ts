import { Decimal, isPlainObject, type DataRecord, type DataValue } from '../model/index.js';

/** The steps of `items[1].price`. A name that holds a dot is one step when the record has a field of that very name. */
export function pathSteps(path: string): readonly string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter(step => step !== '');
}

/** The value at a path; undefined where there is none. */
export function valueAt(record: DataValue, path: string): DataValue {
  if (isMap(record) && Object.hasOwn(record, path)) return record[path];
  let value: DataValue = record;
  for (const step of pathSteps(path)) {
    if (Array.isArray(value)) value = value[Number(step)] as DataValue;
    else if (isMap(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/** The record with a value at a path; objects on the way are made. Lists are not grown: their elements are expressions of their own. */
export function withValueAt(record: DataRecord, path: string, value: DataValue): DataRecord {
  const [step, ...rest] = Object.hasOwn(record, path) ? [path] : pathSteps(path);
  if (step === undefined) return record;
  if (rest.length === 0) return withMember(record, step, value);
  const inner = Object.hasOwn(record, step) ? record[step] : undefined;
  const held = isMap(inner) ? inner : {};
  return withMember(record, step, withValueAt(held, rest.join('.'), value));
}

/** A copy with one member more; a field named `__proto__` is one like any other. */
function withMember(record: DataRecord, name: string, value: DataValue): DataRecord {
  return Object.fromEntries([...Object.entries(record).filter(([other]) => other !== name), [name, value]]);
}

function isMap(value: DataValue): value is DataRecord {
  return isPlainObject(value) && !(value instanceof Decimal);
}
