import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from './project.js';

/** Programs of ours and what they wrote. */
export const COBOL_FOLDER = join(projectRoot, 'test', 'golden', 'cobol');

/** Why programs of COBOL cannot be compiled here, for `needs`. */
export const cobcMissing = spawnSync('cobc', ['--version']).error === undefined ? undefined : 'cobc is not installed';

/** What a program of the folder writes to the file that its first argument names. Throws what the compiler or the program says. */
export function writtenBy(program: string, flags: readonly string[] = []): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cobol-'));
  try {
    const built = join(folder, 'program');
    run('cobc', ['-x', ...flags, '-I', COBOL_FOLDER, '-o', built, join(COBOL_FOLDER, program)]);
    run(built, [join(folder, 'out.dat')]);
    return readFileSync(join(folder, 'out.dat'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${String(stderr)}`);
}
