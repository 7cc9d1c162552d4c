// The C++ without Node: native/test under AddressSanitizer and UBSan, the ring's also under ThreadSanitizer, and native/fuzz under libFuzzer
// where clang and its runtime are, else under our seeded driver. An area's sources are native/AREA, its name the text before the first `-`.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { capture, has, root } from './run.mjs';

const ADDRESS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const THREAD = ['-fsanitize=thread'];
const FUZZ_SECONDS = 5;
const RUN_TIMEOUT_MS = 300_000;
const CLANGS = ['clang++', 'clang++-19', 'clang++-16', 'clang++-14'];

const native = join(root, 'native');
const out = join(root, 'build', 'native-test');

const filesOf = (folder, ending) =>
  existsSync(join(native, folder))
    ? readdirSync(join(native, folder))
        .filter(file => file.endsWith(ending))
        .sort()
        .map(file => join(native, folder, file))
    : [];
const areaSources = file => filesOf(basename(file).split('-')[0], '.cc');

/** Compiles; returns the program's path, or what the compiler said. */
async function compile(compiler, name, flags, sources) {
  const program = join(out, name);
  const all = ['-std=c++20', '-O1', '-g', '-pthread', '-I', native, ...flags, ...sources, '-o', program];
  const { status, text } = await capture(compiler, all);
  return status === 0 ? { program } : { failure: text };
}

async function compileAndRun({ compiler = 'g++', name, flags, sources, args = [] }) {
  const { program, failure } = await compile(compiler, name, flags, sources);
  if (failure !== undefined) return failure;
  const { status, text } = await capture(program, args, { timeout: RUN_TIMEOUT_MS });
  return status === 0 ? undefined : `exit ${status}\n${text.slice(-4000)}`;
}

/** Each sanitizer must stop its own fault, or the tests after it prove nothing. */
async function canary(flags, faults) {
  const { program, failure } = await compile('g++', `canary-${faults[0]}`, flags, [
    join(native, 'test', 'sanitizer-canary.cc'),
  ]);
  if (failure !== undefined) return failure;
  for (const fault of faults) {
    const { status, text } = await capture(program, [fault]);
    if (status === 0) return text;
  }
  return undefined;
}

function fuzzTask(file, clang) {
  const name = basename(file, '.cc');
  const sources = [file, ...areaSources(file)];
  if (clang === undefined) {
    const run = () => compileAndRun({ name, flags: ADDRESS, sources: [...sources, join(native, 'fuzz', 'driver.cc')] });
    return { name: `${name} under the seeded driver, ASan and UBSan`, run };
  }
  const flags = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
  const args = [`-max_total_time=${FUZZ_SECONDS}`, '-seed=20261123', `-artifact_prefix=${out}/${name}-`];
  const run = () => compileAndRun({ compiler: clang, name: `${name}-libfuzzer`, flags, sources, args });
  return { name: `${name} under libFuzzer, ASan and UBSan`, run };
}

/** The clang whose libFuzzer runtime links here, or undefined. */
async function fuzzingClang() {
  const entry = join(native, 'fuzz', 'risk-fuzz.cc');
  for (const clang of CLANGS.filter(has)) {
    const { failure } = await compile(
      clang,
      'libfuzzer',
      ['-fsanitize=fuzzer,address'],
      [entry, ...areaSources(entry)],
    );
    if (failure === undefined) return clang;
  }
  return undefined;
}

export async function cppTasks() {
  if (!has('g++')) return [{ name: 'C++ under sanitizers', missing: 'g++', isRequired: true }];
  mkdirSync(out, { recursive: true });
  const tests = filesOf('test', '-test.cc');
  const tasks = [
    { name: 'ASan and UBSan stop a known fault', run: () => canary(ADDRESS, ['address', 'undefined']) },
    { name: 'TSan stops a known race', run: () => canary(THREAD, ['thread']) },
  ];
  const add = (file, sanitizer, flags) =>
    tasks.push({
      name: `${basename(file)} under ${sanitizer}`,
      run: () =>
        compileAndRun({ name: `${basename(file, '.cc')}-${sanitizer}`, flags, sources: [file, ...areaSources(file)] }),
    });
  for (const file of tests) add(file, 'ASan-UBSan', ADDRESS);
  for (const file of tests.filter(file => basename(file).startsWith('ring-'))) add(file, 'TSan', THREAD);
  const clang = await fuzzingClang();
  if (clang === undefined)
    tasks.push({ name: 'libFuzzer (the seeded driver serves)', missing: 'clang with its runtime' });
  return [...tasks, ...filesOf('fuzz', '-fuzz.cc').map(file => fuzzTask(file, clang))];
}
