import { STATUS, statusName, type StatusName } from '../../model/index.js';
import { TAPE, TAPE_INTS, type JsonTape } from './json-tape.js';
import { stringPoints } from './json-string.js';
import { itemPath } from './item-path.js';
import type { Layout, LayoutItem } from './layout.js';
import { suggestion } from './nearest-name.js';
import { isScalar } from './text-writer.js';
import type { EncodeRefusedAt } from './record-encode-twin.js';

/** Why an object was refused as a record. `field` has its subscripts; `value` is its text, cut short, '' where there is none. */
export interface EncodeRefusal {
  readonly record: number; // the first is 1
  readonly line?: number; // of the text, the first is 1
  readonly field: string;
  readonly picture: string;
  readonly code: StatusName;
  readonly message: string;
  readonly value: string;
}

/** Refusals that one call tells. */
export const REFUSALS_MAX = 256;
const VALUE_SIZE_MAX = 120;
const RAW = '$raw';
const REPLACEMENT = 0xfffd;

/** Says in words where and why an object was refused. */
export function encodeRefusal(layout: Layout, tape: JsonTape, refused: EncodeRefusedAt, record: number): EncodeRefusal {
  const item = layout.items[refused.item] as LayoutItem;
  const code = statusName(refused.status);
  const isName = code === 'unknownMember' || code === 'duplicateMember';
  const isRaw = refused.value >= 0 && refused.value === rawValue(tape);
  const own = isRaw ? RAW : refused.rename || item.name + subscriptText(refused.subscripts);
  const field = isName ? nameText(tape, refused.value) : own;
  return {
    record,
    field,
    picture: isName || isRaw ? '' : item.picture,
    code,
    message: `record ${record}, ${field}: ${STATUS[code].text}${detail(layout, tape, refused)}`,
    value: valueText(tape, refused),
  };
}

/** The value of the object's $raw, the last of them as it is taken, or -1. */
function rawValue(tape: JsonTape): number {
  let found = -1;
  for (let name = TAPE_INTS; name < tape.next(0); name = tape.next(tape.next(name)))
    if (tape.text(name) === RAW) found = tape.next(name);
  return found;
}

function subscriptText(subscripts: readonly number[]): string {
  return subscripts.length === 0 ? '' : `(${subscripts.join(', ')})`;
}

function nameText(tape: JsonTape, name: number): string {
  return Array.from(stringPoints(tape, name), point => String.fromCodePoint(isScalar(point) ? point : REPLACEMENT))
    .join('')
    .slice(0, VALUE_SIZE_MAX);
}

function valueText(tape: JsonTape, { value, status }: EncodeRefusedAt): string {
  const { ints, bytes } = tape;
  if (status === STATUS.badJson.code)
    return Buffer.from(bytes.subarray(tape.errorAt, Math.min(tape.end, tape.errorAt + VALUE_SIZE_MAX))).toString();
  if (value < 0) return '';
  const [start, end] = [ints[value + TAPE.start]!, ints[value + TAPE.end]!];
  return Buffer.from(bytes.subarray(start, Math.min(end, start + VALUE_SIZE_MAX))).toString();
}

function detail(layout: Layout, tape: JsonTape, refused: EncodeRefusedAt): string {
  const item = layout.items[refused.item] as LayoutItem;
  const other = layout.items[refused.other];
  switch (refused.status) {
    case STATUS.viewsDiffer.code:
      if (refused.rename !== '') return `: ${refused.rename} and ${other!.name}`;
      return other === undefined ? '' : `: ${viewNames(layout, item, other)}`;
    case STATUS.badCount.code:
      return countDetail(item, other, tape, refused);
    case STATUS.unknownMember.code:
      return suggestion(memberNames(item), nameText(tape, refused.value));
    case STATUS.capacity.code:
      return `: the line has more than ${tape.valuesMax.toLocaleString('en')} values`;
    default:
      return '';
  }
}

function countDetail(
  item: LayoutItem,
  counter: LayoutItem | undefined,
  tape: JsonTape,
  { value, occurrences }: EncodeRefusedAt,
): string {
  const [min, count] = occurrences;
  const given = value < 0 ? '' : `${tape.count(value)} are given`;
  const allowed = min === count ? `${count}` : `${min} to ${count}`;
  const depends = counter === undefined ? '' : `, and ${counter.name} must say as many`;
  return `: ${item.name} has ${allowed} occurrences${depends}${given === '' ? '' : `; ${given}`}`;
}

/** The two items, each with the view it is part of where that is a group. */
function viewNames(layout: Layout, item: LayoutItem, other: LayoutItem): string {
  const [a, b] = [itemPath(layout, item), itemPath(layout, other)];
  const apart = a.findIndex((ancestor, depth) => ancestor !== b[depth]);
  const name = (of: LayoutItem, view: LayoutItem | undefined): string =>
    view === undefined || view === of ? of.name : `${of.name} of ${view.name}`;
  return `${name(item, a[apart])} and ${name(other, b[apart])}`;
}

function memberNames(group: LayoutItem): string[] {
  if (group.leaf !== undefined) return [group.name];
  return group.children.flatMap(child => {
    if (!child.filler) return [child.name];
    return child.leaf === undefined ? memberNames(child) : [];
  });
}
