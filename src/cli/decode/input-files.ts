import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { globSync } from 'tinyglobby';

import { InputError } from '../../model/index.js';

const PATTERN = /[*?[\]{}]/;

/** The files that the arguments name, in order; a name that no file has is a pattern (`*`, `?`, `**`, `[ab]`, `{a,b}`), its files sorted. */
export function inputFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap(path => (!PATTERN.test(path) || existsSync(path) ? [path] : matches(path)));
}

function matches(pattern: string): readonly string[] {
  // Names are as the pattern is: an absolute one gives absolute names, wherever the process runs.
  const names = globSync(pattern, { dot: true, expandDirectories: false, absolute: isAbsolute(pattern) });
  if (names.length === 0) throw new InputError('HR_INPUT', `no file matches ${pattern}`);
  return names.sort();
}
