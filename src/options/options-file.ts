import { readFileSync } from 'node:fs';
import { z } from 'zod';

import { InputError } from '../model/index.js';
import { problemsOf } from './issues.js';
import type { JsonSchema } from './json-schema.js';
import { pathText, refuseProblems } from './problem.js';
import { readYaml } from './yaml-tree.js';

/**
 * Reads a YAML file of options by its schema. Throws one ConfigError with every problem at its file:line:column, with what was
 * probably meant, InputError for a file that is not there.
 */
export function loadOptions<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const tree = readYaml(readText(file), process.env);
  const problems = tree.problems.map(problem => ({ ...problem, file, path: pathText(problem.path) }));
  const result = schema.safeParse(tree.value ?? {});
  if (!result.success && problems.length === 0)
    problems.push(
      ...problemsOf(result.error.issues, tree, file, z.toJSONSchema(schema, { io: 'input' }) as JsonSchema),
    );
  refuseProblems(problems);
  return result.data as z.output<Schema>;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InputError('HR_INPUT', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
