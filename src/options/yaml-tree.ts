import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';

import { substituteVariables } from './variables.js';
import type { ConfigPath, Place } from './problem.js';

export interface TreeProblem extends Place {
  readonly path: ConfigPath;
  readonly message: string;
}

/** A YAML file as plain values, where each stands, and what could not be read. */
export interface YamlTree {
  readonly value: unknown;
  readonly problems: readonly TreeProblem[];
  /** The place of a value; `key` asks for the place of its key. The nearest enclosing one when it is not in the file. */
  placeOf(path: ConfigPath, key?: boolean): Place;
}

// An alias may repeat a branch; a bound on the whole keeps a file of nested aliases from growing without end.
const NODES_MAX = 100_000;

const INTEGER = /^[-+]?[0-9]+$/;
const DECIMAL = /^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)$/;

/** What a plain scalar means, by YAML's core schema. A decimal stays text, so that money never passes through a float. */
function plainValue(text: string): unknown {
  if (text === 'true' || text === 'True' || text === 'TRUE') return true;
  if (text === 'false' || text === 'False' || text === 'FALSE') return false;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
  if (!INTEGER.test(text)) return text;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

class Reader {
  readonly problems: TreeProblem[] = [];
  readonly #places = new Map<string, Place>();
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #environment: NodeJS.ProcessEnv;
  /** The maps and lists that the value in hand lies in. */
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(text: string, environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.#document = parseDocument(text, { lineCounter: this.#lines, intAsBigInt: true, prettyErrors: false });
    for (const { message, pos } of [...this.#document.errors, ...this.#document.warnings]) {
      this.problems.push({ ...this.#place(pos[0]), path: [], message: `YAML: ${message}` });
    }
  }

  read(): unknown {
    return this.#value(this.#document.contents, []);
  }

  placeOf(path: ConfigPath, key: boolean): Place {
    const own = this.#places.get(`${key ? 'key' : 'value'} ${JSON.stringify(path)}`);
    if (own !== undefined) return own;
    return path.length === 0 ? { line: 1, column: 1 } : this.placeOf(path.slice(0, -1), path.length > 1);
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #mark(kind: 'key' | 'value', path: ConfigPath, node: unknown): void {
    const range = (node as Node | null)?.range;
    if (range) this.#places.set(`${kind} ${JSON.stringify(path)}`, this.#place(range[0]));
  }

  #fail(path: ConfigPath, message: string): void {
    this.problems.push({ ...this.placeOf(path, false), path, message });
  }

  #value(node: unknown, path: ConfigPath): unknown {
    this.#mark('value', path, node);
    if (this.#nodes++ === NODES_MAX) this.#fail(path, `the file has more than ${NODES_MAX} values`);
    if (this.#nodes > NODES_MAX || node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node, path);
    if (isMap(node)) return this.#within(node, () => this.#map(node.items, path));
    if (isSeq(node))
      return this.#within(node, () => node.items.map((item, index) => this.#value(item, [...path, index])));
    return isScalar(node) ? this.#scalar(node, path) : null;
  }

  #within<Value>(node: Node, read: () => Value): Value {
    this.#open.add(node);
    const value = read();
    this.#open.delete(node);
    return value;
  }

  /** An alias within its own anchor's value would never end. */
  #alias(alias: Alias, path: ConfigPath): unknown {
    const target = alias.resolve(this.#document);
    if (target !== undefined && this.#open.has(target)) {
      this.#fail(path, `*${alias.source} stands within its own anchor`);
      return null;
    }
    return this.#value(target, path);
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: ConfigPath): Record<string, unknown> {
    const entries = items.map(({ key, value }) => {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
      const at = [...path, name];
      this.#mark('key', at, key);
      return [name, this.#value(value, at)] as const;
    });
    return Object.fromEntries(entries);
  }

  #scalar(node: Scalar, path: ConfigPath): unknown {
    const { value } = node;
    const plain = node.type === 'PLAIN';
    if (typeof value === 'string' && value.includes('$')) {
      const { text, problem } = substituteVariables(value, this.#environment);
      if (problem !== undefined) this.#fail(path, problem);
      return plain ? plainValue(text) : text;
    }
    if (typeof value === 'number') return DECIMAL.test(node.source ?? '') ? node.source : value;
    if (typeof value === 'bigint') return plainValue(node.source ?? String(value));
    return value;
  }
}

/** Reads YAML text; nothing is thrown, what is wrong is in `problems`. */
export function readYaml(text: string, environment: NodeJS.ProcessEnv): YamlTree {
  const reader = new Reader(text, environment);
  const value = reader.read();
  return { value, problems: reader.problems, placeOf: (path, key = false) => reader.placeOf(path, key) };
}
