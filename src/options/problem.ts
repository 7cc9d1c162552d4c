import { ConfigError } from '../model/index.js';

/** Where a value stands in its file, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong with a configuration. `path` reads `fix.client.port`. */
export interface ConfigProblem extends Place {
  readonly file: string;
  readonly path: string;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

export function pathText(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** `gateway.yaml:12:3: fix.client.prot: unknown key; did you mean \`port\`?` */
export function problemText(problem: ConfigProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const suggestion = problem.suggestion === undefined ? '' : `; did you mean \`${problem.suggestion}\`?`;
  return `${place}: ${path}${problem.message}${suggestion}`;
}

/** Throws one ConfigError with every problem, a line each, in the order of the file. */
export function refuseProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(problem => `  ${problemText(problem)}`).join('\n');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new ConfigError('HR_CONFIG_INVALID', `${count} in the configuration\n${lines}`, { details: { problems } });
}
