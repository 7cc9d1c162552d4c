import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from './project.js';
import { cacheFolder } from './servers.js';

/** The independent readers of Parquet and Arrow, as PyPI has them. */
const READERS = ['pyarrow==26.0.1', 'duckdb==2.0.0'];
const FOLDER = cacheFolder(`column-readers-${READERS.join('-').replaceAll('==', '-')}`);
const SCRIPTS = join(projectRoot, 'test', 'support');
const INSTALL_TIMEOUT_MS = 300_000;

const python = (args: readonly string[], timeout: number): ReturnType<typeof spawnSync> =>
  spawnSync('python3', args, {
    encoding: 'utf8',
    timeout,
    maxBuffer: 64 << 20,
    env: { ...process.env, PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: '1' },
  });

/** Why the readers cannot be had here, or undefined. They are fetched once a machine, beside the place and then moved. */
export function columnReadersMissing(): string | undefined {
  if (existsSync(FOLDER)) return undefined;
  const fresh = `${FOLDER}.${process.pid}`;
  const args = ['-m', 'pip', 'install', '--quiet', '--target', fresh, ...READERS];
  const { status } = python(args, INSTALL_TIMEOUT_MS);
  if (status === 0 && !existsSync(FOLDER)) renameSync(fresh, FOLDER);
  rmSync(fresh, { recursive: true, force: true });
  return existsSync(FOLDER) ? undefined : 'pyarrow and DuckDB need python3 with pip (apt: python3-pip), and PyPI';
}

/** What the readers found, of all files together. */
export interface Comparison {
  readonly files: number;
  readonly values: number;
  readonly wrong: readonly string[];
}

/** Compares each NAME.parquet, NAME.arrow (file) and NAME.arrows (stream) of a folder with NAME.jsonl. */
export function compareColumns(folder: string): Comparison {
  return runScript('compare_columns.py', [folder]) as Comparison;
}

/** A Parquet file's schema, row groups and column chunks, as pyarrow and DuckDB tell them. */
export interface ParquetDescription {
  readonly arrow: readonly string[];
  readonly duckdb: readonly string[];
  readonly groups: readonly number[];
  readonly created_by: string;
  readonly columns: readonly {
    readonly path: string;
    readonly type: string;
    readonly compression: string;
    readonly dictionary: boolean;
    readonly min: string | null;
    readonly max: string | null;
    readonly nulls: number | null;
  }[];
}

export function describeParquet(path: string): ParquetDescription {
  return runScript('compare_columns.py', ['--schema', path]) as ParquetDescription;
}

/** Writes one table of many types as pyarrow does, with each compression; returns the paths. */
export function writeForeignColumns(folder: string): readonly string[] {
  return runScript('foreign_columns.py', [folder]) as string[];
}

function runScript(script: string, args: readonly string[]): unknown {
  const { status, stdout, stderr } = python([join(SCRIPTS, script), ...args], 120_000);
  if (status !== 0) throw new Error(`${script} ${args.join(' ')}: exit ${status}\n${stderr}`);
  return JSON.parse(String(stdout));
}
