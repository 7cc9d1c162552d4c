import { evaluate, ExpressionProblem, type Precedence } from './constant-expression.js';
import { readLiteral } from './clauses.js';
import type { Constant, TokenReader } from './token-reader.js';

const INTEGER = /^[+-]?\d{1,38}$/;
/** Names stand for literals that are joined again; without a bound each could double the last. */
const LITERAL_SIZE_MAX = 8192;
/** Words of the compiler's own storage: sizes and places of items. */
const OF_STORAGE = new Set(['LENGTH', 'BYTE-LENGTH', 'START', 'NEXT']);

/** Level 78 behind its name: VALUE, and what the name stands for from there on. */
export function readLevel78(reader: TokenReader): Constant {
  readGlobal(reader);
  if (!reader.accept('VALUE', 'VALUES')) reader.expected('VALUE');
  reader.accept('IS');
  return readConstant(reader, 'left-to-right');
}

/** `01 NAME CONSTANT AS 10` behind its name. */
export function readConstantEntry(reader: TokenReader): Constant {
  reader.advance();
  readGlobal(reader);
  if (reader.word === 'FROM') reader.fail('CONSTANT FROM is not supported; write the value behind AS');
  reader.accept('AS');
  return readConstant(reader, 'operators');
}

function readGlobal(reader: TokenReader): void {
  if (reader.word === 'IS' && reader.next.text.toUpperCase() === 'GLOBAL') reader.advance();
  reader.accept('GLOBAL');
}

/** A literal, literals joined by &, a figurative constant, or an expression of whole numbers. */
function readConstant(reader: TokenReader, precedence: Precedence): Constant {
  const first = reader.token;
  if (OF_STORAGE.has(reader.word)) return { unknown: expressionText(reader) };
  if (first.kind === 'literal') return joined(reader);
  if (first.kind !== 'word') reader.expected('a literal');
  if (reader.next.kind === 'period' && !/[()]/.test(first.text)) {
    readLiteral(reader);
    return { kind: first.kind, text: first.text };
  }
  return { kind: 'word', text: String(integerOf(reader, precedence)) };
}

function joined(reader: TokenReader): Constant {
  const { kind, text, prefix } = reader.advance();
  let whole = text;
  while (reader.accept('&')) {
    if (reader.token.kind !== 'literal' || reader.token.prefix !== prefix)
      reader.expected('a literal of the same kind');
    if (whole.length + reader.token.text.length > LITERAL_SIZE_MAX)
      reader.fail(`the literal is longer than ${LITERAL_SIZE_MAX} characters`);
    whole += reader.advance().text;
  }
  return { kind, text: whole, ...(prefix === undefined ? {} : { prefix }) };
}

function integerOf(reader: TokenReader, precedence: Precedence): bigint {
  const place = reader.token;
  const text = expressionText(reader);
  try {
    return evaluate(text, precedence, name => constantInteger(reader, name));
  } catch (cause) {
    if (cause instanceof ExpressionProblem) reader.fail(`${text}: ${cause.message}`, place);
    throw cause;
  }
}

function constantInteger(reader: TokenReader, name: string): bigint {
  const constant = reader.constants.get(name.toUpperCase());
  if (constant === undefined) throw new ExpressionProblem(`${name} is no constant (level 78) above`);
  if ('unknown' in constant || !INTEGER.test(constant.text)) throw new ExpressionProblem(`${name} is no whole number`);
  return BigInt(constant.text);
}

function expressionText(reader: TokenReader): string {
  const words: string[] = [];
  while (reader.token.kind === 'word') words.push(reader.advance().text);
  return words.join(' ');
}
