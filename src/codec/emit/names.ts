/** Gives each thing of one scope a name of its own: a name that is taken, or reserved, gets the next free number. */
export class Names {
  private readonly taken: Set<string>;

  constructor(
    reserved: Iterable<string> = [],
    private readonly sizeMax = Infinity,
  ) {
    this.taken = new Set(reserved);
  }

  take(wanted: string): string {
    let name = wanted.slice(0, this.sizeMax);
    for (let number = 2; this.taken.has(name); number++) {
      const ending = `_${number}`;
      name = wanted.slice(0, this.sizeMax - ending.length) + ending;
    }
    this.taken.add(name);
    return name;
  }
}

const words = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');

const begun = (name: string, start: string): string => (/^[a-z]/i.test(name) ? name : `${start}${name}`);
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** `CLOSING-DATE` as `closing_date`; what would begin with a digit has an `f` before it. */
export const snakeCase = (name: string): string => begun(words(name).join('_'), 'f');
/** `CLOSING-DATE` as `ClosingDate`. */
export const pascalCase = (name: string): string => begun(words(name).map(capital).join(''), 'F');
/** `CLOSING-DATE` as `closingDate`. */
export const camelCase = (name: string): string => {
  const pascal = pascalCase(name);
  return pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
};
