import { join } from 'node:path';

import { projectRoot } from './project.js';
import { PypiPackages } from './pypi.js';

/** The independent readers of Parquet and Arrow. */
const READERS = new PypiPackages('column-readers', ['pyarrow==26.0.1', 'duckdb==2.0.0']);
const SCRIPTS = join(projectRoot, 'test', 'support');

/** Why the readers cannot be had here, or undefined. */
export const columnReadersMissing = (): string | undefined => READERS.missing();

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
  const { status, stdout, stderr } = READERS.python([join(SCRIPTS, script), ...args]);
  if (status !== 0) throw new Error(`${script} ${args.join(' ')}: exit ${status}\n${stderr}`);
  return JSON.parse(stdout);
}
