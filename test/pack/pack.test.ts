import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import { projectRoot } from '../support/project.js';
import { findProgram, freePort } from '../support/servers.js';

// What a user gets: the package as npm makes it, installed where there is neither a compiler nor this clone.
t.setTimeout(300_000);
const COMMAND_TIMEOUT_MS = 200_000;
// Three of them are the columnar crate.
const PACKED_BYTES_MAX = 6 * 1024 * 1024;
const NATIVE_PARTS = ['headrace.node', 'headrace-journal.node', 'headrace-columnar.node'];
const platform = `${process.platform}-${process.arch}`;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: COMMAND_TIMEOUT_MS,
  });
  return { status, out: stdout, err: stderr };
}

/** A PATH of one folder that holds node, npm, npx, sh and env, and nothing else. */
function barePath(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const program of ['npm', 'npx', 'sh', 'env']) symlinkSync(findProgram(program) ?? '', join(bin, program));
  return bin;
}

/** The example's configuration, on ports that are free; the rest of the desk is the demo's to copy. */
async function writeConfig(installed: string, folder: string): Promise<void> {
  let text = readFileSync(join(installed, 'examples', 'desk', 'gateway.yaml'), 'utf8');
  for (const port of [8080, 8081, 9880, 9881, 9882]) {
    text = text.replaceAll(`port: ${port}`, `port: ${await freePort()}`);
  }
  mkdirSync(folder);
  writeFileSync(join(folder, 'gateway.yaml'), text);
}

/**
 * Runs what `npx headrace demo` runs until it tells of an accepted order, then sends Ctrl-C to its group as a terminal does. (npx
 * itself would hide the exit code: it ends by the same signal.)
 */
async function demoUntilAccepted(cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(join(cwd, 'node_modules', '.bin', 'headrace'), ['demo'], { cwd, env, detached: true });
  let [out, err] = ['', ''];
  const interrupt = (): void => {
    child.stdout.removeListener('data', look);
    process.kill(-(child.pid ?? 0), 'SIGINT');
  };
  const look = (): void => {
    if (/accepted [1-9]/.test(out)) interrupt();
  };
  child.stdout.on('data', chunk => (out += chunk)).on('data', look);
  child.stderr.on('data', chunk => (err += chunk));
  const timer = setTimeout(interrupt, COMMAND_TIMEOUT_MS / 2);
  const status = await new Promise<number | null>(resolve => child.once('close', resolve));
  clearTimeout(timer);
  return { status, out, err };
}

const folder = mkdtempSync(join(tmpdir(), 'headrace-pack-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
const desk = join(folder, 'desk');
const installed = join(desk, 'node_modules', 'headrace');
mkdirSync(desk);

const pack = run('npm', ['pack', '--json', '--pack-destination', folder], projectRoot, process.env);
// What the build says comes first; npm's answer is the JSON array at the end.
const packed = (JSON.parse(pack.out.slice(pack.out.lastIndexOf('\n[\n') + 1)) as [Packed])[0];
const files = packed.files.map(file => file.path);

t.test('the package holds what runs and what builds, and nothing else', async t => {
  t.comment(`${packed.size} bytes packed, ${packed.unpackedSize} unpacked, ${files.length} files`);
  const dictionaries = readdirSync(join(projectRoot, 'src', 'codec', 'fix', 'dictionary', 'tables'));
  const expected = [
    ...NATIVE_PARTS.map(part => `prebuilds/${platform}/${part}`),
    ...dictionaries.map(name => `dist/src/codec/fix/dictionary/tables/${name}`),
    'dist/src/codec/record/double-byte/pages.br',
    ...['index.html', 'page.css', 'page.js', 'sessions.js'].map(name => `dist/src/dashboard/page/${name}`),
    ...['gateway.yaml', 'positions.cpy'].map(name => `examples/desk/${name}`),
    ...['bin/headrace.js', 'dist/src/index.js', 'dist/src/index.d.ts', 'scripts/install.mjs', 'scripts/run.mjs'],
    ...['binding.gyp', 'native/sources.cjs', 'native/addon.cc', 'native/version.h', 'native/model/status.h'],
    ...[
      'LICENSE',
      'SECURITY.md',
      'CHANGELOG.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'bench/README.md',
      'docs/config.md',
      'docs/journal.md',
    ],
  ];
  t.strictSame(
    expected.filter(path => !files.includes(path)),
    [],
    'nothing is missing',
  );
  const allowed =
    /^(bin|dist\/src|prebuilds|native\/(boundary|codec|ring|risk|model))\/|^examples\/(\d\d-[^/]+\.ts|desk\/(gateway\.yaml|positions\.cpy))$|^docs\/[^/]+\.md$/;
  const rest = files.filter(path => !allowed.test(path) && !expected.includes(path));
  t.strictSame(
    rest.filter(path => !['package.json', 'README.md'].includes(path)),
    [],
    'nothing else',
  );
  t.strictSame(
    files.filter(path => /(^|\/)(target|test|fuzz|data)\/|\.(map|tsbuildinfo)$/.test(path)),
    [],
  );
  t.ok(packed.size < PACKED_BYTES_MAX, `${packed.size} bytes`);
});

t.test('an empty folder with no compiler gets both native parts from inside the package', async t => {
  const env = { ...process.env, PATH: barePath(folder) };
  writeFileSync(join(desk, 'package.json'), '{ "private": true }');
  // The optional WebSocket driver is left out: a quarter of a gigabyte, and `ws` serves in its place.
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=optional', '--loglevel=error'];
  const install = run('npm', ['install', ...flags, join(folder, packed.filename)], desk, env);
  t.equal(install.status, 0, install.err);
  t.notOk(readdirSync(installed).includes('build'), 'nothing was compiled');

  const version = run('npx', ['headrace', '--version'], desk, env);
  t.match(version.out, /C\+\+\): native, interface \d+\n/, version.err);
  t.match(version.out, /Rust\): native, interface \d+\n/);
  const program = "import('headrace').then(a => console.log(a.createGateway === require('headrace').createGateway))";
  t.match(run('node', ['-e', program], desk, env).out, /^true/, 'import and require give the same module');

  await t.test('headrace demo copies the desk, has orders accepted, and Ctrl-C ends it with 0', async t => {
    await writeConfig(installed, join(desk, 'headrace-demo'));
    const { status, out, err } = await demoUntilAccepted(desk, env);
    t.match(out, /accepted [1-9]/, err);
    t.equal(status, 0, `${out.slice(-500)}${err}`);
    t.ok(readdirSync(join(desk, 'headrace-demo')).includes('positions.cpy'));
  });

  await t.test('a build of its own goes before the prebuilt parts', async t => {
    mkdirSync(join(installed, 'build', 'Release'), { recursive: true });
    writeFileSync(join(installed, 'build', 'Release', 'headrace.node'), 'no library');
    const { status, out } = run('npx', ['headrace', '--version'], desk, env);
    t.match(out, /C\+\+\): TypeScript twin \(.*build.Release.headrace\.node could not be loaded/);
    t.match(out, /Rust\): native/);
    t.equal(status, 0);
    rmSync(join(installed, 'build'), { recursive: true });
  });

  await t.test(
    'without prebuilt parts and compiler the install passes, says why in a line, and the twins serve',
    async t => {
      rmSync(join(installed, 'prebuilds'), { recursive: true });
      const rebuild = run('npm', ['rebuild', '--foreground-scripts', '--loglevel=error', 'headrace'], desk, env);
      t.equal(rebuild.status, 0, rebuild.err);
      const said = `${rebuild.out}${rebuild.err}`.split('\n').filter(line => line.startsWith('headrace: '));
      t.equal(said.length, 1, rebuild.err);
      t.match(said[0], /twins will serve/);
      const { status, out } = run('npx', ['headrace', '--version'], desk, env);
      t.equal(
        out.match(new RegExp(`TypeScript twin \\(.*neither built nor prebuilt for ${platform}`, 'g'))?.length,
        2,
        out,
      );
      t.equal(status, 0);
    },
  );
});
