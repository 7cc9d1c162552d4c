// `npm run test:native`: C++ tests without Node under AddressSanitizer and UBSan, the ring's also under ThreadSanitizer, fuzz entry points
// under a seeded driver, and the crate's tests. Each program counts as one test.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { has, root } from './run.mjs';

const SANITIZERS = {
  address: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  thread: ['-fsanitize=thread'],
};
const out = join(root, 'build', 'native-test');

const sourcesOf = area => {
  const folder = join(root, 'native', area);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(file => file.endsWith('.cc'))
    .map(file => join(folder, file));
};

function compileAndRun(file, sanitizer, extra = []) {
  const area = file.split(/[\\/]/).at(-1).split('-')[0];
  const program = join(out, `${file.split(/[\\/]/).at(-1).replace('.cc', '')}-${sanitizer}`);
  const flags = ['-std=c++20', '-O1', '-g', '-pthread', '-I', join(root, 'native'), ...SANITIZERS[sanitizer]];
  const compiled = spawnSync('g++', [...flags, file, ...extra, ...sourcesOf(area), '-o', program], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) return compiled.stderr;
  const ran = spawnSync(program, [], { encoding: 'utf8', timeout: 300_000 });
  return ran.status === 0 ? undefined : `exit ${ran.status ?? ran.signal}\n${ran.stdout}${ran.stderr}`;
}

function listNative(folder, ending) {
  const path = join(root, 'native', folder);
  return readdirSync(path)
    .filter(file => file.endsWith(ending))
    .sort()
    .map(file => join(path, file));
}

function testCpp(report) {
  const driver = join(root, 'native', 'fuzz', 'driver.cc');
  for (const file of listNative('test', '-test.cc')) {
    report(`${file.split(/[\\/]/).at(-1)} under ASan and UBSan`, compileAndRun(file, 'address'));
    if (file.includes('ring-')) report(`${file.split(/[\\/]/).at(-1)} under TSan`, compileAndRun(file, 'thread'));
  }
  for (const file of listNative('fuzz', '-fuzz.cc')) {
    report(`${file.split(/[\\/]/).at(-1)} under the seeded driver`, compileAndRun(file, 'address', [driver]));
  }
}

function testCrate(report) {
  const cargo = spawnSync('cargo', ['test', '--quiet', '-j', '2'], {
    cwd: join(root, 'native', 'journal'),
    encoding: 'utf8',
  });
  report('the journal crate (cargo test)', cargo.status === 0 ? undefined : cargo.stdout + cargo.stderr);
}

export function testNative() {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const report = (name, failure) => {
    totals[failure === undefined ? 'passed' : 'failed']++;
    console.log(
      `${failure === undefined ? 'ok' : 'not ok'} - native: ${name}${failure === undefined ? '' : `\n${failure}`}`,
    );
  };
  mkdirSync(out, { recursive: true });
  if (has('g++')) testCpp(report);
  else totals.skipped++;
  if (has('cargo')) testCrate(report);
  else totals.skipped++;
  return totals;
}

if (process.argv[1] === import.meta.filename) process.exit(testNative().failed > 0 ? 1 : 0);
