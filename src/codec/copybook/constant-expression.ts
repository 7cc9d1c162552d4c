/** How an expression of constants is read: by the precedence of operators, or from left to right as level 78 has it. */
export type Precedence = 'operators' | 'left-to-right';

const WORD = /\s*(\*\*|[-+*/()]|[A-Za-z0-9][\w-]*|\S)/y;
const DEPTH_MAX = 64;
const POWER_MAX = 127n;
/** No item has more digits. */
const LARGEST = 10n ** 38n;

/** The operators, those that bind least first; a division cuts the fraction off. */
const OPERATORS: readonly Readonly<Record<string, (left: bigint, right: bigint) => bigint>>[] = [
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': divide },
  { '**': power },
];
const ALL_OPERATORS = Object.assign({}, ...OPERATORS) as (typeof OPERATORS)[number];

/** Why an expression has no value. */
export class ExpressionProblem extends Error {}

/**
 * The integer that an expression of constants is: numbers, `+ - * / **` and parentheses; `named` gives the integer of a name. Throws
 * ExpressionProblem.
 */
export function evaluate(text: string, precedence: Precedence, named: (name: string) => bigint): bigint {
  return new Evaluator(text, precedence === 'operators' ? OPERATORS : [ALL_OPERATORS], named).value();
}

class Evaluator {
  private readonly words: string[] = [];
  private at = 0;
  private depth = 0;

  constructor(
    text: string,
    private readonly levels: typeof OPERATORS,
    private readonly named: (name: string) => bigint,
  ) {
    const pattern = new RegExp(WORD);
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) this.words.push(match[1]!);
  }

  value(): bigint {
    const value = this.operation(0);
    if (this.at < this.words.length) throw new ExpressionProblem(`expected an operator, found ${this.words[this.at]}`);
    return value;
  }

  /** Operands joined by the operators of a level, each of the levels above it. */
  private operation(level: number): bigint {
    const operators = this.levels[level];
    if (operators === undefined) return this.operand();
    let value = this.operation(level + 1);
    for (;;) {
      const operator = operators[this.words[this.at] ?? ''];
      if (operator === undefined) return value;
      this.at++;
      value = operator(value, this.operation(level + 1));
      if (value >= LARGEST || value <= -LARGEST) throw new ExpressionProblem('the number has more than 38 digits');
    }
  }

  private operand(): bigint {
    let sign = 1n;
    for (; this.words[this.at] === '-' || this.words[this.at] === '+'; this.at++)
      if (this.words[this.at] === '-') sign = -sign;
    const word = this.words[this.at++];
    if (word === undefined) throw new ExpressionProblem('expected a number behind the operator');
    if (word === '(') return sign * this.inner();
    return sign * (/^\d{1,38}$/.test(word) ? BigInt(word) : this.named(word));
  }

  private inner(): bigint {
    if (++this.depth > DEPTH_MAX)
      throw new ExpressionProblem(`more than ${DEPTH_MAX} parentheses stand in one another`);
    const value = this.operation(0);
    if (this.words[this.at++] !== ')') throw new ExpressionProblem('expected )');
    this.depth--;
    return value;
  }
}

function divide(left: bigint, right: bigint): bigint {
  if (right === 0n) throw new ExpressionProblem('nothing can be divided by zero');
  return left / right;
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n || exponent > POWER_MAX) throw new ExpressionProblem(`a power is between 0 and ${POWER_MAX}`);
  return base ** exponent;
}
