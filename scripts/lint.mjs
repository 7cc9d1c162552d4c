// `npm run lint`: types, formatters and linters of the three languages. Each tool that a machine lacks is named, never passed over in silence.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { has, root } from './run.mjs';

const bin = (name, ...args) => [process.execPath, [join(root, 'node_modules', ...name.split('/')), ...args]];
const crate = join(root, 'native', 'journal');
const cppFiles = readdirSync(join(root, 'native'), { recursive: true })
  .filter(file => /\.(cc|h)$/.test(file) && !/^journal[\\/]/.test(file))
  .map(file => join(root, 'native', file));

const steps = [
  { name: 'tsc', command: bin('typescript/bin/tsc', '-p', root, '--noEmit') },
  { name: 'eslint', command: bin('eslint/bin/eslint.js', '.') },
  { name: 'prettier', command: bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'clang-format', needs: 'clang-format', command: ['clang-format', ['--dry-run', '-Werror', ...cppFiles]] },
  { name: 'cargo fmt', needs: 'cargo', command: ['cargo', ['fmt', '--check']], cwd: crate },
  {
    name: 'clippy',
    needs: 'cargo',
    command: ['cargo', ['clippy', '--quiet', '-j', '2', '--', '-D', 'warnings']],
    cwd: crate,
  },
];

let failed = 0;
for (const { name, needs, command, cwd = root } of steps) {
  if (needs && !has(needs)) {
    console.log(`skipped: ${name} (${needs} is not installed)`);
    continue;
  }
  const { status } = spawnSync(command[0], command[1], { cwd, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok' : 'not ok'}: ${name}`);
  if (status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
