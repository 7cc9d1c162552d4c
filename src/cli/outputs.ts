import { statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';

import { ConfigError, OutputError } from '../model/index.js';

type Path = string | undefined; // undefined: not given

/**
 * Refuses a file to write that is one of those read, by whatever name, or another one written: opening it would empty it. Throws
 * ConfigError naming it.
 */
export function checkOutputs(read: readonly Path[], written: readonly Path[]): void {
  const taken = new Map<string, string>();
  for (const path of read) if (path !== undefined) taken.set(identityOf(path), 'is an input');
  for (const path of written) {
    if (path === undefined) continue;
    const identity = identityOf(path);
    const reason = identity === '' ? undefined : taken.get(identity);
    if (reason !== undefined) throw new ConfigError('HR_OUTPUT', `${path} ${reason}; name another output`);
    taken.set(identity, 'is another output too');
  }
}

/** The same for all names of a file; '' for terminals, pipes and devices, which nothing empties. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return resolve(path);
  return stat.isFile() ? `${stat.dev}:${stat.ino}` : '';
}

/** Writes all of the bytes, from a place of the file where one is given. Throws OutputError naming the file when it is full or gone. */
export function writeWhole(path: string, descriptor: number, bytes: Uint8Array, position?: number): void {
  try {
    for (let done = 0; done < bytes.length;)
      done += writeSync(descriptor, bytes, done, bytes.length - done, position === undefined ? null : position + done);
  } catch (cause) {
    throw new OutputError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
