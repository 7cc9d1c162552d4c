import { EvaluationError, ParseError, TypeError as CheckError, type Environment } from '@marcbachmann/cel-js';

import { ConfigError, dataValueOf, HeadraceError, type DataRecord, type DataValue } from '../model/index.js';
import { withPlainNames } from './cobol-words.js';
import { createEnvironment, EXPRESSION_LENGTH_MAX } from './environment.js';
import { LINEAR_MATCHES } from './functions.js';
import { adaptSyntax, fieldName, Rounds } from './syntax.js';
import { operandOf, recordOperand } from './values.js';

/** A place in an expression; both count from 1. */
export interface ExpressionPlace {
  readonly line: number;
  readonly column: number;
}

/** The operands of one record, made once for all expressions that read it. */
export interface ExpressionScope {
  readonly variables: ReadonlyMap<string, unknown>;
}

let environment: Environment | undefined;

/** Names the whole record; each of its fields is a name of its own beside it. */
const RECORD = 'record';

/**
 * The names an expression may use for a record: its fields, `record` for the whole, and what `more` adds (`rule`, `source`). A field named `record`
 * is `record.record`.
 */
export function expressionScope(record: DataRecord, more: DataRecord = {}): ExpressionScope {
  const fields = recordOperand(record);
  const variables = new Map<string, unknown>(
    Object.getOwnPropertyNames(fields).map(name => [fieldName(name), fields[name]]),
  );
  variables.set(RECORD, fields);
  for (const [name, value] of Object.entries(more)) variables.set(fieldName(name), operandOf(value));
  return { variables };
}

/** A compiled CEL expression: it reads a record, changes nothing, and ends within a bound. */
export class Expression {
  readonly source: string;
  readonly #evaluate: (context: ReadonlyMap<string, unknown>) => unknown;
  readonly #rounds = new Rounds();

  /**
   * Compiles an expression. Throws ConfigError `HR_EXPRESSION` naming line and column for what is no expression: wrong syntax, an unknown function,
   * operands that no operator takes, more than 10,000 characters.
   */
  constructor(source: string) {
    this.source = source;
    if (source.length > EXPRESSION_LENGTH_MAX)
      throw compileError(source, 0, `it has ${source.length} characters, more than ${EXPRESSION_LENGTH_MAX}`);
    environment ??= createEnvironment();
    try {
      const parsed = environment.parse(withPlainNames(source));
      adaptSyntax(parsed.ast, this.#rounds);
      const { error } = parsed.check();
      if (error !== undefined) throw error;
      this.#evaluate = parsed as (context: unknown) => unknown;
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof CheckError)) throw error;
      throw compileError(source, error.range?.start ?? 0, callProblem(environment, error.summary));
    }
  }

  /** The expression's value for a record. Throws HeadraceError `HR_EXPRESSION_VALUE` naming line and column. */
  evaluate(scope: ExpressionScope): DataValue {
    this.#rounds.reset();
    try {
      return dataValueOf(this.#evaluate(scope.variables));
    } catch (error) {
      throw this.#valueError(error as Error);
    }
  }

  #valueError(error: Error): HeadraceError {
    const isFound = error instanceof EvaluationError || error instanceof CheckError;
    const place = placeOf(this.source, isFound ? (error.range?.start ?? 0) : 0);
    const reason = isFound ? unknownName(error.code, error.summary) : error.message;
    return new HeadraceError('HR_EXPRESSION_VALUE', `${reason}${placeText(place)} of ${quoted(this.source)}`, {
      cause: error,
      details: { expression: this.source, ...place },
    });
  }
}

const NO_CALL = /^found no matching overload for '(?:\w+\.)?(\w+)\(/;

/** What a call can be: the names of functions where there is none of its name, else how it is called. */
function callProblem(environment: Environment, summary: string): string {
  const name = NO_CALL.exec(summary)?.[1];
  if (name === undefined) return summary;
  const { functions } = environment.getDefinitions();
  const same = functions.filter(known => known.name === name).map(({ signature }) => signature);
  if (same.length > 0) return `${summary}; it is called as ${same.join(' or ')}`;
  const names = [...new Set(functions.map(known => known.name))].filter(known => known !== LINEAR_MATCHES);
  return `there is no function ${name}; there are ${names.sort().join(', ')}`;
}

function unknownName(code: string, summary: string): string {
  if (code === 'unknown_variable')
    return `${summary.replace(/^Unknown variable: \$?/, 'the record has no field ')} (an absent one is read as record.?name.orValue("…"))`;
  return summary.replaceAll(/dyn<([^<>]+)>/g, '$1');
}

function compileError(source: string, at: number, reason: string): ConfigError {
  const place = placeOf(source, at);
  return new ConfigError('HR_EXPRESSION', `${quoted(source)} is no expression${placeText(place)}: ${reason}`, {
    details: { expression: source, reason, ...place },
  });
}

function placeOf(source: string, at: number): ExpressionPlace {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}

function placeText({ line, column }: ExpressionPlace): string {
  return ` at line ${line}, column ${column}`;
}

const QUOTED_MAX = 80;

function quoted(source: string): string {
  const text = source.replaceAll(/\s+/g, ' ');
  return `\`${text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX - 1)}…` : text}\``;
}
