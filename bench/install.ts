/**
 * Peers come from the registries (npm, Maven, Debian, crates.io) with their versions pinned, into a cache folder outside the clone. Each is
 * installed once for its pinned version and our driver's source; a peer that cannot be had throws the reason.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const INSTALL_TIMEOUT_MS = 300_000;
/** A crate with all it depends on. */
const BUILD_TIMEOUT_MS = 1_800_000;

/** The clone's root: compiled benches lie in dist/bench. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The drivers' sources and the peers' settings. */
export const peersFolder = join(projectRoot, 'bench', 'peers');

export function cacheFolder(): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'headrace', 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a program of an installation; what it printed last is the reason when it fails. */
export function command(
  program: string,
  args: readonly string[],
  folder = cacheFolder(),
  timeout = INSTALL_TIMEOUT_MS,
): void {
  const { status, error, stderr, stdout } = spawnSync(program, args, {
    cwd: folder,
    timeout,
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error(`${program}: ${error.message}`);
  if (status === 0) return;
  const said = `${stderr}\n${stdout}`.trim().split('\n');
  throw new Error(`${program} ${args[0] ?? ''} failed: ${said.find(line => /error/i.test(line)) ?? said[0] ?? status}`);
}

/** A folder of the cache that `install` fills once for each `key`; half-made folders are made again. */
export function installed(name: string, key: string, install: (folder: string) => void): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `${name}-${digest}`);
  const ready = join(folder, '.ready');
  if (existsSync(ready)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(ready, '');
  return folder;
}

function sourceKey(folder: string): string {
  return readdirSync(folder)
    .sort()
    .map(file => `${file}\n${readFileSync(join(folder, file), 'utf8')}`)
    .join('\n');
}

/** A Java peer of `bench/peers/NAME`: pom.xml pins the library, Main.java is our driver. Returns what to run. */
export function javaPeer(name: string, jvmArgs: readonly string[] = []): string[] {
  const source = join(peersFolder, name);
  const folder = installed(name, sourceKey(source), target => {
    const jars = ['-q', '-B', '-f', join(source, 'pom.xml'), 'dependency:copy-dependencies'];
    command('mvn', [...jars, `-DoutputDirectory=${join(target, 'lib')}`]);
    command('javac', ['-cp', join(target, 'lib', '*'), '-d', target, join(source, 'Main.java')]);
  });
  return ['java', '-Xms512m', '-Xmx1g', ...jvmArgs, '-cp', `${folder}:${join(folder, 'lib', '*')}`, 'Main'];
}

export interface NativePeer {
  /** A source below `bench/peers`. */
  readonly source: string;
  readonly flags?: readonly string[];
  /** Debian packages with their pinned versions; unpacked into the cache when the header is not on the machine. */
  readonly debian?: { readonly header: string; readonly packages: readonly string[] };
}

const LIBRARIES = join('usr', 'lib', 'x86_64-linux-gnu');

/** Headers and libraries of Debian packages, unpacked beside the system; none when the machine has them. */
function debianFlags(debian: NonNullable<NativePeer['debian']>): string[] {
  if (existsSync(join('/usr/include', debian.header))) return [];
  const folder = installed('debian', debian.packages.join(' '), target => {
    command('apt-get', ['download', ...debian.packages], target);
    for (const file of readdirSync(target)) {
      if (file.endsWith('.deb')) command('dpkg-deb', ['-x', join(target, file), target]);
    }
  });
  const libraries = join(folder, LIBRARIES);
  return ['-I', join(folder, 'usr', 'include'), '-L', libraries, `-Wl,-rpath,${libraries}`];
}

/** A C or C++ peer compiled from `bench/peers`; returns the program's path. */
export function nativePeer(peer: NativePeer): string {
  const source = join(peersFolder, peer.source);
  const name = peer.source.replace(/[^a-z]+/g, '-');
  const key = `${readFileSync(source, 'utf8')}${readFileSync(join(peersFolder, 'cycles.h'), 'utf8')}${JSON.stringify(peer)}`;
  const folder = installed(name, key, target => {
    const packages = peer.debian === undefined ? [] : debianFlags(peer.debian);
    const compiler = peer.source.endsWith('.c') ? 'gcc' : 'g++';
    const output = join(target, 'peer');
    const flags = ['-O3', '-march=native', '-pthread', '-o', output, source, ...packages, ...(peer.flags ?? [])];
    command(compiler, flags, peersFolder);
  });
  return join(folder, 'peer');
}

export interface CargoPeer {
  readonly crate: string;
  readonly version: string;
  readonly binary: string;
}

/** A program of crates.io at a pinned version, built in the cache with its own lock; returns its path. */
export function cargoPeer({ crate, version, binary }: CargoPeer): string {
  const folder = installed(`cargo-${crate}`, version, target => {
    command(
      'cargo',
      ['install', '--quiet', '--locked', '--root', target, `${crate}@${version}`],
      target,
      BUILD_TIMEOUT_MS,
    );
    rmSync(join(target, 'target'), { recursive: true, force: true });
  });
  return join(folder, 'bin', binary);
}

/** A package of npm at a pinned version, loaded from the cache. */
export function npmPeer(name: string, spec: string): unknown {
  const folder = installed(`npm-${name.toLowerCase()}`, spec, target => {
    writeFileSync(join(target, 'package.json'), '{ "private": true }\n');
    command('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${spec}`], target);
  });
  return createRequire(join(folder, 'package.json'))(name);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const workFolders = new Set<string>();

function removeWork(): void {
  for (const folder of workFolders) rmSync(folder, { recursive: true, force: true });
}

/** Removes what processes left that were killed before they could. */
function sweep(work: string): void {
  for (const name of existsSync(work) ? readdirSync(work) : []) {
    if (!isRunning(Number(/\d+$/.exec(name)?.[0]))) rmSync(join(work, name), { recursive: true, force: true });
  }
}

/** A fresh folder for a contender's files, in the same cache, so all of them write to one disk; it goes when this process ends. */
export function workFolder(name: string): string {
  const work = join(cacheFolder(), 'work');
  sweep(work);
  const folder = join(work, `${name}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (workFolders.size === 0) process.once('exit', removeWork);
  workFolders.add(folder);
  return folder;
}
