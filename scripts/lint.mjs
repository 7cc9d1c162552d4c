// `npm run lint`: types, formatters and linters of the three languages. Each tool that a machine lacks is named, never passed over in silence.
// `npm run lint -- --fix` writes what the formatters and eslint can mend.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { clangFormat } from './clang-format.mjs';
import { CRATES, has, root } from './run.mjs';

const fix = process.argv.includes('--fix');
const cache = name => ['--cache', '--cache-location', join(root, 'build', `${name}-cache`)];
const node = (name, ...args) => [process.execPath, join(root, 'node_modules', ...name.split('/')), ...args];

const cppFiles = ['native', 'bench'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true })
    .filter(file => /\.(cc|c|h)$/.test(file) && !/(^|[\\/])target[\\/]/.test(file))
    .map(file => join(root, folder, file)),
);

const prettierMode = fix ? '--write' : '--check';
const clangMode = fix ? ['-i'] : ['--dry-run', '-Werror'];
const cargo = has('cargo') && 'cargo';
const clang = clangFormat();

function crateSteps(crate) {
  const clippy = ['clippy', '--quiet', '--all-targets', '-j', '2', '--', '-D', 'warnings'];
  const step = (name, args) => ({
    name: `${name} (${crate})`,
    needs: 'cargo',
    command: cargo && [cargo, ...args],
    cwd: join(root, 'native', crate),
  });
  return [step('cargo fmt', ['fmt', ...(fix ? [] : ['--check'])]), step('clippy', clippy)];
}

const steps = [
  { name: 'tsc', command: node('typescript/bin/tsc', '-p', root, '--noEmit', '--incremental', 'false') },
  { name: 'eslint', command: node('eslint/bin/eslint.js', ...cache('eslint'), ...(fix ? ['--fix'] : []), '.') },
  {
    name: 'prettier',
    command: node('prettier/bin/prettier.cjs', ...cache('prettier'), prettierMode, '--log-level', 'warn', '.'),
  },
  { name: 'typedoc', command: node('typedoc/bin/typedoc', '--emit', 'none') },
  { name: 'clang-format', needs: 'Python with pip', command: clang && [clang, ...clangMode, ...cppFiles] },
  ...CRATES.flatMap(crateSteps),
];

let failed = 0;
for (const { name, needs, command, cwd = root } of steps) {
  if (!command) {
    console.log(`skipped: ${name} (${needs} is not installed)`);
    continue;
  }
  const { status } = spawnSync(command[0], command.slice(1), { cwd, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok' : 'not ok'}: ${name}`);
  if (status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
