import type { DictionaryTable, Member } from './dictionary.js';

/** A field that two parties agreed on beyond the standard. */
export interface CustomField {
  readonly tag: number;
  readonly name: string;
  /** A type of the standard: STRING, INT, QTY … */
  readonly type: string;
  /** The values allowed; any unless told. */
  readonly values?: readonly string[] | undefined;
}

/** What two parties agreed on for one message of the standard. */
export interface MessageExtension {
  readonly msgType: string;
  /** Fields it has beyond the standard's, none of them in a group. */
  readonly added: readonly number[];
  /** Fields outside groups that are required from now on, or not members any more. */
  readonly required: readonly number[];
  readonly forbidden: readonly number[];
}

/** A version's table with what two parties agreed on. A message that is not of the version is passed over. */
export function extendTable(
  table: DictionaryTable,
  fields: readonly CustomField[],
  messages: readonly MessageExtension[],
): DictionaryTable {
  const own = new Set(fields.map(({ tag }) => tag));
  const changed = new Map(table.messages);
  for (const extension of messages) {
    const message = changed.get(extension.msgType);
    if (message === undefined) continue;
    changed.set(extension.msgType, { name: message.name, members: extend(table, message.members, extension) });
  }
  const added = fields.map(({ values = [], ...field }) => ({ ...field, values }));
  return { ...table, fields: [...table.fields.filter(({ tag }) => !own.has(tag)), ...added], messages: changed };
}

function extend(table: DictionaryTable, members: readonly Member[], extension: MessageExtension): Member[] {
  const { added, required, forbidden } = extension;
  const flat = withoutComponents(table, members, true);
  const known = new Set(flat.map(({ tag }) => tag));
  const all = [...flat, ...added.filter(tag => !known.has(tag)).map(tag => ({ tag, required: false }))];
  return all
    .filter(({ tag }) => !forbidden.includes(tag))
    .map(member => (required.includes(member.tag) ? { ...member, required: true } : member));
}

type FieldMember = Extract<Member, { tag: number }>;

/** The fields of a level, those of its components among them; a field of an optional component is not required. */
function withoutComponents(table: DictionaryTable, members: readonly Member[], required: boolean): FieldMember[] {
  return members.flatMap(member => {
    const needed = required && member.required;
    if ('component' in member) return withoutComponents(table, table.components.get(member.component) ?? [], needed);
    return [{ ...member, required: needed }];
  });
}
