import { extname } from 'node:path';

import { ConfigError } from '../../model/index.js';

/** What a file is made of. */
export type Form = 'jsonl' | 'csv' | 'parquet' | 'arrow' | 'copybook';

/** The names of `--from` and `--to`, aliases included. */
export const FORM_NAMES: Readonly<Record<string, Form>> = {
  jsonl: 'jsonl',
  json: 'jsonl',
  csv: 'csv',
  parquet: 'parquet',
  arrow: 'arrow',
  copybook: 'copybook',
  records: 'copybook',
};

const EXTENSIONS: Readonly<Record<string, Form>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.feather': 'arrow',
};

/** What a form's files are called in a folder of them. */
export const ENDINGS: Readonly<Record<Form, string>> = {
  jsonl: '.jsonl',
  csv: '.csv',
  parquet: '.parquet',
  arrow: '.arrow',
  copybook: '.dat',
};

/** The form of a file: as it was asked for, else by its extension; any other extension is records, where there is a copybook. */
export function formOf(path: string, asked: string | undefined, hasCopybook: boolean): Form {
  const form = asked === undefined ? EXTENSIONS[extname(path).toLowerCase()] : FORM_NAMES[asked];
  if (form !== undefined) return form;
  if (hasCopybook) return 'copybook';
  throw new ConfigError(
    'HR_FORM',
    `${path} does not tell its form; name it with --from or --to, or give the --copybook of its records`,
  );
}
