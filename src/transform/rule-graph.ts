import { ConfigError } from '../model/index.js';
import { isBuiltIn } from './schema.js';

/** A rule as the search sees it: the names of its ends. Without names an end fits any form. */
export interface RuleEnds {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** A chain longer than this is not looked for. */
const CHAIN_MAX = 16;
/** One change of form between two rules costs more than any chain of rules: rules that were written come first. */
const HOP_COST = 1_000;
/** A rule that fits any form stands behind every chain of rules that name theirs. */
const ANY_COST = 100;

interface Way {
  readonly cost: number;
  readonly names: readonly string[];
  readonly rules: readonly RuleEnds[];
}

/**
 * The cheapest chain from one format to another: rules that name both ends first, the fewest of them; then a rule that fits any form; then plain
 * changes of form. Of equal chains the one whose rules were registered first. Throws ConfigError `HR_NO_ROUTE` naming what can be reached.
 */
export function findChain(rules: readonly RuleEnds[], from: string, to: string): readonly RuleEnds[] {
  const { chain, reached } = search(rules, from, to);
  if (chain !== undefined) return chain;
  const others = [...reached].filter(name => name !== from);
  throw new ConfigError('HR_NO_ROUTE', noRoute(from, to, others), { details: { from, to, reachable: [...reached] } });
}

/** As findChain; undefined where there is none. */
export function tryFindChain(rules: readonly RuleEnds[], from: string, to: string): readonly RuleEnds[] | undefined {
  return search(rules, from, to).chain;
}

interface Search {
  readonly chain: readonly RuleEnds[] | undefined;
  readonly reached: ReadonlySet<string>;
}

function search(rules: readonly RuleEnds[], from: string, to: string): Search {
  const isDone = ({ names, rules: taken }: Way): boolean => names.includes(to) && (from !== to || taken.length > 0);
  const open: Way[] = [{ cost: 0, names: [from], rules: [] }];
  const seen = new Set<string>();
  const reached = new Set<string>();
  while (open.length > 0) {
    open.sort((left, right) => left.cost - right.cost);
    const way = open.shift()!;
    const key = way.names.join('\n');
    if (isDone(way)) return { chain: way.rules, reached };
    if (way.rules.length > 0 && seen.has(key)) continue;
    if (way.rules.length > 0) seen.add(key);
    for (const name of way.names) reached.add(name);
    if (way.rules.length < CHAIN_MAX) open.push(...steps(rules, way, to).filter(next => from !== to || isDone(next)));
  }
  return { chain: from === to && isBuiltIn(from) ? [] : undefined, reached };
}

function steps(rules: readonly RuleEnds[], way: Way, to: string): Way[] {
  const next: Way[] = [];
  for (const rule of rules) {
    if (way.rules.includes(rule)) continue;
    const isNamed = rule.from.some(name => way.names.includes(name));
    const fits = isNamed || (rule.from.length === 0 && way.names.some(isBuiltIn));
    if (!fits) continue;
    const isAny = rule.from.length === 0 || rule.to.length === 0;
    if (isAny && way.rules.length > 0) continue;
    if (rule.to.length === 0 && !isBuiltIn(to) && !way.names.includes(to)) continue;
    next.push({
      cost: way.cost + (isAny ? ANY_COST : 1),
      names: rule.to.length === 0 ? [to] : rule.to,
      rules: [...way.rules, rule],
    });
  }
  if (way.names.some(isBuiltIn)) next.push(...hops(rules, way, to));
  return next;
}

/** Records go from one built-in form to another as they are: to the target, or to where a rule begins. */
function hops(rules: readonly RuleEnds[], way: Way, to: string): Way[] {
  const places = new Set(
    [to, ...rules.flatMap(({ from }) => from)].filter(name => isBuiltIn(name) && !way.names.includes(name)),
  );
  return [...places].map(name => ({ cost: way.cost + HOP_COST, names: [name], rules: way.rules }));
}

function noRoute(from: string, to: string, reached: readonly string[]): string {
  const known = reached.filter(name => !isBuiltIn(name));
  const all = isBuiltIn(from) ? ['json', 'csv', 'xml', 'fixed_width', 'cobol_copybook', ...known] : reached;
  const can = all.length === 0 ? 'no rule begins there' : `what can be reached is ${all.join(', ')}`;
  return `no rule leads from ${from} to ${to}: ${can}. Register a rule with that sourceSchema and targetSchema`;
}
