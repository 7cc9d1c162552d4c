/** Programs that turn a file of records into another file: each run is a process of its own, from its start to its end. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import type { Layout } from '../src/codec/index.js';
import { copybookFile, RECORD_COUNT, tradeRecords, UNIT } from './copybook-records.js';
import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { cargoPeer, projectRoot, workFolder } from './install.js';

/** 226 MB: long enough that the start of a process is little of it. */
export const FILE_RECORDS = 250 * RECORD_COUNT;
const SAMPLE_MS = 20;

export interface FileRun {
  readonly seconds: number;
  /** The most memory it held at once, bytes. */
  readonly residentMax: number;
}

/** The high-water mark of a process that runs; undefined when it has ended. */
function residentOf(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Runs a program to its end, its output into `out` where that is given. */
export async function runProgram(command: readonly string[], out?: string): Promise<FileRun> {
  const [program = '', ...args] = command;
  const output = out === undefined ? 'ignore' : openSync(out, 'w');
  const start = process.hrtime.bigint();
  const child = spawn(program, args, { stdio: ['ignore', output, 'inherit'] });
  let residentMax = 0;
  const sampling = setInterval(() => (residentMax = Math.max(residentMax, residentOf(child.pid!) ?? 0)), SAMPLE_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => {
    clearInterval(sampling);
    if (output !== 'ignore') closeSync(output);
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (code !== 0) throw new Error(`${program} ended with code ${code}`);
  return { seconds, residentMax };
}

/** The file of FILE_RECORDS records, made once a run. */
export function tradeFile(layout: Layout): string {
  const file = join(workFolder('trade-file'), 'trades.ebc');
  const block = tradeRecords(layout);
  const descriptor = openSync(file, 'w');
  for (let written = 0; written < FILE_RECORDS; written += RECORD_COUNT) writeSync(descriptor, block);
  closeSync(descriptor);
  return file;
}

/** What of a run is the figure. */
export type Figure = 'rate' | 'input' | 'memory';

const FIGURES: Readonly<Record<Figure, { readonly unit: string; of(run: FileRun, sizeBytes: number): number }>> = {
  rate: { unit: UNIT, of: ({ seconds }) => FILE_RECORDS / seconds },
  input: { unit: 'MB/s', of: ({ seconds }, sizeBytes) => sizeBytes / 1e6 / seconds },
  memory: { unit: 'MB resident', of: ({ residentMax }) => residentMax / 1e6 },
};

export interface FileProgram {
  readonly name: string;
  /** The command for an input and an output file; with `toOutput` what it prints is the output. */
  command(input: string, output: string): readonly string[];
  readonly toOutput: boolean;
}

/** Runs of a program that gave a rate: they tell its memory too, and a run of a slow peer takes half a minute. */
const measured = new Map<string, FileRun[]>();

/** A program as a contender, by one of its figures. */
export function fileContender(program: FileProgram, input: string, figure: Figure): Rated {
  const output = join(workFolder(`files-${program.name.replace(/[^a-z0-9]+/gi, '-')}`), 'out');
  const { unit, of } = FIGURES[figure];
  const known = measured.get(program.name) ?? [];
  measured.set(program.name, known);
  async function run(): Promise<number> {
    const before = figure === 'memory' ? known.shift() : undefined;
    if (before !== undefined) return of(before, statSync(input).size);
    const done = await runProgram(program.command(input, output), program.toOutput ? output : undefined);
    if (statSync(output).size === 0) throw new Error(`${program.name} wrote nothing`);
    if (figure !== 'memory') known.push(done);
    return of(done, statSync(input).size);
  }
  return { name: program.name, unit, run };
}

const headrace = [process.execPath, join(projectRoot, 'bin', 'headrace.js')];
const workersOf = (workers: number): string[] => ['--workers', String(workers)];
const threads = (workers: number): string => (workers === 1 ? 'one thread' : `${workers} threads`);
export const CORES = availableParallelism();

export function decodeFile(workers: number): FileProgram {
  const flags = ['decode', '--copybook', copybookFile, '--codepage', 'cp037', '--json', ...workersOf(workers)];
  return {
    name: `headrace decode, ${threads(workers)}`,
    command: input => [...headrace, ...flags, input],
    toOutput: true,
  };
}

export function convertFile(form: 'parquet', workers: number): FileProgram {
  const flags = ['convert', '--copybook', copybookFile, '--codepage', 'cp037', '--to', form, ...workersOf(workers)];
  return {
    name: `headrace convert to ${form}, ${threads(workers)}`,
    command: (input, output) => [...headrace, ...flags, input, output],
    toOutput: false,
  };
}

/** copybook-rs by its command line. AGPL: only ever a process. */
export function copybookRs(workers: number, input: string, figure: Figure): Promise<Rated | Missing> {
  const name = `copybook-rs 0.6.1, ${threads(workers)}`;
  return orMissing(name, () => {
    const program = cargoPeer({ crate: 'copybook-cli', version: '0.6.1', binary: 'copybook' });
    const flags = ['--format', 'fixed', '--codepage', 'cp037', '--threads', String(workers)];
    const command = (from: string, to: string): readonly string[] => {
      return [program, 'decode', ...flags, '--output', to, copybookFile, from];
    };
    return fileContender({ name, command, toOutput: false }, input, figure);
  });
}
