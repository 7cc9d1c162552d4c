import { closeSync, openSync } from 'node:fs';

import { ConfigError } from '../../model/index.js';
import { writeWhole } from '../outputs.js';

/** Where encoded bytes go. */
export interface ByteOutput {
  write(pieces: readonly Uint8Array[]): Promise<void>;
  close(): void;
}

/** A file, made or emptied, or standard output. Throws ConfigError when it cannot be written, or is a terminal for bytes that are no text. */
export function openByteOutput(path: string | undefined, isText: boolean): ByteOutput {
  if (path !== undefined) return new FileOutput(path);
  if (process.stdout.isTTY && !isText)
    throw new ConfigError('HR_OUTPUT', 'records are no text for a terminal; name a file with --out, or use a pipe');
  return new StandardOutput();
}

class FileOutput implements ByteOutput {
  private readonly descriptor: number;

  constructor(private readonly path: string) {
    try {
      this.descriptor = openSync(path, 'w');
    } catch (cause) {
      throw new ConfigError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
    }
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    writeWhole(this.path, this.descriptor, Buffer.concat(pieces));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Waits when the reader is slower. */
class StandardOutput implements ByteOutput {
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(pieces);
    if (bytes.length === 0 || process.stdout.write(bytes)) return;
    await new Promise(resolve => process.stdout.once('drain', resolve));
  }

  close(): void {}
}
