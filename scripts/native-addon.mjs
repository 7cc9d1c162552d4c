// The addon under AddressSanitizer, inside Node: compiled into build/asan beside a copy of the compiled tests, which find it there as
// their own build. libasan must come first in the process, so it is preloaded; V8 keeps what looks like leaks, so those are not sought.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { capture, has, root } from './run.mjs';

const FLAGS = '-std=c++20 -O1 -g -fPIC -pthread -fexceptions -fvisibility=hidden -fno-omit-frame-pointer'.split(' ');
const DEFINES = [
  '-DNAPI_VERSION=9',
  '-DNAPI_CPP_EXCEPTIONS',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  '-DNODE_GYP_MODULE_NAME=headrace',
  '-DBUILDING_NODE_EXTENSION',
];
const TESTS = [
  'ring/ring',
  'ring/doorbell',
  'risk/gate',
  'codec/fix',
  'codec/copybook',
  'fuzz/gate.fuzz',
  'fuzz/fix-codec.fuzz',
];
const folder = join(root, 'build', 'asan');
const objects = join(folder, 'objects');

/** Node's headers: beside node, else where node-gyp keeps them. */
function nodeHeaders() {
  const beside = join(dirname(dirname(process.execPath)), 'include', 'node');
  const cached = join(homedir(), '.cache', 'node-gyp', process.versions.node, 'include', 'node');
  return [beside, cached].find(path => existsSync(join(path, 'node_api.h')));
}

async function compileAddon(headers) {
  const require = createRequire(import.meta.url);
  const includes = [headers, require('node-addon-api').include_dir, join(root, 'native')].flatMap(path => ['-I', path]);
  const listed = await capture('node', [join(root, 'native', 'sources.cjs')], { cwd: root });
  const compiled = [];
  for (const source of listed.text.trim().split('\n')) {
    const object = join(objects, `${basename(dirname(source))}-${basename(source, '.cc')}.o`);
    const { status, text } = await capture('g++', [
      ...FLAGS,
      ...DEFINES,
      '-fsanitize=address',
      ...includes,
      '-c',
      join(root, source),
      '-o',
      object,
    ]);
    if (status !== 0) return text;
    compiled.push(object);
  }
  const addon = join(folder, 'build', 'Release', 'headrace.node');
  const { status, text } = await capture('g++', [
    '-shared',
    '-pthread',
    '-fsanitize=address',
    ...compiled,
    '-o',
    addon,
  ]);
  return status === 0 ? undefined : text;
}

function layOut() {
  rmSync(folder, { recursive: true, force: true });
  for (const path of [objects, join(folder, 'build', 'Release')]) mkdirSync(path, { recursive: true });
  for (const part of ['package.json', 'dist/src', 'dist/test', 'src', 'test', 'examples', 'native']) {
    const filter = path => basename(path) !== 'target';
    cpSync(join(root, part), join(folder, part), { recursive: true, filter });
  }
  const crate = join('build', 'Release', 'headrace-journal.node');
  if (existsSync(join(root, crate))) copyFileSync(join(root, crate), join(folder, crate));
}

async function run(headers) {
  layOut();
  const failure = await compileAddon(headers);
  if (failure !== undefined) return failure;
  const { stdout } = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const env = { ...process.env, LD_PRELOAD: stdout.trim(), ASAN_OPTIONS: 'detect_leaks=0' };
  const loads = "import('headrace').then(({ loadAddon }) => loadAddon('require'))";
  for (const args of [['-e', loads], ...TESTS.map(name => [join('dist', 'test', `${name}.test.js`)])]) {
    const { status, text } = await capture('node', args, { cwd: folder, env });
    if (status !== 0) return `${args.at(-1)}: exit ${status}\n${text.slice(-4000)}`;
  }
  return undefined;
}

export function addonTasks() {
  const name = `the addon under ASan inside Node: ${TESTS.join(', ')}`;
  const headers = nodeHeaders();
  if (!has('g++')) return [{ name, missing: 'g++', isRequired: true }];
  if (process.platform !== 'linux' || headers === undefined) return [{ name, missing: "Node's headers" }];
  return [{ name, run: () => run(headers) }];
}
