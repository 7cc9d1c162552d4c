// Builds what lies in this clone: the C++ addon, the Rust crates where cargo is, and the TypeScript. `--ts` builds the last alone.
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { has, replaceFile, root, run, runBeside } from './run.mjs';

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
  touch(join(root, 'build', 'Release', 'headrace.node'));
}

const WITHOUT_CARGO = {
  journal: 'the journal runs on its TypeScript twin',
  columnar: 'Parquet and Arrow cannot be written or read',
};

/** Builds a crate beside what follows; resolves when its library lies where it is loaded from. */
export async function buildCrate(name) {
  if (!has('cargo')) {
    console.error(`headrace: cargo is not installed, ${WITHOUT_CARGO[name]}`);
    return;
  }
  const crate = join(root, 'native', name);
  await runBeside('cargo', ['build', '--release', '--quiet', '-j', '2'], { cwd: crate });
  const release = join(root, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  const suffix = process.platform === 'darwin' ? 'dylib' : 'so';
  const library = join(release, `headrace-${name}.node`);
  replaceFile(join(crate, 'target', 'release', `libheadrace_${name}.${suffix}`), library);
  touch(library);
}

// What did not change stays as old as it was; setup.mjs asks by its time whether anything was built since.
function touch(library) {
  const now = new Date();
  utimesSync(library, now, now);
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

/** The TypeScript; `native` is what the gateway runs on too: the addon and the journal. */
export async function build({ native }) {
  if (native) {
    buildAddon();
    await buildCrate('journal');
  }
  run('node', [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
  for (const folder of COMPILED) removeStale(folder);
  for (const folder of DATA) copyData(folder);
}

export const buildAll = () => Promise.all([buildCrate('columnar'), build({ native: true })]);

if (process.argv[1] === import.meta.filename)
  await (process.argv.includes('--ts') ? build({ native: false }) : buildAll());
