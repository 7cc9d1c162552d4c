import { Environment } from '@marcbachmann/cel-js';

import { Decimal, HeadraceError, type DecimalLike } from '../model/index.js';
import { registerFunctions } from './functions.js';

/** What an expression may be at most; a longer one is refused before it is parsed. */
export const EXPRESSION_LENGTH_MAX = 10_000;
const LIMITS = { maxAstNodes: 2_000, maxDepth: 64, maxListElements: 1_000, maxMapEntries: 1_000, maxCallArguments: 16 };

const ARITHMETIC: Readonly<Record<string, (left: Decimal, right: DecimalLike) => Decimal>> = {
  '+': (left, right) => left.plus(right),
  '-': (left, right) => left.minus(right),
  '*': (left, right) => left.times(right),
  '%': remainder,
  '/': () => {
    throw new HeadraceError(
      'HR_EXPRESSION_VALUE',
      'a quotient may have no last digit: write divide(a, b, decimals) or divide(a, b, decimals, "halfUp")',
    );
  },
};

/** What is left of a division to a whole quotient, with the sign of the dividend, as CEL has it for its own whole numbers. */
function remainder(left: Decimal, right: DecimalLike): Decimal {
  const divisor = Decimal.from(right);
  if (divisor.unscaled === 0n)
    throw new HeadraceError('HR_EXPRESSION_VALUE', 'there is no remainder of a division by 0');
  const scale = Math.max(left.scale, divisor.scale);
  return new Decimal(left.rounded(scale).unscaled % divisor.rounded(scale).unscaled, scale);
}

const COMPARISON: Readonly<Record<string, (order: number) => boolean>> = {
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

/** Decimals among themselves, and with CEL's whole numbers on either side. */
function registerDecimal(environment: Environment): void {
  environment.registerType('Decimal', Decimal);
  const pairs = [
    ['Decimal', 'Decimal'],
    ['Decimal', 'int'],
    ['int', 'Decimal'],
  ] as const;
  for (const [left, right] of pairs) {
    for (const [sign, apply] of Object.entries(ARITHMETIC))
      environment.registerOperator(`${left} ${sign} ${right}: Decimal`, (a: DecimalLike, b: DecimalLike) =>
        apply(Decimal.from(a), b),
      );
    for (const [sign, holds] of Object.entries(COMPARISON))
      environment.registerOperator(`${left} ${sign} ${right}: bool`, (a: DecimalLike, b: DecimalLike) =>
        holds(Decimal.from(a).compare(b)),
      );
  }
  for (const right of ['Decimal', 'int'])
    environment.registerOperator(`Decimal == ${right}: bool`, (a: Decimal, b: DecimalLike) => a.equals(b));
  environment.registerOperator('-Decimal', (value: Decimal) => value.negated());
}

/** CEL with exact decimals and our functions; a name that is not known is looked for in the record. */
export function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: LIMITS,
  });
  registerDecimal(environment);
  registerFunctions(environment);
  return environment;
}
