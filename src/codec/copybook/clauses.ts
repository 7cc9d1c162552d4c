import type { SourcePlace } from './copybook-error.js';
import type { Entry, Literal, LiteralRange, QualifiedName } from './entry.js';
import { floatingDigits, NUMERIC_LITERAL } from './lexer.js';
import { parsePicture } from './picture.js';
import { isName, type TokenReader } from './token-reader.js';
import { REFUSED_USAGES, USAGES, type Usage } from './usage.js';

const FIGURATIVE: Readonly<Record<string, string>> = {
  ZERO: 'ZERO',
  ZEROS: 'ZERO',
  ZEROES: 'ZERO',
  SPACE: 'SPACE',
  SPACES: 'SPACE',
  'HIGH-VALUE': 'HIGH-VALUE',
  'HIGH-VALUES': 'HIGH-VALUE',
  'LOW-VALUE': 'LOW-VALUE',
  'LOW-VALUES': 'LOW-VALUE',
  QUOTE: 'QUOTE',
  QUOTES: 'QUOTE',
  NULL: 'LOW-VALUE',
  NULLS: 'LOW-VALUE',
};

/** Clauses that we do not take; each is refused by its name, never skipped. */
const REFUSED_CLAUSES = new Set('DATE TYPE TYPEDEF ANY DYNAMIC LIKE SAME BASED CONSTANT ALIGNED PROPERTY'.split(' '));

/** Clauses that say nothing about bytes. */
const WITHOUT_EFFECT = new Set(['EXTERNAL', 'GLOBAL', 'VOLATILE']);

const CLAUSES = 'PICTURE, USAGE, OCCURS, REDEFINES, SIGN, SYNCHRONIZED, JUSTIFIED, BLANK WHEN ZERO, VALUE';

/** Whether a word begins a clause, so that an entry without a name is a FILLER. */
export function beginsClause(word: string): boolean {
  return USAGES.has(word) || word in CLAUSE || REFUSED_USAGES.has(word);
}

type ClauseReader = (reader: TokenReader, entry: Entry) => void;

const CLAUSE: Readonly<Record<string, ClauseReader>> = {
  PIC: readPicture,
  PICTURE: readPicture,
  USAGE: readUsageClause,
  'GROUP-USAGE': readGroupUsage,
  OCCURS: readOccurs,
  REDEFINES: readRedefines,
  SIGN: readSign,
  LEADING: readSign,
  TRAILING: readSign,
  SYNC: readSync,
  SYNCHRONIZED: readSync,
  JUST: readJustified,
  JUSTIFIED: readJustified,
  BLANK: readBlank,
  VALUE: readValue,
  VALUES: readValue,
};

const placeOf = ({ file, line, column }: SourcePlace): SourcePlace => ({ file, line, column });

/** Reads the clauses of an entry up to its period. */
export function readClauses(reader: TokenReader, entry: Entry): void {
  while (reader.token.kind !== 'period') {
    const { word } = reader;
    const clause = CLAUSE[word];
    if (clause !== undefined) clause(reader, entry);
    else if (USAGES.has(word)) readUsage(reader, entry);
    else if (WITHOUT_EFFECT.has(word)) reader.advance();
    else if (word === 'IS' && WITHOUT_EFFECT.has(reader.next.text.toUpperCase())) reader.advance();
    else if (REFUSED_USAGES.has(word) || REFUSED_CLAUSES.has(word)) reader.fail(`${word} is not supported`);
    else reader.expected(`'.' or a clause (${CLAUSES})`);
  }
  reader.advance();
}

function once(reader: TokenReader, present: unknown, clause: string): void {
  if (present !== undefined) reader.fail(`${clause} stands twice`);
}

function readPicture(reader: TokenReader, entry: Entry): void {
  once(reader, entry.picture, 'PICTURE');
  reader.advance();
  reader.accept('IS');
  const { token } = reader;
  if (token.kind !== 'picture') reader.expected('a PICTURE string');
  const text = withCounts(reader, token.text);
  const picture = parsePicture(text, reader.specialNames);
  if ('problem' in picture)
    reader.fail(`PICTURE ${text}: ${picture.problem}`, {
      file: token.file,
      line: token.line,
      column: token.column + (text === token.text ? picture.index : 0),
    });
  entry.picture = { ...picture, ...placeOf(token) };
  reader.advance();
}

const COUNT = /^\d{1,9}$/;

/** A PICTURE whose repetition counts are constants: X(N) with 10 for N is X(10). */
function withCounts(reader: TokenReader, picture: string): string {
  return picture.replace(/\(([^()]+)\)/g, (count: string, name: string) => {
    const constant = isName(name) ? reader.constants.get(name.toUpperCase()) : undefined;
    return constant === undefined || 'unknown' in constant || !COUNT.test(constant.text) ? count : `(${constant.text})`;
  });
}

function readUsageClause(reader: TokenReader, entry: Entry): void {
  reader.advance();
  reader.accept('IS');
  readUsage(reader, entry);
}

function readUsage(reader: TokenReader, entry: Entry): void {
  const { token, word } = reader;
  if (REFUSED_USAGES.has(word)) reader.fail(`USAGE ${word} is not supported`);
  const usage = USAGES.get(word);
  if (usage === undefined) reader.expected(`a USAGE (${[...USAGES.keys()].join(', ')})`);
  once(reader, entry.usage, 'USAGE');
  reader.advance();
  entry.usage = { usage: readSignedness(reader, usage), ...placeOf(token) };
}

/** GnuCOBOL's BINARY-LONG and its like may say UNSIGNED, and PACKED-DECIMAL WITH NO SIGN is its COMP-6. */
function readSignedness(reader: TokenReader, usage: Usage): Usage {
  if (usage === 'COMP-3' && (reader.accept('WITH') || reader.word === 'NO')) {
    if (!reader.accept('NO') || !reader.accept('SIGN')) reader.expected('NO SIGN');
    return 'COMP-6';
  }
  if (!usage.startsWith('BINARY-')) return usage;
  if (reader.accept('UNSIGNED')) return usage.endsWith('UNSIGNED') ? usage : (`${usage} UNSIGNED` as Usage);
  reader.accept('SIGNED');
  return usage;
}

function readGroupUsage(reader: TokenReader, entry: Entry): void {
  reader.advance();
  reader.accept('IS');
  if (reader.word !== 'NATIONAL') reader.expected('NATIONAL');
  readUsage(reader, entry);
}

function readOccurs(reader: TokenReader, entry: Entry): void {
  once(reader, entry.occurs, 'OCCURS');
  const place = placeOf(reader.advance());
  if (reader.word === 'UNBOUNDED') reader.fail('OCCURS UNBOUNDED is not supported');
  const first = reader.integer('the number of occurrences');
  const max = reader.accept('TO') ? readLargest(reader) : undefined;
  reader.accept('TIMES', 'TIME');
  const keys: QualifiedName[] = [];
  const dependingOn = readOccursPhrases(reader, keys);
  if ((max ?? first) < 1) reader.fail('a table has at least 1 occurrence', place);
  if (first > (max ?? first)) reader.fail('OCCURS counts up: the second number is the larger', place);
  if (max !== undefined && dependingOn === undefined) reader.expected('DEPENDING ON after OCCURS ... TO');
  if (dependingOn === undefined) entry.occurs = { ...place, min: first, max: first, keys };
  else entry.occurs = { ...place, min: max === undefined ? 1 : first, max: max ?? first, keys, dependingOn };
}

function readLargest(reader: TokenReader): number {
  if (reader.word === 'UNBOUNDED') reader.fail('OCCURS ... TO UNBOUNDED is not supported');
  return reader.integer('the largest number of occurrences');
}

/** The keys go to `keys`; index names are no data and are read over. Returns the name of the count. */
function readOccursPhrases(reader: TokenReader, keys: QualifiedName[]): QualifiedName | undefined {
  let dependingOn: QualifiedName | undefined;
  for (;;) {
    if (reader.accept('DEPENDING')) {
      reader.accept('ON');
      dependingOn = reader.qualifiedName('the name of the count');
    } else if (reader.accept('ASCENDING', 'DESCENDING')) {
      reader.accept('KEY');
      reader.accept('IS');
      keys.push(...readNames(reader, 'a key'));
    } else if (reader.accept('INDEXED')) {
      reader.accept('BY');
      readNames(reader, 'an index name');
    } else return dependingOn;
  }
}

const ENDS_NAMES = new Set(['ASCENDING', 'DESCENDING', 'INDEXED', 'DEPENDING']);

function readNames(reader: TokenReader, what: string): QualifiedName[] {
  const names = [reader.qualifiedName(what)];
  while (isName(reader.word) && !beginsClause(reader.word) && !ENDS_NAMES.has(reader.word))
    names.push(reader.qualifiedName(what));
  return names;
}

function readRedefines(reader: TokenReader, entry: Entry): void {
  once(reader, entry.redefines, 'REDEFINES');
  reader.advance();
  entry.redefines = reader.name('the name of the item redefined');
}

function readSign(reader: TokenReader, entry: Entry): void {
  once(reader, entry.sign, 'SIGN');
  const place = placeOf(reader.token);
  if (reader.accept('SIGN')) reader.accept('IS');
  const leading = reader.word === 'LEADING';
  if (!reader.accept('LEADING', 'TRAILING')) reader.expected('LEADING or TRAILING');
  const separate = reader.accept('SEPARATE');
  if (separate) reader.accept('CHARACTER');
  entry.sign = { leading, separate, ...place };
}

function readSync(reader: TokenReader, entry: Entry): void {
  once(reader, entry.sync, 'SYNCHRONIZED');
  entry.sync = reader.advance();
  reader.accept('LEFT', 'RIGHT'); // comments, by the SYNCHRONIZED clause
}

function readJustified(reader: TokenReader, entry: Entry): void {
  once(reader, entry.justified, 'JUSTIFIED');
  entry.justified = reader.advance();
  reader.accept('RIGHT');
}

function readBlank(reader: TokenReader, entry: Entry): void {
  once(reader, entry.blankWhenZero, 'BLANK WHEN ZERO');
  entry.blankWhenZero = reader.advance();
  reader.accept('WHEN');
  if (!reader.accept('ZERO', 'ZEROS', 'ZEROES')) reader.expected('ZERO');
}

function readValue(reader: TokenReader, entry: Entry): void {
  once(reader, entry.value, 'VALUE');
  reader.advance();
  reader.accept('IS', 'ARE');
  entry.value = readLiteral(reader);
  if (reader.token.kind === 'literal' || reader.word === 'FROM')
    reader.fail('a VALUE for each occurrence (FROM) is not supported');
}

/** A literal or figurative constant. */
export function readLiteral(reader: TokenReader): Literal {
  const all = reader.accept('ALL');
  const { token, word } = reader;
  const { text } = token;
  const place = placeOf(token);
  if (token.kind === 'literal') return { ...readQuoted(reader), all, ...place };
  if (word in FIGURATIVE) {
    reader.advance();
    return { kind: 'figurative', text: FIGURATIVE[word]!, all, ...place };
  }
  const number = reader.specialNames.decimalComma ? text.replace(/[.,]/g, point => (point === '.' ? ',' : '.')) : text;
  const floating = floatingDigits(number);
  if (floating === undefined && !NUMERIC_LITERAL.test(number)) reader.expected('a literal');
  reader.advance();
  if (floating !== undefined) return { kind: 'number', text: floating, all, floating: text, ...place };
  return { kind: 'number', text: number, all, ...place };
}

const HEX_DIGITS: Readonly<Record<string, [RegExp, string]>> = {
  X: [/^(?:[0-9A-F]{2})+$/i, 'pairs of hexadecimal digits'],
  NX: [/^(?:[0-9A-F]{4})+$/i, 'hexadecimal digits, four for each character'],
};

/** A literal in quotes: X and NX give bytes, N and G text of two bytes a character, Z text with a zero byte behind it. */
function readQuoted(reader: TokenReader): Pick<Literal, 'kind' | 'text'> {
  const { text, prefix = '' } = reader.token;
  if (!['', 'X', 'NX', 'N', 'G', 'Z'].includes(prefix)) reader.fail(`literals ${prefix}'...' are not supported`);
  const hex = HEX_DIGITS[prefix];
  if (hex !== undefined && !hex[0].test(text)) reader.fail(`expected ${hex[1]}`);
  reader.advance();
  return { kind: hex === undefined ? 'text' : 'hex', text: prefix === 'Z' ? `${text}\0` : text };
}

/** The values of an 88 level: literals and ranges, with an optional WHEN SET TO FALSE. */
export function readConditionValues(reader: TokenReader): LiteralRange[] {
  if (!reader.accept('VALUE', 'VALUES')) reader.expected('VALUE');
  reader.accept('IS', 'ARE');
  const ranges: LiteralRange[] = [];
  while (reader.token.kind !== 'period' && reader.word !== 'WHEN' && reader.word !== 'FALSE') {
    const from = readLiteral(reader);
    ranges.push(reader.accept('THRU', 'THROUGH') ? { from, to: readLiteral(reader) } : { from });
  }
  if (ranges.length === 0) reader.expected('a literal');
  if (reader.accept('WHEN')) {
    reader.accept('SET');
    reader.accept('TO');
  }
  if (reader.accept('FALSE')) {
    reader.accept('IS');
    readLiteral(reader);
  }
  return ranges;
}
