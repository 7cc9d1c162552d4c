// What a fresh clone needs before anything runs: packages, then native builds and TypeScript. Nothing is done twice.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { has, root, run } from './run.mjs';

const modifiedMs = path => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newestMs(folder, skip) {
  if (!existsSync(folder)) return 0;
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skip.has(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path, skip) : modifiedMs(path));
  }
  return newest;
}

function installPackages() {
  const installed = modifiedMs(join(root, 'node_modules', '.package-lock.json'));
  if (installed > modifiedMs(join(root, 'package-lock.json'))) return;
  console.error('headrace: installing packages (about a minute the first time)');
  run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}

const NOT_SOURCE = new Set(['target', 'node_modules', 'build']);

/** Without one the TypeScript twins serve: nothing native is built, and that is said each time. */
function hasCompiler() {
  if (has('make') && ['c++', 'g++', 'clang++'].some(has)) return true;
  console.error(
    'headrace: no C++ compiler and make here: codec, rings, gate and journal run on their TypeScript twins',
  );
  return false;
}

const built = name => modifiedMs(join(root, 'build', 'Release', `${name}.node`));

function nativeChanged() {
  const folder = newestMs(join(root, 'native'), new Set([...NOT_SOURCE, 'columnar']));
  return Math.max(folder, modifiedMs(join(root, 'binding.gyp'))) > built('headrace') && hasCompiler();
}

// It takes minutes the first time, so only what may write or read its files waits for it.
function columnarChanged() {
  return newestMs(join(root, 'native', 'columnar'), NOT_SOURCE) > built('headrace-columnar') && has('cargo');
}

function typeScriptChanged() {
  const folders = ['src', 'test', 'bench', 'examples'].map(name => newestMs(join(root, name), NOT_SOURCE));
  const sources = Math.max(...folders, modifiedMs(join(root, 'tsconfig.json')));
  return sources >= modifiedMs(join(root, 'dist', '.tsbuildinfo'));
}

/** Builds the TypeScript where it changed; with `native` the addon and the journal too, with `columnar` what Parquet and Arrow need. */
export async function buildWhatChanged({ native, columnar }) {
  const changed = { native: native && nativeChanged(), columnar: columnar && columnarChanged() };
  if (!changed.native && !changed.columnar && !typeScriptChanged()) return;
  const parts = [...(changed.native ? ['the native parts'] : []), ...(changed.columnar ? ['the columnar crate'] : [])];
  console.error(`headrace: building ${[...parts, 'TypeScript'].join(', ')}`);
  const { build } = await import('./build.mjs');
  build(changed);
}

export async function setup({ columnar = true } = {}) {
  installPackages();
  await buildWhatChanged({ native: true, columnar });
}
