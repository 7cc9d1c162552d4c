/** A field's number and type in a .proto file written before. */
interface EarlierField {
  readonly number: number;
  readonly type: string;
}

const MESSAGE = /^\s*message (\w+) \{$/;
const FIELD = /^\s*((?:repeated |optional )?[\w.]+) (\w+) = (\d+)[ ;]/;
const RESERVED = /^\s*reserved ([\d, ]+);$/;
/** Numbers that protobuf keeps for itself. */
const [OWN_FIRST, OWN_LAST] = [19_000, 19_999];

/**
 * The field numbers of a .proto file that we wrote before: a field keeps its number as long as it has its name and type; that of one
 * that is gone is reserved and never given again.
 */
export class ProtoNumbers {
  private readonly fields = new Map<string, Map<string, EarlierField>>();
  private readonly reserved = new Map<string, Set<number>>();

  constructor(earlier: string) {
    const around: string[] = [];
    for (const line of earlier.split('\n')) {
      const path = around.join('.');
      const message = MESSAGE.exec(line);
      if (message !== null) around.push(message[1]!);
      else if (/^\s*\}$/.test(line)) around.pop();
      else this.read(path, line);
    }
  }

  private read(path: string, line: string): void {
    const [, type, name, number] = FIELD.exec(line) ?? [];
    if (type !== undefined && name !== undefined)
      this.fieldsOf(path).set(name, { type: type.replace(/^optional /, ''), number: Number(number) });
    const [, numbers] = RESERVED.exec(line) ?? [];
    if (numbers !== undefined) this.reserved.set(path, new Set(numbers.split(',').map(Number)));
  }

  private fieldsOf(path: string): Map<string, EarlierField> {
    const fields = this.fields.get(path) ?? new Map<string, EarlierField>();
    this.fields.set(path, fields);
    return fields;
  }

  /** The numbers of a message's fields, in their order, and those that are reserved. */
  give(
    path: string,
    fields: readonly { readonly name: string; readonly type: string }[],
  ): { readonly numbers: readonly number[]; readonly reserved: readonly number[] } {
    const earlier = this.fields.get(path) ?? new Map<string, EarlierField>();
    const kept = fields.map(({ name, type }) => {
      const known = earlier.get(name);
      return known?.type === type ? known.number : undefined;
    });
    const used = new Set(kept);
    const gone = [...earlier.values()].map(({ number }) => number).filter(number => !used.has(number));
    const reserved = [...new Set([...(this.reserved.get(path) ?? []), ...gone])].sort((a, b) => a - b);
    let last = Math.max(0, ...reserved, ...kept.filter(number => number !== undefined));
    const next = (): number => (last = last + 1 >= OWN_FIRST && last < OWN_LAST ? OWN_LAST + 1 : last + 1);
    return { numbers: kept.map(number => number ?? next()), reserved };
  }
}
