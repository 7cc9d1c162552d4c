import type { z } from 'zod';

import type { ConfigPath, ConfigProblem } from './problem.js';
import { pathText } from './problem.js';
import { knownKeys, type JsonSchema } from './json-schema.js';
import { nearestName } from './nearest.js';
import type { YamlTree } from './yaml-tree.js';

type Issue = z.core.$ZodIssue;

export function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | null | undefined)?.[part], value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  return typeof value === 'object' ? 'a mapping' : `${String(value)}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text (write it in quotes if it looks like a number)',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
};

/** A secret written where a reference belongs must not reach a terminal or a log. */
const SECRET_KEY = /password|token|secret/i;

function messageOf(issue: Issue, value: unknown): string {
  const last = String(issue.path.at(-1) ?? '');
  const shown = SECRET_KEY.test(last) ? 'another value' : kindOf(value);
  if (issue.code === 'invalid_type')
    return `expected ${EXPECTED[issue.expected] ?? issue.expected}, but found ${shown}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' | ')}, but found ${shown}`;
  if (issue.code === 'too_small')
    return issue.origin === 'array'
      ? `needs at least ${issue.minimum}`
      : issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}

interface Found {
  readonly path: ConfigPath;
  readonly atKey?: boolean;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

function unknownKeys(keys: readonly string[], path: ConfigPath, schema: JsonSchema): Found[] {
  const known = knownKeys(schema, path);
  return keys.map(key => ({
    path: [...path, key],
    atKey: true,
    message: 'unknown key',
    suggestion: nearestName(key, known),
  }));
}

function findings(issue: Issue, value: unknown, schema: JsonSchema): Found[] {
  const path = issue.path as ConfigPath;
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, schema);
  if (issue.code === 'invalid_key') return unknownKeys([String(path.at(-1))], path.slice(0, -1), schema);
  const at = valueAt(value, path);
  if (at === undefined) return [{ path, message: 'is required but missing' }];
  const values = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  return [{ path, message: messageOf(issue, at), suggestion: nearestName(String(at), values) }];
}

/** Every issue of a failed check as problems at their places in the file; `schema` is what it was checked against. */
export function problemsOf(
  issues: readonly Issue[],
  tree: YamlTree,
  file: string,
  schema: JsonSchema,
): ConfigProblem[] {
  return issues
    .flatMap(issue => findings(issue, tree.value, schema))
    .map(({ path, atKey, message, suggestion }) => ({
      file,
      ...tree.placeOf(path, atKey),
      path: pathText(path),
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    }));
}
