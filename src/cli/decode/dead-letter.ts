import { closeSync, openSync, writeSync } from 'node:fs';

import { ConfigError } from '../../model/index.js';

/** A file that bad records go to, framed as the file they come from, so that it can be decoded again. */
export class DeadLetter {
  private descriptor: number | undefined;

  /** The file is made, or emptied, when the first record comes. */
  constructor(private readonly path: string) {}

  add(pieces: readonly Uint8Array[]): void {
    if (pieces.length === 0) return;
    this.descriptor ??= open(this.path);
    for (const piece of pieces) writeAll(this.descriptor, piece);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (cause) {
    throw new ConfigError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}
