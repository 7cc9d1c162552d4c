import type { Token } from './lexer.js';
import type { SpecialNames } from './picture-parts.js';
import type { TokenReader } from './token-reader.js';

/** SPECIAL-NAMES paragraph: what cannot be a currency sign. */
const NO_CURRENCY = /^[0-9A-EGNPRSVXZa-egnprsvxz+\-,.*/;()"'= ]$/;

/** Whether CURRENCY SIGN may say it: one character that means nothing else in a PICTURE. */
export function isCurrency(sign: string): boolean {
  return sign.length === 1 && !NO_CURRENCY.test(sign);
}

/** What a currency sign of several characters cannot have: what stands for digits, signs and the point beside it. */
const NO_CURRENCY_TEXT = /^ *$|[0-9+\-.,*]/;
const CURRENCY_SIZE_MAX = 32;

const SECTIONS = new Set(['FILE', 'WORKING-STORAGE', 'LOCAL-STORAGE', 'LINKAGE']);
const NO_DATA = new Set(['PROCEDURE', 'REPORT', 'SCREEN', 'COMMUNICATION']);
const BEFORE_DATA = new Set(['IDENTIFICATION', 'ID', 'ENVIRONMENT']);
/** Statements of embedded SQL that say nothing of bytes: DECLARE, and BEGIN and END of a DECLARE SECTION. */
const SQL_DECLARATIONS = new Set(['DECLARE', 'BEGIN', 'END']);
const FILE_ENTRIES = new Set(['FD', 'SD']);

/**
 * Reads over what stands around the data descriptions of a whole program: the divisions before DATA, the headers of sections,
 * FD entries and declarations of SQL. False where none of them stands here. Divisions and sections of another kind are refused by name.
 */
export function skipHeader(reader: TokenReader): boolean {
  const { word } = reader;
  const next = reader.next.text.toUpperCase();
  if (FILE_ENTRIES.has(word)) skipSentence(reader);
  else if (word === 'EXEC' && next === 'SQL') skipDeclaration(reader);
  else if (next === 'DIVISION' && BEFORE_DATA.has(word)) skipToData(reader);
  else if ((next === 'DIVISION' && word === 'DATA') || (next === 'SECTION' && SECTIONS.has(word))) skipSentence(reader);
  else if ((next === 'DIVISION' || next === 'SECTION') && NO_DATA.has(word))
    reader.fail(`${word} ${next} is not supported: only data descriptions are`);
  else return false;
  return true;
}

/** DB2's DCLGEN writes `EXEC SQL DECLARE name TABLE (...) END-EXEC` above the record of a table; it says nothing of bytes. */
function skipDeclaration(reader: TokenReader): void {
  reader.advance();
  reader.advance();
  if (!SQL_DECLARATIONS.has(reader.word)) reader.fail(`EXEC SQL ${reader.token.text} is not supported in a copybook`);
  while (reader.word !== 'END-EXEC') {
    if (reader.token.kind === 'end') reader.expected('END-EXEC');
    reader.advance();
  }
  reader.advance();
  if (reader.token.kind === 'period') reader.advance();
}

function skipSentence(reader: TokenReader): void {
  const first = reader.advance();
  while (reader.token.kind !== 'period' && reader.token.kind !== 'end') reader.advance();
  reader.period(first.text);
}

function skipToData(reader: TokenReader): void {
  while (reader.token.kind !== 'end' && !(reader.word === 'DATA' && reader.next.text.toUpperCase() === 'DIVISION'))
    reader.advance();
}

/** DECIMAL-POINT IS COMMA and CURRENCY SIGN as the SPECIAL-NAMES paragraph of a whole program says, else as given. */
export function specialNamesOf(reader: TokenReader, given: SpecialNames): SpecialNames {
  let { decimalComma } = given;
  const currencies = new Map<string, string>();
  while (reader.token.kind !== 'end' && reader.word !== 'SPECIAL-NAMES') reader.advance();
  while (reader.token.kind !== 'end' && reader.word !== 'DIVISION') {
    if (reader.accept('DECIMAL-POINT')) {
      reader.accept('IS');
      decimalComma = reader.accept('COMMA') || reader.expected('COMMA');
    } else if (reader.accept('CURRENCY')) readCurrency(reader, currencies);
    else reader.advance();
  }
  return { decimalComma, currencies: currencies.size === 0 ? given.currencies : currencies };
}

/** One CURRENCY SIGN clause: the sign, which is its own symbol or has another, WITH PICTURE SYMBOL. */
function readCurrency(reader: TokenReader, currencies: Map<string, string>): void {
  reader.accept('SIGN');
  reader.accept('IS');
  const sign = readSign(reader);
  reader.accept('WITH');
  const symbol = reader.accept('PICTURE', 'PIC') ? readSymbol(reader) : sign;
  if (!isCurrency(symbol.text))
    reader.fail(`'${symbol.text}' cannot be a currency sign; expected one such as $`, symbol);
  if (symbol !== sign && (NO_CURRENCY_TEXT.test(sign.text) || sign.text.length > CURRENCY_SIZE_MAX))
    reader.fail(
      `'${sign.text}' cannot stand for ${symbol.text}: it has a digit, + - . , or *, or its length is not 1 to 32`,
      sign,
    );
  if (currencies.has(symbol.text)) reader.fail(`the currency symbol ${symbol.text} stands twice`, symbol);
  currencies.set(symbol.text, sign.text);
}

/** SYMBOL stands where a PICTURE string would, and so is read as one. */
function readSymbol(reader: TokenReader): Token {
  const { kind, text } = reader.token;
  if (kind !== 'picture' || text.toUpperCase() !== 'SYMBOL') reader.expected('SYMBOL');
  reader.advance();
  reader.accept('IS');
  return readSign(reader);
}

function readSign(reader: TokenReader): Token {
  const { kind, prefix } = reader.token;
  if (kind !== 'literal') reader.expected('a literal');
  if (prefix !== '') reader.fail(`a currency sign ${prefix}'...' is not supported; write its characters`);
  return reader.advance();
}
