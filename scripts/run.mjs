// What the scripts share: running other programs (output goes through, a failure ends the script with the same code), and replacing files.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The Rust crates, by their folder in native/. */
export const CRATES = ['journal', 'columnar'];

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

/** Runs a program beside what follows; resolves when it has ended well, a failure ends the script with the same code. */
export function runBeside(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', cwd: root, ...options });
  const stop = () => child.kill();
  process.once('exit', stop);
  return new Promise(resolve => {
    child.once('error', ({ message }) => {
      console.error(`headrace: ${program} could not be started: ${message}`);
      process.exit(69);
    });
    child.once('exit', status => {
      process.off('exit', stop);
      if (status !== 0) process.exit(status ?? 70);
      resolve();
    });
  });
}

/** Runs a program without waiting in line; resolves with its exit code (or signal) and all it printed. */
export function capture(program, args, options = {}) {
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => (text += chunk));
  return new Promise(resolve => {
    child.once('error', error => resolve({ status: 69, text: error.message }));
    child.once('close', (code, signal) => resolve({ status: code ?? signal, text }));
  });
}

/** Copies a file where it differs, by a rename: a process that has the old one mapped goes on with the old one. */
export function replaceFile(from, to) {
  if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) return;
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}
