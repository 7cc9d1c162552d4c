import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from './project.js';

/** The program that `headrace` starts, for a test that must end it itself. */
export const HEADRACE = join(projectRoot, 'bin', 'headrace.js');

export interface RunOptions {
  readonly input?: string | Uint8Array; // standard input
  readonly cwd?: string;
}

const OUTPUT_MAX = 1 << 28;

/** Runs `headrace` to its end: its exit code, what it wrote to standard output, and its error lines that are not empty. */
export function headrace(args: readonly string[], { input, cwd }: RunOptions = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [HEADRACE, ...args], {
    ...(input === undefined ? {} : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    maxBuffer: OUTPUT_MAX,
  });
  const errors = stderr
    .toString()
    .split('\n')
    .filter(line => line !== '');
  return { status, out: stdout, errors };
}

/** As `headrace`, the output as text. */
export function headraceText(args: readonly string[], options?: RunOptions) {
  const ran = headrace(args, options);
  return { ...ran, out: ran.out.toString() };
}

/** A folder of its own for a test file, and what makes the files in it. */
export function scratchFolder(prefix: string) {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const at = (name: string): string => join(folder, name);
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  return { folder, at, file };
}
