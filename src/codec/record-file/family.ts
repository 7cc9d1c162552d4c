import { CapacityError } from '../../model/index.js';
import type { RecordFile } from './record-file.js';

/** A family's text may be so long before its last record is read. */
const FAMILY_SIZE_MAX = 64 << 20;

/** For each kind of a file's records the kind that its records go into, or -1. */
export function parentKinds({ layouts, policies }: Pick<RecordFile, 'layouts' | 'policies'>): readonly number[] {
  const upper = layouts.map(({ name }) => name.toUpperCase());
  const children = Object.entries(policies.children ?? {}).map(names => names.map(name => name.toUpperCase()));
  return upper.map(name => upper.indexOf(children.find(([child]) => child === name)?.[1] ?? ''));
}

/** For each kind the kinds that go into its records, by their names. */
export function childKinds(file: Pick<RecordFile, 'layouts' | 'policies'>): readonly ReadonlyMap<string, number>[] {
  const parents = parentKinds(file);
  const named = file.layouts.map(({ name }, child) => [name, child] as const);
  return parents.map((_, kind) => new Map(named.filter(([, child]) => parents[child] === kind)));
}

interface Member {
  readonly kind: number;
  readonly text: string;
  readonly children: Map<number, string[]>;
}

/**
 * Puts records into the record they follow: `{ DETAIL: HEADER }` gives each HEADER an array DETAIL, empty where none follows.
 * A family is written when the next one begins.
 */
export class Family {
  private readonly names: readonly string[];
  private readonly parents: readonly number[];
  private readonly open: Member[] = [];
  private size = 0;

  constructor({ layouts, policies }: RecordFile) {
    this.names = layouts.map(layout => layout.name);
    this.parents = parentKinds({ layouts, policies });
  }

  /** The kind of the record whose family is open; -1 where none is. */
  get rootKind(): number {
    return this.open[0]?.kind ?? -1;
  }

  /** Whether a record of this kind has the record it belongs to before it. */
  hasParent(kind: number): boolean {
    const parent = this.parents[kind]!;
    return parent < 0 || this.open.some(member => member.kind === parent);
  }

  /** Takes one record's line; returns what is complete. */
  add(kind: number, line: string): string {
    const done = this.leave(kind);
    this.size += line.length;
    if (this.size > FAMILY_SIZE_MAX)
      throw new CapacityError(
        'HR_FAMILY',
        `the records of one ${this.names[this.open[0]?.kind ?? kind]} make more than ${FAMILY_SIZE_MAX} bytes of JSON`,
      );
    const kinds = this.parents.flatMap((parent, child) => (parent === kind ? [[child, [] as string[]] as const] : []));
    this.open.push({ kind, text: line.slice(0, line.lastIndexOf('}')), children: new Map(kinds) });
    return done;
  }

  /** A record of this kind is missing: what would belong to it has no parent. */
  lose(kind: number): string {
    return this.leave(kind);
  }

  /** What is open at the end of the file. */
  finish(): string {
    return this.close(0);
  }

  /** Closes what a record of this kind does not belong to. */
  private leave(kind: number): string {
    const parent = this.parents[kind]!;
    return this.close(this.open.findLastIndex(member => member.kind === parent) + 1);
  }

  private close(depth: number): string {
    let done = '';
    while (this.open.length > depth) {
      const { kind, text, children } = this.open.pop()!;
      const lists = Array.from(
        children,
        ([child, lines]) => `${JSON.stringify(this.names[child])}:[${lines.join(',')}]`,
      );
      const whole = `${[text === '{' ? '' : text.slice(1), ...lists].filter(part => part !== '').join(',')}}`;
      const parent = this.open.at(-1);
      if (parent === undefined) {
        done += `{${whole}\n`;
        this.size = 0;
      } else parent.children.get(kind)!.push(`{${whole}`);
    }
    return done;
  }
}
