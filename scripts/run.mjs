// Running other programs from the scripts: output goes through, a failure ends the script with the same code.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

export function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export function run(program, args, options = {}) {
  const command = program === 'node' ? process.execPath : program;
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd: root, ...options });
  if (error) {
    console.error(`headrace: ${program} could not be started: ${error.message}`);
    process.exit(69);
  }
  if (status !== 0) process.exit(status ?? 70);
}
