// Builds what lies in this clone: the C++ addon, the Rust crate where cargo is, and the TypeScript. `--ts` builds the last alone.
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { has, replaceFile, root, run } from './run.mjs';

function buildAddon() {
  // node-gyp started without npm looks for headers on the network and deletes build/ when it finds none; ours lie beside node.
  const nodedir = dirname(dirname(process.execPath));
  const headers = existsSync(join(nodedir, 'include', 'node', 'node_api.h')) ? [`--nodedir=${nodedir}`] : [];
  run('node', [
    join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
    'configure',
    'build',
    '-j',
    '2',
    '--loglevel=warn',
    ...headers,
  ]);
  // make leaves an addon whose objects did not change as old as it was; setup.mjs asks by its time whether anything was built since.
  const now = new Date();
  utimesSync(join(root, 'build', 'Release', 'headrace.node'), now, now);
}

function buildCrate() {
  if (!has('cargo')) {
    console.error('headrace: cargo is not installed, the journal runs on its TypeScript twin');
    return;
  }
  const crate = join(root, 'native', 'journal');
  run('cargo', ['build', '--release', '--quiet', '-j', '2'], { cwd: crate });
  const release = join(root, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  const library = process.platform === 'darwin' ? 'libheadrace_journal.dylib' : 'libheadrace_journal.so';
  replaceFile(join(crate, 'target', 'release', library), join(release, 'headrace-journal.node'));
}

// Tables and pages that are data, not TypeScript, lie beside the code that reads them.
const DATA = [
  join('src', 'codec', 'fix', 'dictionary', 'tables'),
  join('src', 'codec', 'record', 'double-byte'),
  join('src', 'dashboard', 'page'),
];

function copyData(folder) {
  mkdirSync(join(root, 'dist', folder), { recursive: true });
  for (const file of readdirSync(join(root, folder)))
    replaceFile(join(root, folder, file), join(root, 'dist', folder, file));
}

const COMPILED = ['src', 'test', 'bench', 'examples'];

// tsc leaves what a deleted source once became: a stale test would run, a stale module would be packed.
function removeStale(folder) {
  for (const file of readdirSync(join(root, 'dist', folder), { recursive: true })) {
    const source = file.replace(/\.(js|d\.ts)(\.map)?$/, '.ts');
    const isCopied = existsSync(join(root, folder, file));
    if (source !== file && !isCopied && !existsSync(join(root, folder, source)))
      rmSync(join(root, 'dist', folder, file));
  }
}

export function build({ native = true } = {}) {
  if (native) {
    buildAddon();
    buildCrate();
  }
  run('node', [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
  for (const folder of COMPILED) removeStale(folder);
  for (const folder of DATA) copyData(folder);
}

if (process.argv[1] === import.meta.filename) build({ native: !process.argv.includes('--ts') });
