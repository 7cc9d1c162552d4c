// What a fresh clone needs before anything runs: packages, then native builds and TypeScript. Nothing is done twice.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { build, buildCrate } from './build.mjs';
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

// Only what may write or read its files waits for it.
function columnarChanged() {
  return newestMs(join(root, 'native', 'columnar'), NOT_SOURCE) > built('headrace-columnar') && has('cargo');
}

function typeScriptChanged() {
  const folders = ['src', 'test', 'bench', 'examples'].map(name => newestMs(join(root, name), NOT_SOURCE));
  const sources = Math.max(...folders, modifiedMs(join(root, 'tsconfig.json')));
  return sources >= modifiedMs(join(root, 'dist', '.tsbuildinfo'));
}

/** Builds the TypeScript where it changed; with `native` the addon and the journal too. */
export async function buildWhatChanged({ native }) {
  const changed = { native: native && nativeChanged() };
  if (!changed.native && !typeScriptChanged()) return;
  console.error(`headrace: building ${changed.native ? 'the native parts and ' : ''}TypeScript`);
  await build(changed);
}

/** The crate for Parquet and Arrow takes minutes of compiling that need nothing of npm: it is built beside all else. */
async function buildColumnar() {
  if (!columnarChanged()) return;
  console.error('headrace: building the columnar crate (some minutes the first time)');
  await buildCrate('columnar');
}

export async function setup({ columnar = true } = {}) {
  const crate = columnar ? buildColumnar() : undefined;
  installPackages();
  await Promise.all([crate, buildWhatChanged({ native: true })]);
}
