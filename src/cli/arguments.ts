import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';

import { ConfigError } from '../model/index.js';

/** A file the user named, as text of one byte a character or UTF-8. Throws ConfigError naming it when it cannot be read. */
export function readInput(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  try {
    return readFileSync(path, encoding);
  } catch (cause) {
    throw new ConfigError('HR_INPUT', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function atLeastZero(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value < Infinity)) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}

const WORKERS_MAX = 256;

export function workerCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > WORKERS_MAX)
    throw new InvalidArgumentError(`Workers are 1 to ${WORKERS_MAX}.`);
  return count;
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

/** `--native`: whether the native codec decodes. */
export function nativeOption(): Option {
  return new Option('--native <mode>', 'the native codec').choices(['require', 'prefer', 'off']).default('prefer');
}
