// clang-format at the one version the C++ is formatted with: versions differ in their answers. A machine without it gets the wheel that
// PyPI has of it, once, in a cache folder outside the clone.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '19.1.7';
const MAJOR = VERSION.split('.')[0];
const TIMEOUT_MS = 120_000;

const answers = (program, pattern) =>
  pattern.test(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** The program to run, or undefined where neither it nor Python's pip is. */
export function clangFormat() {
  const sameMajor = new RegExp(`version ${MAJOR}\\.`);
  const found = ['clang-format', `clang-format-${MAJOR}`].find(program => answers(program, sameMajor));
  if (found) return found;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'headrace', `clang-format-${VERSION}`);
  const program = join(folder, 'clang_format', 'data', 'bin', 'clang-format');
  if (!existsSync(program)) {
    console.log(`lint: fetching clang-format ${VERSION} into ${folder}`);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--upgrade', '--target', folder];
    spawnSync('python3', [...install, `clang-format==${VERSION}`], { stdio: 'ignore', timeout: TIMEOUT_MS });
  }
  return existsSync(program) ? program : undefined;
}
