import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

import { ConfigError } from '../../model/index.js';

/** The file that `--out` names: itself, or in a folder one named like the copybook. */
export function outputFile(out: string, copybook: string, ending: string): string {
  const isFolder = /[\\/]$/.test(out) || statSync(out, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(out, `${basename(copybook, extname(copybook))}${ending}`) : out;
}

/** What the file has, '' when there is none. */
export function earlierText(file: string | undefined): string {
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Writes the file and the folder it is in. Throws ConfigError naming it when it cannot be written. */
export function writeGenerated(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    throw new ConfigError('HR_OUTPUT', `${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
