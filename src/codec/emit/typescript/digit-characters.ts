import { numberDigits } from '../../columns/index.js';
import type { LayoutItem } from '../../record/index.js';
import { CHARACTER_BITS } from '../../typed/index.js';
import {
  byteAt,
  hasSpare,
  lastTable,
  readExpression,
  wordExpressions,
  binaryLimit,
  type NumberLeaf,
  type ReadExpression,
} from './read-expression.js';

/*
 * How generated code gets from a number's bytes to the characters of its digits without a number between them where the bytes hold
 * decimal digits, and by divisions of small integers where they are binary.
 */

/** The digits of one kind of number. `lines` declare what the others name; they return undefined where the bytes are no number. */
export interface DigitCharacters {
  readonly lines: readonly string[];
  /** Expressions of the character codes, the most significant first. */
  readonly codes: readonly string[];
  readonly isNegative: string; // '' where it never is
  readonly isZero: string;
}

/** The characters of an item's digits; undefined for what only the runtime reads: national digits and 16 bytes of binary. */
export function digitCharacters(item: LayoutItem): DigitCharacters | undefined {
  const leaf = item.leaf as NumberLeaf;
  if (leaf.kind === 'binary') return item.size > 8 ? undefined : binaryCharacters(item);
  if (leaf.kind === 'display' && leaf.national) return undefined;
  return decimalCharacters(leaf.kind === 'display' ? displayEntries(item) : packedEntries(item));
}

/** An entry of a table of character-tables.ts, and how many digits it has. */
interface Entry {
  readonly expression: string;
  readonly digits: 0 | 1 | 2;
}

/** CHARACTER_BITS as numbers: engines do not fold what another module exports. */
const BITS = {
  digits: `0x${CHARACTER_BITS.digits.toString(16)}`,
  minus: `0x${CHARACTER_BITS.minus.toString(16)}`,
  bad: `0x${CHARACTER_BITS.bad.toString(16)}`,
};

function decimalCharacters(entries: readonly Entry[]): DigitCharacters {
  const names = entries.map((_, index) => `c${index}`);
  const codes = entries.flatMap(({ digits }, index) => pairCodes(names[index]!).slice(2 - digits));
  return {
    lines: [
      ...entries.map(({ expression }, index) => `const ${names[index]!} = ${expression};`),
      `const all = ${names.join(' | ')};`,
      `if ((all & ${BITS.bad}) !== 0) return undefined;`,
    ],
    codes,
    isNegative: `(all & ${BITS.minus}) !== 0 && (all & ${BITS.digits}) !== 0`,
    isZero: `(all & ${BITS.digits}) === 0`,
  };
}

/** The two characters of an entry; above them a pair has no bits. */
const pairCodes = (name: string): readonly [string, string] => [`${name} >> 8`, `${name} & 255`];

function displayEntries({ size, leaf }: LayoutItem): readonly Entry[] {
  const { sign } = leaf as NumberLeaf & { kind: 'display' };
  const signAt = sign === 'none' ? -1 : sign.startsWith('leading') ? 0 : size - 1;
  const isSeparate = sign.endsWith('separate');
  return Array.from({ length: size }, (_, index) => {
    if (index !== signAt) return { expression: `DIGIT_CHARACTERS[${byteAt(index)}]!`, digits: 1 };
    if (isSeparate) return { expression: `SEPARATE_CHARACTERS[${byteAt(index)}]!`, digits: 0 };
    return { expression: `OVERPUNCHED_CHARACTERS[${byteAt(index)}]!`, digits: 1 };
  });
}

function packedEntries(item: LayoutItem): readonly Entry[] {
  const leaf = item.leaf as NumberLeaf & { kind: 'packed' };
  return Array.from({ length: item.size }, (_, index) => {
    const byte = byteAt(index);
    if (leaf.signNibble && index === item.size - 1)
      return { expression: `${lastTable(leaf)}_CHARACTERS[${byte}]!`, digits: 1 };
    if (index === 0 && hasSpare(item, leaf)) return { expression: `SPARE_CHARACTERS[${byte}]!`, digits: 1 };
    return { expression: `PAIR_CHARACTERS[${byte}]!`, digits: 2 };
  });
}

/** Groups of eight digits: a double is parted by divisions, and so are the two words of what a double does not hold. */
function binaryCharacters(item: LayoutItem): DigitCharacters {
  const leaf = item.leaf as NumberLeaf & { kind: 'binary' };
  const digits = numberDigits(leaf, item.size);
  const found = readExpression(item);
  const lines = found === undefined ? wordLines(item, leaf) : doubleLines(found);
  const groups = ['top', 'middle', 'low'].slice(-Math.ceil(digits / GROUP_DIGITS));
  const pairs = groups.flatMap(pairsOf).slice(-Math.ceil(digits / 2));
  return {
    lines: [...lines, ...groups.flatMap(halves), ...pairs.map(([name, value]) => `const ${name} = ${value};`)],
    codes: pairs.flatMap(([name]) => pairCodes(name)).slice(-digits),
    isNegative: leaf.signed ? 'isNegative' : '',
    isZero: found === undefined ? 'quotient === 0 && low === 0' : 'n === 0',
  };
}

const GROUP_DIGITS = 8;

function doubleLines({ low, limit }: ReadExpression): readonly string[] {
  return [
    `const n = ${low};`,
    ...(limit > 0n ? [`if (!(n <= ${limit} && n >= -${limit})) return undefined;`] : []),
    'const isNegative = n < 0;',
    'const size = isNegative ? -n : n;',
    'const middle = Math.floor(size / 1e8);',
    'const low = (size - middle * 1e8) | 0;',
  ];
}

function wordLines(item: LayoutItem, leaf: NumberLeaf & { kind: 'binary' }): readonly string[] {
  const { high, low } = wordExpressions(item, leaf);
  const limit = binaryLimit(leaf);
  return [
    `let high = ${high};`,
    `let word = ${low};`,
    'const isNegative = high < 0;',
    'if (isNegative) {',
    '  high = word === 0 ? -high : ~high;',
    '  word = -word >>> 0;',
    '}',
    'const quotient = quotient64(high, word);',
    ...(limit === 0n ? [] : [`if (quotient >= ${(limit + 1n) / 10n ** BigInt(GROUP_DIGITS)}) return undefined;`]),
    'const top = Math.floor(quotient / 1e8);',
    'const middle = (quotient - top * 1e8) | 0;',
    'const low = rest64(word, quotient);',
  ];
}

/** A group as two numbers of four digits. */
const halves = (group: string): readonly string[] => [
  `const ${group}1 = (${group} / 10000) | 0;`,
  `const ${group}0 = ${group} - ${group}1 * 10000;`,
];

/** The four pairs of a group, by name and expression. */
function pairsOf(group: string): readonly (readonly [name: string, value: string])[] {
  return [`${group}1`, `${group}0`].flatMap(half => [
    [`${half}High`, `DECIMAL_PAIRS[(${half} / 100) | 0]!`] as const,
    [`${half}Low`, `DECIMAL_PAIRS[${half} % 100]!`] as const,
  ]);
}
