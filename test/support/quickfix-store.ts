import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from './project.js';
import { findProgram } from './servers.js';

const HEADER = '/usr/include/quickfix/FileStore.h';

/** What is missing here to write a store by QuickFIX C++ itself; undefined: nothing. */
export function quickfixMissing(): string | undefined {
  if (findProgram('g++') === undefined)
    return 'g++, which compiles the program that writes a QuickFIX store, is missing';
  return existsSync(HEADER) ? undefined : 'QuickFIX C++ (libquickfix-dev) is missing';
}

/** Compiles the program; returns what runs it: DIR BEGINSTRING SENDER TARGET NEXT_OUT NEXT_IN. */
export function quickfixStoreProgram(): (...args: readonly string[]) => void {
  const program = join(mkdtempSync(join(tmpdir(), 'headrace-quickfix-')), 'store');
  const source = join(projectRoot, 'test', 'support', 'quickfix_store.cc');
  run('g++', ['-std=c++14', '-w', '-o', program, source, '-lquickfix']);
  return (...args) => run(program, args);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(0, 500)}`);
}
