import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, extname, join, sep } from 'node:path';

import { tryLock } from '../../journal/index.js';
import { ConfigError, InputError } from '../../model/index.js';
import { inputFiles } from '../decode/input-files.js';
import type { ConvertJob } from './convert-run.js';
import { ENDINGS, type Form } from './form.js';

/** Which file goes where. */
export interface ConvertPlan {
  readonly jobs: readonly ConvertJob[];
  readonly inputs: readonly { readonly path: string; readonly sizeBytes: number; readonly timeMs: number }[];
  /** Where the run says how far it is. */
  readonly resumePath: string;
  /** There while a run writes: for OUT, and for each file, which another run may reach by another OUT. */
  readonly lockPaths: readonly string[];
}

/** Anybody's permission to write. */
const WRITE_BITS = 0o222;

export const isFolder = (path: string): boolean =>
  path.endsWith(sep) || (existsSync(path) && statSync(path).isDirectory());

/** Every input into the one output, or into a file of its own in a folder. Throws InputError for inputs that cannot be read so. */
export function planFiles(patterns: readonly string[], out: string, to: Form): ConvertPlan {
  const paths = inputFiles(patterns);
  const inputs = paths.map(path => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true)
      throw new InputError('HR_INPUT', `${path} cannot be read: it is ${stat === undefined ? 'not there' : 'no file'}`);
    return { path, sizeBytes: stat.size, timeMs: stat.mtimeMs };
  });
  const jobs = isFolder(out) ? folderJobs(paths, out, to) : [{ inputs: paths, output: out }];
  for (const { output } of jobs) checkReplaced(output);
  const name = out.endsWith(sep) ? out.slice(0, -1) : out;
  const written = new Set([name, ...jobs.map(({ output }) => output)]);
  return { jobs, inputs, resumePath: `${name}.resume`, lockPaths: Array.from(written, path => `${path}.lock`) };
}

/** What has the output's name is replaced once the output is whole: a file, and one that may be written. */
function checkReplaced(output: string): void {
  const stat = statSync(output, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isFile())
    throw new ConfigError(
      'HR_OUTPUT',
      `${output} cannot be written: it is no file, and an output takes its name when it is whole`,
    );
  // Root may write anything, but what has no such bit was made read-only.
  if ((stat.mode & WRITE_BITS) === 0 || !mayWrite(output))
    throw new ConfigError(
      'HR_OUTPUT',
      `${output} cannot be written: it is read-only; name another, or make it writable`,
    );
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Keeps other runs from the outputs until what it returns is called. Throws ConfigError naming the process that writes one. */
export function lockOutputs({ lockPaths }: ConvertPlan): () => void {
  const unlocks: (() => void)[] = [];
  const unlock = (): void => unlocks.forEach(each => each());
  try {
    for (const path of lockPaths) unlocks.push(lockOutput(path));
  } catch (cause) {
    unlock();
    throw cause;
  }
  return unlock;
}

function lockOutput(path: string): () => void {
  const held = openLock(path);
  if (typeof held === 'function') return held;
  throw new ConfigError(
    'HR_OUTPUT',
    `another headrace convert, process ${held}, writes this output (${path}); wait until it ends, or stop it`,
    { details: { path, pid: held } },
  );
}

function openLock(path: string): (() => void) | string {
  try {
    return tryLock(path);
  } catch (cause) {
    throw new ConfigError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function folderJobs(paths: readonly string[], folder: string, to: Form): readonly ConvertJob[] {
  mkdirSync(folder, { recursive: true });
  const jobs = paths.map(path => ({
    inputs: [path],
    output: join(folder, `${basename(path, extname(path))}${ENDINGS[to]}`),
  }));
  const outputs = new Set<string>();
  for (const { inputs, output } of jobs) {
    if (outputs.has(output)) throw new ConfigError('HR_OUTPUT', `${inputs[0]} and another input both become ${output}`);
    outputs.add(output);
  }
  return jobs;
}
