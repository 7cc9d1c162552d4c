import { extendTable, type CustomField, type MessageExtension } from './extension.js';
import { formatOf, type ValueFormat } from './format.js';

/** What the standard says of one field. */
export interface FieldFact {
  readonly tag: number;
  readonly name: string;
  readonly type: string;
  /** What a value of this type must look like; see format.ts. */
  readonly format: ValueFormat;
  /** The values allowed, or undefined when any may stand. */
  readonly values: ReadonlySet<string> | undefined;
  /** By byte, 1 where a value of that one byte is allowed. */
  readonly singles: Uint8Array;
  /** A value is several of `values`, separated by spaces. */
  readonly multiple: boolean;
}

/** The fields that may stand at one level: of a header, trailer, message or one entry of a repeating group. */
export interface Layout {
  readonly members: ReadonlySet<number>;
  /** Ascending. */
  readonly required: readonly number[];
  /** MEMBER by tag, as far as the table reaches: the validator asks it of every field, see `memberKind`. */
  readonly marks: Uint8Array;
  /** Groups by their counter's tag (NoXxx). */
  readonly groups: ReadonlyMap<number, GroupLayout>;
}

export interface GroupLayout extends Layout {
  readonly counter: number;
  /** The first field of each entry. */
  readonly delimiter: number;
  /** Entries have their fields in this order. */
  readonly order: readonly number[];
  /** By member, its place in `order`. */
  readonly ranks: ReadonlyMap<number, number>;
}

export interface MessageLayout extends Layout {
  readonly msgType: string;
  readonly name: string;
}

/** A member as the table has it: a field, a group with its members, or a component by name. */
export type Member =
  | { readonly tag: number; readonly required: boolean; readonly members?: readonly Member[] }
  | { readonly component: string; readonly required: boolean };

export interface DictionaryTable {
  readonly version: string;
  readonly header: readonly Member[];
  readonly trailer: readonly Member[];
  readonly components: ReadonlyMap<string, readonly Member[]>;
  readonly messages: ReadonlyMap<string, { readonly name: string; readonly members: readonly Member[] }>;
  readonly fields: readonly {
    readonly tag: number;
    readonly name: string;
    readonly type: string;
    readonly values: readonly string[];
  }[];
}

const MULTIPLE = new Set(['MULTIPLEVALUESTRING', 'MULTIPLESTRINGVALUE', 'MULTIPLECHARVALUE']);

const NO_SINGLES = new Uint8Array(0);

function singlesOf(values: readonly string[]): Uint8Array {
  const singles = new Uint8Array(256);
  for (const value of values) if (value.length === 1) singles[value.charCodeAt(0)] = 1;
  return singles;
}

/** What a tag is at one level: nothing, a plain field, or a group's counter. */
export const MEMBER = { none: 0, field: 1, counter: 2 } as const;

/** Tags below this are looked up in tables; user-defined ones may be any number. */
const TABLE_TAGS = 4096;

/** MEMBER of a tag at one level. */
export function memberKind({ marks, members, groups }: Layout, tag: number): number {
  const mark = marks[tag];
  if (mark !== undefined) return mark;
  return groups.has(tag) ? MEMBER.counter : members.has(tag) ? MEMBER.field : MEMBER.none;
}

interface Draft {
  readonly order: number[];
  readonly required: Set<number>;
  readonly groups: Map<number, GroupLayout>;
}

/** One version's facts. Layouts of messages are made on first use: few of the standard's messages meet one session. */
export class FixDictionary {
  readonly version: string;
  readonly header: Layout;
  readonly trailer: Layout;
  readonly #table: DictionaryTable;
  readonly #facts = new Map<number, FieldFact>();
  readonly #near: readonly (FieldFact | undefined)[];
  readonly #messages = new Map<string, MessageLayout>();

  constructor(table: DictionaryTable) {
    this.version = table.version;
    this.#table = table;
    for (const { tag, name, type, values } of table.fields)
      this.#facts.set(tag, {
        tag,
        name,
        type,
        format: formatOf(type, table.version),
        values: values.length > 0 ? new Set(values) : undefined,
        singles: values.length > 0 ? singlesOf(values) : NO_SINGLES,
        multiple: MULTIPLE.has(type),
      });
    this.#near = Array.from({ length: TABLE_TAGS }, (_, tag) => this.#facts.get(tag));
    this.header = this.#layout(table.header);
    this.trailer = this.#layout(table.trailer);
  }

  field(tag: number): FieldFact | undefined {
    return tag >= 0 && tag < TABLE_TAGS ? this.#near[tag] : this.#facts.get(tag);
  }

  message(msgType: string): MessageLayout | undefined {
    const known = this.#messages.get(msgType);
    if (known !== undefined) return known;
    const row = this.#table.messages.get(msgType);
    if (row === undefined) return undefined;
    const layout = { msgType, name: row.name, ...this.#layout(row.members) };
    this.#messages.set(msgType, layout);
    return layout;
  }

  /** The MsgTypes this version defines. */
  msgTypes(): readonly string[] {
    return [...this.#table.messages.keys()];
  }

  /** This version with fields and rules that two parties agreed on; it stays as it is. */
  extended(fields: readonly CustomField[], messages: readonly MessageExtension[]): FixDictionary {
    return new FixDictionary(extendTable(this.#table, fields, messages));
  }

  #layout(members: readonly Member[]): Layout {
    return this.#finish(this.#collect(members, true, { order: [], required: new Set(), groups: new Map() }));
  }

  #finish({ order, required, groups }: Draft): Layout {
    const members = new Set(order);
    const marks = new Uint8Array(TABLE_TAGS);
    for (const tag of order) if (tag < TABLE_TAGS) marks[tag] = groups.has(tag) ? MEMBER.counter : MEMBER.field;
    return { members, marks, required: [...required].sort((a, b) => a - b), groups };
  }

  // `required`: a field required inside an optional component or group is not required of the message.
  #collect(members: readonly Member[], required: boolean, draft: Draft): Draft {
    for (const member of members) {
      const needed = required && member.required;
      if ('component' in member) {
        this.#collect(this.#table.components.get(member.component) ?? [], needed, draft);
        continue;
      }
      draft.order.push(member.tag);
      if (needed) draft.required.add(member.tag);
      if (member.members !== undefined) this.#group(member.tag, member.members, needed, draft);
    }
    return draft;
  }

  #group(counter: number, members: readonly Member[], required: boolean, outer: Draft): void {
    const draft = this.#collect(members, required, { order: [], required: new Set(), groups: new Map() });
    const delimiter = draft.order[0];
    if (delimiter === undefined) return;
    const ranks = new Map(draft.order.map((tag, rank) => [tag, rank]));
    outer.groups.set(counter, { counter, delimiter, order: draft.order, ranks, ...this.#finish(draft) });
  }
}
