import type { Layout, LayoutItem } from '../../src/codec/index.js';
import type { SeededRandom } from './fuzz.js';

/** Numbers that fit, that almost fit, that no item holds, and texts that are no number. */
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '2',
  '3',
  '-2',
  '-3',
  '12',
  '-7',
  '99',
  '0.5',
  '-12.50',
  '1e2',
  '1E-1',
  '2.50e+1',
  '100000',
  '9223372036854775807',
  '-9223372036854775808',
  '18446744073709551616',
  '170141183460469231731687303715884105727',
  '-170141183460469231731687303715884105728',
  '340282366920938463463374607431768211455',
  '1e400',
  '-1e-400',
  '1e999999999999',
  '0.1',
  '3.4028235e38',
  '3.4028236e38',
  '5e-324',
  '7.2370055773322621e75',
  '1e76',
  `1${'0'.repeat(60)}`,
  `0.${'0'.repeat(60)}1`,
  '9'.repeat(39),
  '9'.repeat(400),
  `1.${'3'.repeat(900)}`,
];
const NO_NUMBERS = [
  '01',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  '1e+',
  'NaN',
  'Infinity',
  '0x10',
  '1 ',
  ' 1',
  '',
  '1.2.3',
  '--1',
  '1,5',
];

const TEXTS = [
  '',
  ' ',
  'A',
  'a~',
  'ABC',
  '  X',
  'X  ',
  '0123456789',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'ä',
  'Ä€',
  '日本',
  '日a本',
  'ｱｲ',
  '\u{1f600}',
  '가',
  '\\u0041',
  '\\u00e9',
  '\\ud83d\\ude00',
  '\\ud83d',
  '\\ude00',
  '\\ud83d\\ud83d\\ude00',
  '\\ude00\\ud83d',
  '\\u65e5\\u672c',
  '\\n\\t\\"',
  '\\/\\\\',
  '\\u0000',
  '\\u001f',
  'x'.repeat(70),
  '日'.repeat(30),
];
/** Bytes inside a string: no UTF-8, or cut off. */
const BROKEN = ['ff', '80', 'c3', 'e697', 'eda080', 'f4908080', 'c080', '41e2', '5c7530303431ff'].map(hex =>
  Buffer.from(hex, 'hex'),
);

const OTHERS = ['null', 'true', 'false', '{}', '[]', '[null]', '{"A":1}', '[[[]]]', '""'];

/** JSON near what a layout asks for: values that fit and those that do not, names twice, in another order, unknown or missing. */
export class LineMaker {
  constructor(
    private readonly random: SeededRandom,
    private readonly layout: Layout,
  ) {}

  make(): Buffer {
    const { root } = this.layout;
    const text = Buffer.from(this.object(root.leaf === undefined ? root.children : [root]), 'latin1');
    return this.random.below(5) === 0 ? this.damage(text) : text;
  }

  /** Texts are of Latin-1 characters that stand for bytes, so that what is no UTF-8 can be written too. */
  private bytes(text: string): string {
    return Buffer.from(text).toString('latin1');
  }

  private object(items: readonly LayoutItem[]): string {
    const { random } = this;
    const members = items.flatMap(item => this.members(item));
    if (random.below(20) === 0)
      members.push(random.pick(['"NOPE":1', '"$x":[1]', '"":0', '"\\u0046-1":1', '"$raw":"40"', '"\\udc00":1']));
    if (random.below(20) === 0 && members.length > 0) members.push(random.pick(members));
    if (random.below(8) === 0) members.reverse();
    return `{${members.join(random.pick([',', ',', ' , ']))}}`;
  }

  private members(item: LayoutItem): string[] {
    const { random } = this;
    if (random.below(25) === 0 || (item.redefines !== undefined && random.below(3) > 0)) return [];
    if (!item.filler) return [`${this.name(item.name)}:${this.table(item)}`];
    if (item.leaf !== undefined) return [];
    if (item.occurs === undefined) return item.children.flatMap(child => this.members(child));
    return item.children.map(child => `${this.name(child.name)}:[${this.list(item, () => this.table(child))}]`);
  }

  private name(name: string): string {
    return this.random.below(30) === 0 ? `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}" ` : `"${name}"`;
  }

  private table(item: LayoutItem): string {
    if (this.random.below(40) === 0) return this.random.pick(OTHERS);
    return item.occurs === undefined ? this.value(item) : `[${this.list(item, () => this.value(item))}]`;
  }

  private list({ occurs }: LayoutItem, element: () => string): string {
    const { count, min } = occurs!;
    const length =
      this.random.below(12) === 0 ? this.random.below(5) : min + this.random.below(Math.min(3, count - min) + 1);
    return Array.from({ length }, element).join(',');
  }

  private value(item: LayoutItem): string {
    const { random } = this;
    if (random.below(30) === 0) return random.pick(OTHERS);
    if (item.leaf === undefined) return this.object(item.children);
    if (item.leaf.kind === 'text' && (item.leaf.edited === undefined || random.below(2) === 0))
      return this.text(item.size);
    const number = this.number(item);
    return random.below(6) === 0 ? `"${number}"` : number;
  }

  private text(size: number): string {
    const { random } = this;
    if (random.below(20) === 0) return `"${random.pick(BROKEN).toString('latin1')}"`;
    if (random.below(3) > 0) return `"${'ABC xyz-123'.repeat(3).slice(0, random.below(size + 1))}"`;
    return `"${this.bytes(random.pick(TEXTS))}"`;
  }

  private number({ leaf }: LayoutItem): string {
    const { random } = this;
    if (random.below(8) === 0) return random.pick(random.below(4) === 0 ? NO_NUMBERS : NUMBERS);
    if (leaf === undefined || !('scale' in leaf)) return random.pick(NUMBERS);
    const { digits, scale } = leaf;
    const text = Array.from({ length: 1 + random.below(digits) }, () => random.below(10)).join('');
    const whole = text.replace(/^0+(?=\d)/, '');
    const sign = random.below(3) === 0 ? '-' : '';
    if (scale < 0) return `${sign}${whole}${whole === '0' ? '' : '0'.repeat(-scale)}`;
    if (scale === 0) return random.below(3) === 0 ? String(random.below(4)) : sign + whole;
    const padded = text.padStart(scale + 1, '0');
    const [before, after] = [padded.slice(0, -scale).replace(/^0+(?=\d)/, ''), padded.slice(-scale)];
    return `${sign}${before}.${random.below(4) === 0 ? after.replace(/0+$/, '') || '0' : after}`;
  }

  /** Bytes changed, cut off, doubled, or put inside many others. */
  private damage(text: Buffer): Buffer {
    const { random } = this;
    const at = random.below(text.length + 1);
    switch (random.below(6)) {
      case 0:
        return text.subarray(0, at);
      case 1:
        return Buffer.concat([text.subarray(0, at), Buffer.of(random.below(256)), text.subarray(at)]);
      case 2:
        return Buffer.concat([
          text.subarray(0, at),
          Buffer.from(random.pick(['"', '\\', '{', '[', '}', ']', ',', ':', '\\u12', '\t'])),
          text.subarray(at + 1),
        ]);
      case 3:
        return Buffer.from('['.repeat(100 + random.below(60)) + ']'.repeat(130));
      case 4:
        return Buffer.from(`{"$x":${'['.repeat(126 + random.below(3))}${']'.repeat(126 + random.below(3))}}`);
      default:
        return Buffer.concat([text.subarray(at), text.subarray(0, at)]);
    }
  }
}
