import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

import { ConfigError } from '../model/index.js';

/** A secret is named, never written down: an environment variable, or a file whose trailing line end is dropped. */
export const secret = z
  .union(
    [
      z.strictObject({ env: z.string().min(1).describe('Environment variable that holds the secret.') }),
      z.strictObject({ file: z.string().min(1).describe('File that holds the secret.') }),
    ],
    { error: 'a secret is a reference: { env: NAME } or { file: PATH }, never the secret itself' },
  )
  .describe('Reference to a secret: `{ env: NAME }` or `{ file: PATH }`.');

export type SecretReference = z.infer<typeof secret>;

/** Reads the secret; throws ConfigError naming the reference, never its value. `folder` is where relative files lie. */
export function readSecret(reference: SecretReference, folder: string): string {
  if ('env' in reference) {
    const value = process.env[reference.env];
    if (value === undefined || value === '')
      throw new ConfigError('HR_CONFIG_SECRET', `environment variable ${reference.env} is not set`);
    return value;
  }
  const path = resolve(folder, reference.file);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new ConfigError('HR_CONFIG_SECRET', `the secret's file ${path} cannot be read`, { cause });
  }
}
