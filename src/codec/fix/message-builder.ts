import { ProtocolError } from '../../model/index.js';
import {
  VALUE_FORMAT,
  builtInDictionaries,
  hasFormat,
  type FieldFact,
  type FieldLayout,
  type FixDictionary,
} from './dictionary/index.js';
import type { FixEncoder } from './encoder.js';
import { RAW_DATA_TABLE, RAW_DATA_TABLE_SIZE } from './raw-data.js';

/** A message whose fields were checked: `session.send(built.msgType, built.write)`. */
export interface BuiltMessage {
  readonly msgType: string;
  readonly write: (encoder: FixEncoder) => void;
}

/** A field of a message as a builder takes it: by the standard's name, a group as a list of its entries, raw data as bytes. */
export interface MessageSlot {
  readonly fact: FieldFact;
  readonly required: boolean;
  /** Of a group: the fields of an entry, its first one first. */
  readonly entry: readonly MessageSlot[] | undefined;
  /** Of raw data: the field before it with its length, which is written along. */
  readonly lengthTag: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A builder of one message: what it takes is checked by the version's own dictionary, names, required fields, formats, values and groups, and
 * written in the dictionary's order. `headrace fix builders` generates the types. The builder throws ProtocolError `HR_FIX_MESSAGE` naming the field.
 */
export function messageBuilder<Typed extends object>(
  version: string,
  msgType: string,
): (fields: Typed) => BuiltMessage {
  const dictionary = builtInDictionaries(version);
  const layout = dictionary?.message(msgType);
  if (dictionary === undefined || layout === undefined)
    throw new ProtocolError('HR_FIX_MESSAGE', `${version} has no message ${msgType}`);
  const slots = messageSlots(dictionary, layout);
  return fields => {
    const writes: Write[] = [];
    collect(slots, fields as Fields, layout.name, writes);
    return {
      msgType,
      write: encoder => {
        for (const write of writes) write(encoder);
      },
    };
  };
}

type Write = (encoder: FixEncoder) => void;

/** The fields of a message or group entry, in the dictionary's order. */
export function messageSlots(dictionary: FixDictionary, layout: FieldLayout): readonly MessageSlot[] {
  const lengthOf = new Map<number, number>();
  for (const tag of layout.members) {
    const data = tag < RAW_DATA_TABLE_SIZE ? (RAW_DATA_TABLE[tag] ?? 0) : 0;
    if (data > 0 && layout.members.has(data)) lengthOf.set(data, tag);
  }
  const lengths = new Set(lengthOf.values());
  return [...layout.members].flatMap(tag => {
    const fact = dictionary.field(tag);
    if (fact === undefined || lengths.has(tag)) return [];
    const group = layout.groups.get(tag);
    const entry = group === undefined ? undefined : messageSlots(dictionary, group);
    const required = layout.required.includes(tag) || (group === undefined && isFirst(layout, tag));
    return [{ fact, required, entry, lengthTag: lengthOf.get(tag) ?? 0 }];
  });
}

/** The first field of an entry marks where it begins, so none is without it. */
function isFirst(layout: FieldLayout, tag: number): boolean {
  return 'delimiter' in layout && layout.delimiter === tag;
}

function collect(slots: readonly MessageSlot[], fields: Fields, path: string, writes: Write[]): void {
  const names = new Set(slots.map(({ fact }) => fact.name));
  const unknown = Object.keys(fields).find(name => !names.has(name));
  if (unknown !== undefined) throw refused(`${path}.${unknown}`, 'is no field of it');
  for (const slot of slots) {
    const value = fields[slot.fact.name];
    const at = `${path}.${slot.fact.name}`;
    if (value !== undefined) writeSlot(slot, value, at, writes);
    else if (slot.required) throw refused(at, `(${slot.fact.tag}) is required`);
  }
}

function writeSlot(slot: MessageSlot, value: unknown, path: string, writes: Write[]): void {
  const { tag } = slot.fact;
  if (slot.entry !== undefined) return writeGroup(slot.entry, { tag, value, path }, writes);
  if (slot.lengthTag === 0) {
    const text = textOf(slot.fact, value, path);
    return void writes.push(encoder => encoder.field(tag, text));
  }
  if (!(value instanceof Uint8Array)) throw refused(path, `(${tag}) is raw data: it takes a Uint8Array`);
  const bytes = Uint8Array.from(value);
  writes.push(encoder => encoder.dataField(slot.lengthTag, tag, bytes));
}

function writeGroup(
  entry: readonly MessageSlot[],
  { tag, value, path }: { tag: number; value: unknown; path: string },
  writes: Write[],
): void {
  if (!Array.isArray(value)) throw refused(path, `(${tag}) is a group: it takes a list of entries`);
  const entries = value as readonly Fields[];
  if (entries.length === 0) return;
  writes.push(encoder => encoder.field(tag, entries.length));
  entries.forEach((fields, index) => collect(entry, fields, `${path}[${index}]`, writes));
}

/** The value as FIX writes it. A decimal is a text: a number in the place of one would have been through a float. */
function textOf(fact: FieldFact, value: unknown, path: string): string {
  const text = asText(fact, value);
  if (text === undefined) throw refused(path, `(${fact.tag}) takes ${takenBy(fact)}, not ${typeof value}`);
  const bytes = Buffer.from(text, 'latin1');
  if (text === '' || !hasFormat(fact.format, bytes, 0, bytes.length))
    throw refused(path, `(${fact.tag}) is no ${fact.type}: ${text}`);
  const values = fact.multiple ? text.split(' ') : [text];
  const wrong = fact.values === undefined ? undefined : values.find(one => fact.values?.has(one) === false);
  if (wrong !== undefined)
    throw refused(path, `(${fact.tag}) takes ${[...(fact.values ?? [])].join(', ')}, not ${wrong}`);
  return text;
}

function asText({ format }: FieldFact, value: unknown): string | undefined {
  if (format === VALUE_FORMAT.boolean) return typeof value === 'boolean' ? (value ? 'Y' : 'N') : undefined;
  if (format === VALUE_FORMAT.integer)
    return Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function takenBy({ format }: FieldFact): string {
  if (format === VALUE_FORMAT.boolean) return 'true or false';
  return format === VALUE_FORMAT.integer ? 'a whole number' : 'a text';
}

function refused(path: string, why: string): ProtocolError {
  return new ProtocolError('HR_FIX_MESSAGE', `${path} ${why}`, { details: { field: path } });
}
