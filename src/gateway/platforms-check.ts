import { z } from 'zod';

import { ConfigError } from '../model/index.js';
import { loadOptions, pathText, problemsOf, readYaml, type ConfigProblem } from '../options/index.js';
import { platformOptions, platformsFile, platformsSchema } from '../platforms/index.js';
import { planConnection, type ConnectionPlan } from './platform-connection.js';

const SCHEMA = z.toJSONSchema(platformsSchema, { io: 'input' }) as Parameters<typeof problemsOf>[3];

/** Whether a file is one of trading platforms, and no gateway's configuration. */
export function isPlatformsFile(text: string): boolean {
  return /^tradingPlatforms\s*:/m.test(text);
}

/** Every problem of a file of trading platforms, each at its line and column. Opens nothing; never throws. */
export function checkPlatforms(text: string, file: string): readonly ConfigProblem[] {
  const tree = readYaml(text, process.env);
  const problems = tree.problems.map(problem => ({ ...problem, file, path: pathText(problem.path) }));
  if (problems.length > 0) return problems;
  const whole = platformsFile.safeParse(tree.value);
  if (!whole.success) return problemsOf(whole.error.issues, tree, file, SCHEMA);
  return Object.entries(whole.data.tradingPlatforms).flatMap(([name, given]) => {
    const checked = platformOptions.safeParse(given);
    const path = ['tradingPlatforms', name];
    if (!checked.success) {
      const issues = checked.error.issues.map(issue => ({ ...issue, path: [...path, ...issue.path] }));
      return problemsOf(issues, tree, file, SCHEMA);
    }
    try {
      planConnection(name, checked.data, file);
      return [];
    } catch (error) {
      return [{ file, ...tree.placeOf(path, true), path: pathText(path), message: (error as Error).message }];
    }
  });
}

/** One platform of a file, planned and not opened. Throws ConfigError (HR_CONFIG) for what cannot be used. */
export function loadPlatform(file: string, name: string): ConnectionPlan {
  const { tradingPlatforms } = loadOptions(file, platformsSchema);
  const options = tradingPlatforms[name];
  if (options === undefined)
    throw new ConfigError(
      'HR_CONFIG',
      `${file} has no platform ${name}; it has ${Object.keys(tradingPlatforms).join(', ')}`,
    );
  return planConnection(name, options, file);
}
