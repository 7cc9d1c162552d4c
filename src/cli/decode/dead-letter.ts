import { closeSync, openSync, writeSync } from 'node:fs';

import { createFrameWriter, type FrameWriter, type Framing, type RecordFile } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';

/** A file that bad records go to, framed as the file they come from, so that it can be decoded again. */
export class DeadLetter {
  private readonly frame: FrameWriter;
  private descriptor: number | undefined;

  /** The file is made, or emptied, when the first record comes. */
  constructor(
    file: RecordFile,
    private readonly path: string,
  ) {
    this.frame = createFrameWriter(file);
  }

  add({ bytes, starts, lengths }: Framing, index: number): void {
    this.descriptor ??= open(this.path);
    const start = starts[index]!;
    for (const piece of this.frame(bytes.subarray(start, start + lengths[index]!))) writeAll(this.descriptor, piece);
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
