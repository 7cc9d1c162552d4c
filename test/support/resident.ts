import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from './project.js';

/** 32 integers, so that a file of zeros is one of good records. */
const COPYBOOK = '       01 R.\n          05 A PIC S9(9) COMP OCCURS 32.\n';
export const RECORD_SIZE = 128;
/** Records after which the values of a random file come again. */
const RANDOM_RECORDS = 1 << 17;

/** A copybook and a file of so many records of it, in a folder: of one length, which takes no room on the disk, or behind RDWs. */
export function integerFile(
  folder: string,
  format: 'fixed' | 'rdw',
  records: number,
): { copybook: string; data: string } {
  const [copybook, data] = [join(folder, 'integers.cpy'), join(folder, `integers.${format}`)];
  writeFileSync(copybook, COPYBOOK);
  const descriptor = openSync(data, 'w');
  if (format === 'fixed') ftruncateSync(descriptor, records * RECORD_SIZE);
  else writeRdw(descriptor, records);
  closeSync(descriptor);
  return { copybook, data };
}

/** A copybook and a file of so many records of it, of integers that hardly repeat within a row group. */
export function randomFile(folder: string, records: number): { copybook: string; data: string } {
  const [copybook, data] = [join(folder, 'integers.cpy'), join(folder, 'random.fixed')];
  writeFileSync(copybook, COPYBOOK);
  const chunk = Buffer.alloc(RANDOM_RECORDS * RECORD_SIZE);
  for (let [at, value] = [0, 1]; at < chunk.length; at += 4) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    chunk.writeUInt32BE(value % 1_000_000_000, at);
  }
  const descriptor = openSync(data, 'w');
  for (let left = records; left > 0; left -= RANDOM_RECORDS)
    writeSync(descriptor, chunk, 0, Math.min(left, RANDOM_RECORDS) * RECORD_SIZE);
  closeSync(descriptor);
  return { copybook, data };
}

function writeRdw(descriptor: number, records: number): void {
  const record = Buffer.alloc(RECORD_SIZE + 4);
  record.writeUInt16BE(RECORD_SIZE + 4);
  const chunk = Buffer.concat(Array.from({ length: 4096 }, () => record));
  for (let left = records; left > 0; left -= 4096)
    writeSync(descriptor, chunk, 0, Math.min(left, 4096) * record.length);
}

/** How a command of headrace ended. */
export interface Resident {
  readonly status: number | null;
  /** The most memory it had resident; 0 where it died before it could say. */
  readonly bytes: number;
  /** The end of what it wrote to standard error, or the signal that ended it. */
  readonly errors: string;
}

const ERRORS_MAX = 1 << 26;
const ERRORS_SHOWN = 2000;

/** Runs a command of headrace to its end, its output read by nobody. */
export function residentOf(folder: string, args: readonly string[]): Resident {
  const report = join(folder, 'resident');
  rmSync(report, { force: true });
  const preload = new URL('report-memory.js', import.meta.url).href;
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, join(projectRoot, 'bin', 'headrace.js'), ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: ERRORS_MAX,
      env: { ...process.env, HEADRACE_TEST_MEMORY: report },
    },
  );
  const bytes = existsSync(report) ? Number(readFileSync(report, 'utf8')) : 0;
  const errors = signal === null ? stderr.subarray(-ERRORS_SHOWN).toString().trim() : signal;
  return { status, bytes, errors };
}

/** What a file of any size may take. */
export const RESIDENT_MAX = 150 << 20;
