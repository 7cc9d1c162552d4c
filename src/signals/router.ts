import { Expression, expressionScope } from '../expression/index.js';
import { JsonApi } from './json-api.js';
import { OrderForm } from './order.js';
import type { SignalOptions, SystemOptions } from './options.js';
import { Proprietary } from './proprietary.js';
import type { Signal } from './signal.js';
import type { TradingSystem } from './trading-system.js';

/** A system as a route leads to it. */
export interface RoutedSystem {
  readonly name: string;
  readonly form: OrderForm;
  /** Undefined of one that speaks FIX: the gate's own way leads to it. */
  readonly direct: TradingSystem | undefined;
}

interface Route {
  readonly when: Expression | undefined;
  readonly system: RoutedSystem;
}

/** Chooses the trading system of a signal: the first route that holds. */
export class Router {
  readonly systems: ReadonlyMap<string, RoutedSystem>;
  readonly #routes: readonly Route[];

  /** Throws ConfigError for what a system needs and is not there: a copybook, a secret. */
  constructor({ systems, routes, account }: SignalOptions, folder: string) {
    const made = Object.entries(systems).map(
      ([name, options]) =>
        [
          name,
          { name, form: new OrderForm(options.order, account), direct: directSystem(name, options, folder) },
        ] as const,
    );
    this.systems = new Map(made);
    const only = made.length === 1 && routes.length === 0 ? [{ when: undefined, to: made[0]![0] }] : routes;
    this.#routes = only.map(({ when, to }) => ({
      when: when === undefined ? undefined : new Expression(when),
      system: this.systems.get(to)!,
    }));
  }

  /** The system; undefined where no route holds. Throws what an expression that fails throws. */
  systemFor({ fields }: Signal): RoutedSystem | undefined {
    const scope = expressionScope(fields);
    return this.#routes.find(({ when }) => when === undefined || when.evaluate(scope) === true)?.system;
  }
}

/** Throws ConfigError for what a system needs and is not there, as opening it would. */
export function checkSystem(name: string, options: SystemOptions, folder: string): void {
  directSystem(name, options, folder);
}

function directSystem(name: string, options: SystemOptions, folder: string): TradingSystem | undefined {
  if (options.json_api !== undefined) return new JsonApi(name, options.json_api, folder);
  if (options.proprietary !== undefined) return new Proprietary(name, options.proprietary, folder);
  return undefined;
}
