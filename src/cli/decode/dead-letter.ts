import { closeSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs';

import { ConfigError } from '../../model/index.js';
import { writeWhole } from '../outputs.js';

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
      writeWhole(this.path, this.descriptor, piece, this.sizeBytes);
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
