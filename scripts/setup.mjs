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

function nativeChanged() {
  const sources = Math.max(newestMs(join(root, 'native'), NOT_SOURCE), modifiedMs(join(root, 'binding.gyp')));
  return sources > modifiedMs(join(root, 'build', 'Release', 'headrace.node')) && hasCompiler();
}

function typeScriptChanged() {
  const folders = ['src', 'test', 'bench', 'examples'].map(name => newestMs(join(root, name), NOT_SOURCE));
  const sources = Math.max(...folders, modifiedMs(join(root, 'tsconfig.json')));
  return sources >= modifiedMs(join(root, 'dist', '.tsbuildinfo'));
}

/** Builds the TypeScript where it changed, and with `native` the rest too. */
export async function buildWhatChanged({ native }) {
  const withNative = native && nativeChanged();
  if (!withNative && !typeScriptChanged()) return;
  console.error(`headrace: building ${withNative ? 'the native parts and ' : ''}TypeScript`);
  const { build } = await import('./build.mjs');
  build({ native: withNative });
}

export async function setup() {
  installPackages();
  await buildWhatChanged({ native: true });
}
