import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';

import { ConfigError } from '../../model/index.js';

/** A file that bad records go to, framed as the file they come from, so that it can be decoded again. */
export class DeadLetter {
  private descriptor: number | undefined;

  /** The file is made, or emptied, when the first record comes; of a run that goes on, its first `sizeBytes` stay. */
  constructor(
    private readonly path: string,
    public sizeBytes = 0,
  ) {
    if (sizeBytes > 0) this.descriptor = open(path, 'r+');
    if (this.descriptor !== undefined) ftruncateSync(this.descriptor, sizeBytes);
  }

  add(pieces: readonly Uint8Array[]): void {
    if (pieces.length === 0) return;
    this.descriptor ??= open(this.path, 'w');
    for (const piece of pieces) {
      writeAll(this.descriptor, piece, this.sizeBytes);
      this.sizeBytes += piece.length;
    }
  }

  sync(): void {
    if (this.descriptor !== undefined) fdatasyncSync(this.descriptor);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}

function open(path: string, flags: 'w' | 'r+'): number {
  try {
    return openSync(path, flags);
  } catch (cause) {
    throw new ConfigError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Writes at a place of the file: a run that goes on has one of its own. */
export function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
}
