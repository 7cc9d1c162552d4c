import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { ConfigError } from '../../model/index.js';

const WILDCARD = /[*?]/;

/** The files that the arguments name, in order; `*` and `?` in a last name that no file has match the names of its folder. */
export function inputFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap(path => (!WILDCARD.test(path) || existsSync(path) ? [path] : matches(path)));
}

function matches(path: string): readonly string[] {
  const pattern = basename(path).replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const wanted = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder).filter(name => wanted.test(name)) : [];
  if (names.length === 0) throw new ConfigError('HR_INPUT', `no file matches ${path}`);
  return names.sort().map(name => join(folder, name));
}
