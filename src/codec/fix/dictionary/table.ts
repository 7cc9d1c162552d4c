import { ConfigError } from '../../../model/index.js';
import { FixDictionary, type DictionaryTable, type Member } from './dictionary.js';

// A dictionary as a table of the standard's facts, one line each:
//
//   fix FIX.4.4                                  the version
//   header 8! 9! 35! … 627 ( 628 629 630 )       `!` = required; a group's members follow its counter in parentheses
//   trailer 93 89 10!
//   component Instrument 55! 65 …                 used as `@Instrument`, `@Instrument!` where required
//   message D NewOrderSingle 11! @Parties …
//   field 54 Side CHAR 1 2 3 …                    number, name, type, allowed values
const COMPONENT_DEPTH_MAX = 32;

class MemberReader {
  #at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly line: number,
  ) {}

  list(nested: boolean): Member[] {
    const members: Member[] = [];
    while (this.#at < this.words.length) {
      const word = this.words[this.#at++] ?? '';
      if (word === ')' && nested) return members;
      members.push(this.#member(word));
    }
    if (nested) throw bad(this.line, 'a group is not closed');
    return members;
  }

  #member(word: string): Member {
    const required = word.endsWith('!');
    const name = required ? word.slice(0, -1) : word;
    if (name.startsWith('@')) return { component: name.slice(1), required };
    if (!/^\d+$/.test(name)) throw bad(this.line, `${word} is no field number`);
    if (this.words[this.#at] !== '(') return { tag: Number(name), required };
    this.#at++;
    return { tag: Number(name), required, members: this.list(true) };
  }
}

function bad(line: number, reason: string): ConfigError {
  return new ConfigError('HR_FIX_DICTIONARY', `dictionary table, line ${line}: ${reason}`);
}

type Draft = { -readonly [Key in keyof DictionaryTable]: DictionaryTable[Key] } & {
  readonly components: Map<string, readonly Member[]>;
  readonly messages: Map<string, { name: string; members: readonly Member[] }>;
  readonly fields: DictionaryTable['fields'][number][];
};

function readLine(draft: Draft, text: string, line: number): void {
  const [kind = '', first = '', second = '', third = '', ...rest] = text.split(' ');
  const members = (from: number) => new MemberReader(text.split(' ').slice(from), line).list(false);
  if (kind === 'fix') draft.version = first;
  else if (kind === 'header') draft.header = members(1);
  else if (kind === 'trailer') draft.trailer = members(1);
  else if (kind === 'component') draft.components.set(first, members(2));
  else if (kind === 'message') draft.messages.set(first, { name: second, members: members(3) });
  else if (kind === 'field') draft.fields.push({ tag: Number(first), name: second, type: third, values: rest });
  else throw bad(line, `${kind} is not known here`);
}

function checkComponents(table: DictionaryTable, members: readonly Member[], depth: number): void {
  if (depth > COMPONENT_DEPTH_MAX)
    throw new ConfigError('HR_FIX_DICTIONARY', `components of ${table.version} are nested deeper than ${depth - 1}`);
  for (const member of members) {
    if (!('component' in member)) checkComponents(table, member.members ?? [], depth + 1);
    else if (table.components.has(member.component))
      checkComponents(table, table.components.get(member.component) ?? [], depth + 1);
    else throw new ConfigError('HR_FIX_DICTIONARY', `${table.version} uses component ${member.component}, not defined`);
  }
}

/** Reads a table into a dictionary. Throws ConfigError (HR_FIX_DICTIONARY) with the line. */
export function parseDictionaryTable(text: string): FixDictionary {
  const draft: Draft = {
    version: '',
    header: [],
    trailer: [],
    components: new Map(),
    messages: new Map(),
    fields: [],
  };
  text.split('\n').forEach((line, index) => {
    if (line.length > 0) readLine(draft, line, index + 1);
  });
  for (const { members } of draft.messages.values()) checkComponents(draft, members, 0);
  return new FixDictionary(draft);
}
