import { USAGES } from '../codec/index.js';

/** What a field that is given as data says of its value; `problem` where it cannot be said in clauses. */
export interface FieldType {
  readonly type?: string | undefined;
  readonly picture?: string | undefined;
  readonly usage?: string | undefined;
  readonly length?: number | undefined; // bytes in the record
  readonly digits?: number | undefined;
  readonly scale?: number | undefined;
  readonly signed?: boolean | undefined;
  readonly sign?: keyof typeof SIGNS | undefined;
}

/** Where the sign of a DISPLAY number stands, and the clause that says so. */
export const SIGNS = {
  trailing: 'SIGN TRAILING',
  leading: 'SIGN LEADING',
  'trailing-separate': 'SIGN TRAILING SEPARATE',
  'leading-separate': 'SIGN LEADING SEPARATE',
} as const;

/** Words of other languages for what COBOL says by PICTURE and USAGE. */
const WORDS: ReadonlyMap<string, { readonly symbol: 'X' | '9' | ''; readonly usage: string }> = new Map(
  [
    ['string text char character varchar alphanumeric alpha', 'X', ''],
    ['number numeric integer int decimal zoned zoned-decimal display', '9', ''],
    ['packed packed-decimal bcd comp-3', '9', 'COMP-3'],
    ['binary comp comp-4', '9', 'BINARY'],
    ['comp-5', '9', 'COMP-5'],
    ['comp-6', '9', 'COMP-6'],
    ['float comp-1', '', 'COMP-1'],
    ['double comp-2', '', 'COMP-2'],
    ['group', '', ''],
  ].flatMap(([words, symbol, usage]) => words!.split(' ').map(word => [word, { symbol, usage }] as const)) as never,
);

/** COMP items of these bytes have as many digits, by the USAGE clause. */
const BINARY_DIGITS: Readonly<Record<number, number>> = { 2: 4, 4: 9, 8: 18 };
const PICTURE = /^(?=.*[X9ANGZ*])[SXA9NGVPZ*+\-$.,/B0CRD()\d]+$/i;
/** A picture of one symbol, which leaves it to `length` and `digits` how often it stands. */
const SYMBOL = /^(S?)([XA9])$/i;
/** What a type may be, for messages. */
export const KNOWN_TYPES =
  'a PICTURE such as X(10) or S9(7)V99 COMP-3, or string, number, packed, binary, float or double with a length';

/** The clauses PICTURE, USAGE and SIGN of a field; or what is wrong with it. */
export function typeClauses(given: FieldType): string | { readonly problem: string } {
  const field = withoutSize(given);
  const parts = typeParts(field);
  if ('problem' in parts) return parts;
  const usage = (field.usage ?? parts.usage).trim();
  const sign = field.sign === undefined ? '' : SIGNS[field.sign];
  const symbol = SYMBOL.exec(parts.picture);
  const counted = field.length ?? field.digits;
  if (symbol === null || counted === undefined) return clauses(parts.picture, usage, sign);
  const [, s, letter = ''] = symbol;
  if (s !== '' && field.signed === false)
    return { problem: `the key signed says false, but its type says ${symbol[0]}` };
  if (letter !== '9') return clauses(`${letter}(${counted})`, usage, sign);
  const picture = numberPicture({ ...field, signed: field.signed ?? s !== '' }, usage);
  return typeof picture === 'string' ? clauses(picture, usage, sign) : picture;
}

function clauses(picture: string, usage: string, sign: string): string {
  return [picture === '' ? '' : `PIC ${picture}`, usage, sign].filter(part => part !== '').join(' ');
}

interface TypeParts {
  readonly picture: string;
  readonly usage: string; // and whatever clauses stand behind
}

/** A word as it is in our list: `packedDecimal`, `PACKED_DECIMAL` and `Packed Decimal` are packed-decimal, `COMP3` and `computational-3` comp-3. */
function plainWord(text: string): string {
  return text
    .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/^comp(?:utational)?-?(?=\d?$)/, 'comp-')
    .replace(/-$/, '');
}

/** `decimal(9,2)` and `char(10)`, as SQL has them, say their digits or characters behind the word. */
const SIZED = /^(\D+?)\s*\((\d{1,9})(?:\s*,\s*(\d{1,9}))?\)$/;

/** A field whose type is a word with its size, as one with that size beside it. */
function withoutSize(field: FieldType): FieldType {
  const [, word = '', size, scale] = SIZED.exec(field.type?.trim() ?? '') ?? [];
  const known = WORDS.get(plainWord(word));
  if (known === undefined || known.symbol === '') return field;
  const counted = known.symbol === 'X' ? { length: Number(size) } : { digits: Number(size) };
  return { ...field, ...counted, type: word, ...(scale === undefined ? {} : { scale: Number(scale) }) };
}

/** A type is a PICTURE with clauses behind it, a USAGE that needs none, or one of the words. */
function typeParts({
  type = '',
  picture,
  signed,
  length,
  digits,
}: FieldType): TypeParts | { readonly problem: string } {
  const text = type.trim().replace(/^PIC(TURE)?\s+(IS\s+)?/i, '');
  const word = WORDS.get(plainWord(text));
  if (picture !== undefined) return pictureParts(picture, word?.usage ?? text);
  if (word !== undefined && word.symbol !== '' && (length ?? digits) === undefined)
    return { problem: `the type ${JSON.stringify(type)} needs a length` };
  if (word !== undefined) return { picture: wordSymbol(word, signed), usage: word.usage };
  const [first = '', ...rest] = text.split(/\s+/);
  if (PICTURE.test(first)) return { picture: first.toUpperCase(), usage: rest.join(' ') };
  if (text === '' || USAGES.has(first.toUpperCase())) return { picture: '', usage: text };
  return { problem: `the type ${JSON.stringify(type)} is not known; expected ${KNOWN_TYPES}` };
}

function pictureParts(picture: string, usage: string): TypeParts {
  const text = picture.trim().replace(/^PIC(TURE)?\s+(IS\s+)?/i, '');
  const [first = '', ...rest] = text.split(/\s+/);
  return { picture: first.toUpperCase(), usage: [...rest, usage].join(' ') };
}

/** Packed and binary numbers are signed unless they say otherwise, as programs have them; DISPLAY numbers are not. */
function wordSymbol({ symbol, usage }: { symbol: string; usage: string }, signed: boolean | undefined): string {
  const isSigned = signed ?? (usage !== '' && usage !== 'COMP-6');
  return symbol === '9' && isSigned ? 'S9' : symbol;
}

function numberPicture(field: FieldType, usage: string): string | { readonly problem: string } {
  const { scale = 0, signed = false } = field;
  const digits = field.digits ?? digitsOfLength(field, usage);
  if (digits === undefined)
    return { problem: `a COMP item has 2, 4 or 8 bytes, not ${field.length}; give digits for others` };
  if (scale < 0 || scale > digits) return { problem: `the scale ${scale} is not 0 to ${digits}, its digits` };
  const whole = digits - scale;
  return `${signed ? 'S' : ''}${whole > 0 ? `9(${whole})` : ''}${scale > 0 ? `V9(${scale})` : ''}`;
}

/** As many digits as the bytes hold. */
function digitsOfLength({ length = 0, sign }: FieldType, usage: string): number | undefined {
  const words = usage.toUpperCase().split(/\s+/);
  const known = words.map(word => USAGES.get(word)).find(found => found !== undefined) ?? 'DISPLAY';
  if (known === 'COMP-3') return length * 2 - 1;
  if (known === 'COMP-6') return length * 2;
  if (known === 'BINARY' || known === 'COMP-5') return BINARY_DIGITS[length];
  const isSeparate = sign?.endsWith('separate') === true || words.includes('SEPARATE');
  return length - (isSeparate ? 1 : 0);
}
