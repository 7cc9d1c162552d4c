import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';

import { ConfigError } from '../../model/index.js';
import {
  pathText,
  problemsOf,
  readYaml,
  refuseProblems,
  type ConfigProblem,
  type YamlTree,
} from '../../options/index.js';
import { findClashes, type CheckedSections } from './crosscheck.js';
import { configJsonSchema } from './json-schema.js';
import { resolvePaths } from './paths.js';
import { riskAccounts } from './risk-schema.js';
import { configSchema, sections, type GatewayConfig } from './schema.js';

/** What `checkConfig` found. `config` is there exactly when there is no problem. */
export interface ConfigCheck {
  readonly config: GatewayConfig | undefined;
  readonly problems: readonly ConfigProblem[];
}

export interface CheckOptions {
  /** Shown in problems; relative paths begin at its folder. */
  readonly file: string;
  readonly environment?: NodeJS.ProcessEnv;
}

function soundSections(value: unknown): CheckedSections {
  const given = (value ?? {}) as Record<string, unknown>;
  const sound = Object.entries(sections).flatMap(([key, schema]) => {
    const result = (schema as z.ZodType).safeParse(given[key]);
    return result.success && result.data !== undefined ? [[key, result.data] as const] : [];
  });
  return Object.fromEntries(sound) as CheckedSections;
}

function readAccountsFile(config: CheckedSections, environment: NodeJS.ProcessEnv): ConfigProblem[] {
  const file = config.risk?.accountsFile;
  if (config.risk === undefined || file === undefined || !existsSync(file)) return [];
  const tree = readYaml(readFileSync(file, 'utf8'), environment);
  const result = riskAccounts.safeParse(tree.value);
  if (result.success) config.risk.accounts = { ...result.data, ...config.risk.accounts };
  const problems = result.success ? [] : problemsOf(result.error.issues, tree, file, configJsonSchema());
  return [...yamlProblems(tree, file), ...problems];
}

function yamlProblems(tree: YamlTree, file: string): ConfigProblem[] {
  return tree.problems.map(problem => ({ ...problem, file, path: pathText(problem.path) }));
}

function inFileOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}

/** Checks the text of a configuration and returns every problem at once, each at its line and column. Never throws. */
export function checkConfig(text: string, { file, environment = process.env }: CheckOptions): ConfigCheck {
  const tree = readYaml(text, environment);
  const problems = yamlProblems(tree, file);
  const result = configSchema.safeParse(tree.value);
  // A file that is not YAML has one true problem; what the schema misses in its rest would only hide it.
  if (!result.success && problems.length === 0)
    problems.push(...problemsOf(result.error.issues, tree, file, configJsonSchema()));
  const config = result.success ? result.data : soundSections(tree.value);
  resolvePaths(config, dirname(resolve(file)));
  for (const { path, message } of findClashes(config, environment, dirname(resolve(file)))) {
    problems.push({ file, ...tree.placeOf(path), path: pathText(path), message });
  }
  problems.push(...readAccountsFile(config, environment));
  return { config: problems.length === 0 ? (config as GatewayConfig) : undefined, problems: inFileOrder(problems) };
}

/** Reads and checks a configuration file; throws one ConfigError that lists every problem. */
export function loadConfig(file: string, environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('HR_CONFIG_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { config, problems } = checkConfig(text, { file, environment });
  refuseProblems(problems);
  return config as GatewayConfig;
}

/** Checks a configuration given as an object (an embedder's); relative paths begin at `folder`. Throws ConfigError. */
export function parseConfig(value: unknown, folder: string): GatewayConfig {
  const tree: YamlTree = { value, problems: [], placeOf: () => ({ line: 1, column: 1 }) };
  const result = configSchema.safeParse(value);
  if (!result.success) refuseProblems(problemsOf(result.error.issues, tree, 'config', configJsonSchema()));
  const config = structuredClone(result.data) as GatewayConfig;
  resolvePaths(config, folder);
  const clashes = findClashes(config, process.env, folder).map(({ path, message }) => ({
    file: 'config',
    ...tree.placeOf(path),
    path: pathText(path),
    message,
  }));
  refuseProblems([...clashes, ...readAccountsFile(config, process.env)]);
  return config;
}
