import type { SeededRandom } from './fuzz.js';

/** Whole bytes as integers, floats and edited numbers. */
const NATIVE = [
  'INDEX',
  'POINTER SYNC',
  'BINARY-CHAR',
  'BINARY-LONG UNSIGNED',
  'BINARY-DOUBLE',
  'PIC X(5) COMP-X',
  'PIC 9(7) COMP-X',
  'PIC S9(4) COMP-N',
  'COMP-1',
  'COMP-2 SYNC',
  'PIC ZZ,ZZ9.99-',
  'PIC $$$9.9CR BLANK WHEN ZERO',
  'PIC +++9V99',
  'PIC X(2)BX/0',
];

/** Seeded copybooks that parse: groups, tables, redefinitions and every kind of elementary item. */
export class CopybookMaker {
  private count = 0;
  private lines: string[] = [];
  /** Names of level 2 without a table. */
  private plain: string[] = [];

  /** `pairs`: also items of double-byte text, which only mixed code pages have. */
  constructor(
    private readonly random: SeededRandom,
    private readonly pairs = false,
  ) {}

  make(): string {
    this.count = 0;
    this.plain = [];
    this.lines = ['       01 REC.'];
    this.items(2, 1 + this.random.below(6));
    this.renames();
    return this.lines.join('\n') + '\n';
  }

  /** 66 levels over what has no table. */
  private renames(): void {
    for (let count = this.random.below(3); count > 0 && this.plain.length > 0; count--) {
      const from = this.random.below(this.plain.length);
      const thru = from + this.random.below(this.plain.length - from);
      const range = thru === from ? this.plain[from] : `${this.plain[from]} THRU ${this.plain[thru]}`;
      this.lines.push(`       66 L-${++this.count} RENAMES ${range}.`);
    }
  }

  private name(): string {
    return this.random.below(12) === 0 ? 'FILLER' : `F-${++this.count}`;
  }

  private add(level: number, text: string): void {
    this.lines.push(`${' '.repeat(7 + Math.min(level, 8))}${String(level).padStart(2, '0')} ${text}.`);
  }

  private items(level: number, count: number): void {
    for (let index = 0; index < count; index++) this.item(level);
  }

  private item(level: number): void {
    const { random } = this;
    if (level < 5 && random.below(4) === 0) this.group(level);
    else if (level < 5 && random.below(5) === 0) this.views(level);
    else this.leaf(level);
  }

  private leaf(level: number): void {
    const [name, picture, table] = [this.name(), this.elementary(), this.occurs(level)];
    this.add(level, `${name} ${picture}${table}`);
    if (level === 2 && table === '' && name !== 'FILLER') this.plain.push(name);
    if (this.random.below(3) === 0) this.condition(picture);
  }

  private condition(picture: string): void {
    const { random } = this;
    if (/COMP-[12]\b/.test(picture)) return;
    const isNumber = /^PIC S?[9V]|COMP|BINARY|INDEX|POINTER/.test(picture);
    const values = isNumber
      ? ['ZERO', '1 THRU 5', '0.5 1.25', '-9 THRU -1', '100']
      : ["'A' THRU 'F'", 'SPACES', "'5'", 'LOW-VALUES HIGH-VALUES', "X'40'"];
    this.lines.push(`       88 C-${++this.count} VALUE ${random.pick(values)}.`);
  }

  private occurs(level: number): string {
    return level > 1 && this.random.below(5) === 0 ? ` OCCURS ${1 + this.random.below(3)}` : '';
  }

  private group(level: number): void {
    const name = `G-${++this.count}`;
    const odo = this.random.below(4) === 0 ? this.counter(level) : undefined;
    const table = odo === undefined ? this.occurs(level) : ` OCCURS 0 TO 3 DEPENDING ON ${odo}`;
    this.add(level, `${name}${table}`);
    this.items(level + 1, 1 + this.random.below(3));
  }

  private counter(level: number): string {
    const name = `N-${++this.count}`;
    this.add(level, `${name} ${this.random.pick(['PIC 9', 'PIC S9(4) COMP', 'PIC 9(3) COMP-3'])}`);
    return name;
  }

  private views(level: number): void {
    const base = `B-${++this.count}`;
    this.add(level, `${base} ${this.elementary()}`);
    for (let view = 1 + this.random.below(2); view > 0; view--) {
      const name = this.random.below(6) === 0 ? 'FILLER' : `V-${++this.count}`;
      if (this.random.below(2) === 0) this.add(level, `${name} REDEFINES ${base} ${this.elementary()}`);
      else {
        this.add(level, `${name} REDEFINES ${base}`);
        this.items(level + 1, 1 + this.random.below(2));
      }
    }
  }

  private elementary(): string {
    const { random } = this;
    switch (random.below(10)) {
      case 8:
        return this.doubleByte();
      case 0:
        return `PIC X(${1 + random.below(20)})${random.below(4) === 0 ? ' JUST RIGHT' : ''}`;
      case 1:
        return `PIC ${this.number(38)} COMP-3`;
      case 2:
        return `PIC ${this.number(random.below(3) === 0 ? 38 : 18)} COMP`;
      case 3:
        return `PIC ${this.number(18)} COMP-5${random.below(3) === 0 ? ' SYNC' : ''}`;
      case 4:
        return `PIC ${this.number(18).replace('S', '')} COMP-6`;
      case 5:
        return `PIC ${this.number(38).replace(/^S?/, 'S')} SIGN ${random.pick(['LEADING', 'TRAILING'])}${random.pick(['', ' SEPARATE'])}`;
      case 6:
        return `PIC ${this.number(18).replace('S', '')} BLANK WHEN ZERO`;
      case 7:
        return random.pick(NATIVE);
      default:
        return `PIC ${this.number(38)}`;
    }
  }

  private doubleByte(): string {
    const { random } = this;
    if (!this.pairs || random.below(2) === 0) return `PIC N(${1 + random.below(10)})${random.pick(['', ' JUST'])}`;
    return random.pick([`PIC G(${1 + random.below(6)}) DISPLAY-1`, `PIC N(${1 + random.below(6)}) USAGE DISPLAY-1`]);
  }

  private number(digitsMax: number): string {
    const { random } = this;
    const digits = 1 + random.below(random.below(3) === 0 ? digitsMax : Math.min(18, digitsMax));
    const sign = random.below(2) === 0 ? 'S' : '';
    if (random.below(8) === 0 && digits < digitsMax - 4) return `${sign}9(${digits})P(${1 + random.below(3)})`;
    if (random.below(8) === 0 && digits < digitsMax - 4) return `${sign}VP(${1 + random.below(3)})9(${digits})`;
    const decimals = random.below(digits + 1);
    if (decimals === 0) return `${sign}9(${digits})`;
    return digits === decimals ? `${sign}V9(${digits})` : `${sign}9(${digits - decimals})V9(${decimals})`;
  }
}
