import { EvaluationError, type ASTNode } from '@marcbachmann/cel-js';

import { CapacityError, Decimal } from '../model/index.js';
import { LINEAR_MATCHES } from './functions.js';

/** An expression does at most this many rounds of map, filter, all and exists together for one record. */
export const ROUNDS_MAX = 100_000;

/** Counts the rounds of one evaluation. */
export class Rounds {
  #left = ROUNDS_MAX;

  reset(): void {
    this.#left = ROUNDS_MAX;
  }

  /** Throws CapacityError when there were too many. */
  count(): void {
    if (--this.#left < 0)
      throw new CapacityError(
        'HR_CAPACITY',
        `an expression goes through at most ${ROUNDS_MAX} elements for one record`,
      );
  }
}

/** A node as the library keeps it; its declared type has the arguments read-only. */
interface Node {
  readonly op: string;
  args: unknown;
  readonly start: number;
  readonly end: number;
  readonly input: string;
  readonly maybeAsync: boolean;
  /** What a macro was expanded to. */
  readonly meta: { readonly alternate?: Node; readonly macro?: object };
  check(checker: Checker, node: Node, context: unknown): unknown;
  evaluate(evaluator: unknown, node: Node, context: unknown): unknown;
}

interface Checker {
  readonly dynType: unknown;
  check(node: Node, context: unknown): unknown;
}

/** What a comprehension (map, filter, all, exists) goes through, and runs for each element. */
interface Comprehension {
  readonly iterable: Node;
  iterVarName: string;
  step: Node;
}

/** CEL's names of types, which would hide a field of such a name, as `type` is one in many records. */
const TYPE_NAMES = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint']);

/** The name under which a field is looked for: one that a type has is kept apart from it. */
export function fieldName(name: string): string {
  return TYPE_NAMES.has(name) ? `$${name}` : name;
}

/**
 * Changes a parsed expression before it is checked, so that numbers are exact and work is bounded: a literal with decimals is a Decimal, never a
 * float; a type's name is a field's; whole numbers equal Decimals in lists too; `matches` is the linear one; each round of a comprehension is counted. This rests on the
 * library's tree, hence its exact version.
 */
export function adaptSyntax(root: ASTNode, rounds: Rounds): void {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object' || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) visitNode(value);
    else Object.values(value).forEach(visit);
  };
  const visitNode = (node: Node): void => {
    visit(node.meta.alternate);
    visit(node.meta.macro);
    if (node.op === 'comprehension') return visitComprehension(node.args as Comprehension);
    visit(node.args);
    CHANGES[node.op]?.(node);
  };
  const visitComprehension = (comprehension: Comprehension): void => {
    visit(comprehension.iterable);
    visit(comprehension.step);
    comprehension.iterVarName = fieldName(comprehension.iterVarName);
    comprehension.step = around(comprehension.step, { before: () => rounds.count() });
  };
  visit(root);
}

function isNode(value: object): value is Node {
  return 'op' in value && 'evaluate' in value;
}

const CHANGES: Readonly<Record<string, (node: Node) => void>> = {
  value(node) {
    if (typeof node.args === 'number') node.args = Decimal.from(literalText(node));
  },
  id(node) {
    node.args = fieldName(node.args as string);
  },
  call(node) {
    const [name, operands] = node.args as [string, readonly Node[]];
    const [first, ...others] = operands;
    // What it stands in for is a null or a field that is not there.
    if (name === 'coalesce' && first !== undefined)
      node.args = [name, [around(first, { isOptional: true }), ...others]];
  },
  rcall(node) {
    const call = node.args as unknown[];
    if (call[0] === 'matches') call[0] = LINEAR_MATCHES;
  },
  in(node) {
    node.args = (node.args as Node[]).map(operand => around(operand, { isDynamic: true, after: exact }));
  },
  '==': exactLists,
  '!=': exactLists,
  '?:'(node) {
    // 0 beside a Decimal is no conflict of types: it is the Decimal's nought.
    const [condition, ...branches] = node.args as [Node, Node, Node];
    node.args = [
      condition,
      ...branches.map(branch => (isWhole(branch) ? around(branch, { isDynamic: true }) : branch)),
    ];
  },
};

function exactLists(node: Node): void {
  node.args = (node.args as Node[]).map(operand =>
    operand.op === 'list' ? around(operand, { after: exact }) : operand,
  );
}

function isWhole(node: Node): boolean {
  return node.op === 'value' && typeof node.args === 'bigint';
}

/** Whole numbers as Decimals, in lists too. */
function exact(value: unknown): unknown {
  if (typeof value === 'bigint') return Decimal.from(value);
  return Array.isArray(value) ? value.map(exact) : value;
}

/** The literal as it was written: `0.10` keeps its zero, and a long one its last digits. */
function literalText({ input, start, end, args }: Node): string {
  const text = input.slice(start, end);
  return Decimal.tryParse(text) === undefined ? String(args) : text;
}

/** A value; null where a name on the way to it is none of the record's. */
function presentValue(find: () => unknown): unknown {
  try {
    return find();
  } catch (error) {
    if (error instanceof EvaluationError && ['unknown_variable', 'no_such_key'].includes(error.code)) return null;
    throw error;
  }
}

/** A node around another that does something before it or with its value; a dynamic one may be of any type, an optional one is null where nothing is. */
function around(
  node: Node,
  how: { isDynamic?: boolean; isOptional?: boolean; before?: () => void; after?: (value: unknown) => unknown },
): Node {
  const { op, args, start, end, input, meta } = node;
  return {
    ...{ op, args, start, end, input, meta },
    get maybeAsync() {
      return node.maybeAsync;
    },
    check(checker, _node, context) {
      const type = checker.check(node, context);
      return how.isDynamic === true ? checker.dynType : type;
    },
    evaluate(evaluator, _node, context) {
      how.before?.();
      const value =
        how.isOptional === true
          ? presentValue(() => node.evaluate(evaluator, node, context))
          : node.evaluate(evaluator, node, context);
      return how.after === undefined ? value : how.after(value);
    },
  };
}
