import { byteOf, NO_CHARACTER, type CodePage, type LayoutItem, type Leaf } from '../../record/index.js';
import { digitCharacters, type DigitCharacters } from './digit-characters.js';
import { byteAt } from './read-expression.js';

/** Longer text is made by the runtime: a call of so many arguments would be slower. */
const CHARACTERS_MAX = 64;
const POINT = '46';
const ZERO = '48';
const MINUS = '45';

/** Functions of a generated file that make a field's text from its bytes; fields of one form share theirs. */
export class TextFunctions {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  readonly lines: string[] = [];

  /** The function of a number's exact text, which gives undefined where its bytes are none; undefined where there is no function. */
  number(item: LayoutItem): string | undefined {
    const found = digitCharacters(item);
    if (found === undefined) return undefined;
    const { kind, scale } = item.leaf as Exclude<Leaf, { kind: 'text' } | { kind: 'float' }>;
    const about = `${kind}, ${item.size} bytes: ${found.codes.length} digits${scale === 0 ? '' : `, scale ${scale}`}`;
    return this.named(kind, 'string | undefined', about, numberLines(found, scale));
  }

  /** The function of text without its trailing spaces. */
  text({ size }: LayoutItem, page: CodePage): string | undefined {
    const isSingle = page.form === 'single' && !page.toUnicode.includes(NO_CHARACTER);
    if (!isSingle || size > CHARACTERS_MAX) return undefined;
    const codes = Array.from({ length: size }, (_, index) => `PAGE[${byteAt(index)}]!`);
    return this.named('text', 'string', `text of ${size} bytes`, [
      `let end = ${size};`,
      `while (end > 0 && b[at + end - 1] === ${byteOf(page, ' ')}) end--;`,
      "if (end === 0) return '';",
      `const text = String.fromCharCode(${codes.join(', ')});`,
      `return end === ${size} ? text : text.substring(0, end);`,
    ]);
  }

  private named(kind: string, type: string, about: string, body: readonly string[]): string {
    const key = `${kind} ${body.join('\n')}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `${kind}Text${count}`;
    this.names.set(key, name);
    const head = `function ${name}(b: Uint8Array, at: number): ${type} {`;
    this.lines.push('', `/** ${about}. */`, head, ...body.map(line => `  ${line}`), '}');
    return name;
  }
}

function numberLines({ lines, codes, isNegative, isZero }: DigitCharacters, scale: number): readonly string[] {
  const zeros = Math.max(0, codes.length - Math.max(scale, 0) - 1); // that may lead
  const names = codes.map((_, index) => `d${index}`);
  const list = withPoint(names, scale).join(', ');
  const isSigned = isNegative !== '';
  const text = isSigned
    ? `isNegative ? String.fromCharCode(${MINUS}, ${list}) : String.fromCharCode(${list})`
    : `String.fromCharCode(${list})`;
  return [
    ...lines,
    ...(scale < 0 ? [`if (${isZero}) return '0';`] : []),
    ...(isSigned && isNegative !== 'isNegative' ? [`const isNegative = ${isNegative};`] : []),
    `const ${names.map((name, index) => `${name} = ${codes[index]!}`).join(', ')};`,
    `const text = ${text};`,
    zeros === 0
      ? 'return text;'
      : `return d0 === ${ZERO} ? withoutZeros(text, ${zeros}, ${isSigned ? 'isNegative' : 'false'}) : text;`,
  ];
}

/** P on the left has zeros behind the point, P on the right zeros at the end. */
function withPoint(codes: readonly string[], scale: number): readonly string[] {
  if (scale <= 0) return [...codes, ...zeros(-scale)];
  const whole = codes.length - scale;
  return whole > 0
    ? [...codes.slice(0, whole), POINT, ...codes.slice(whole)]
    : [ZERO, POINT, ...zeros(-whole), ...codes];
}

const zeros = (count: number): readonly string[] => new Array<string>(count).fill(ZERO);
