import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';

import { InputError } from '../../model/index.js';

/** Bytes of a file or of standard input, chunk by chunk. */
export interface Input {
  readonly sizeBytes: number; // 0 when it is not known
  /** Fills `target` from its start; returns how many bytes, 0 at the end. Of a file that may be from a place of its own. */
  read(target: Uint8Array, position?: number): Promise<number>;
  close(): void;
}

/** Opens a path, or `-` for standard input. Throws InputError when it cannot be read. */
export function openInput(path: string): Input {
  try {
    return path === '-' ? new StreamInput() : new FileInput(path);
  } catch (error) {
    throw new InputError('HR_INPUT', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

class FileInput implements Input {
  readonly sizeBytes: number;
  private readonly descriptor: number;

  constructor(path: string) {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new Error('it is a directory');
    this.sizeBytes = stat.size;
    this.descriptor = openSync(path, 'r');
  }

  async read(target: Uint8Array, position?: number): Promise<number> {
    return readSync(this.descriptor, target, 0, target.length, position ?? null);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

class StreamInput implements Input {
  readonly sizeBytes = 0;
  private readonly chunks = createReadStream('', { fd: 0, autoClose: false })[Symbol.asyncIterator]();
  private rest: Buffer = Buffer.alloc(0);

  async read(target: Uint8Array): Promise<number> {
    while (this.rest.length === 0) {
      const { value, done } = await this.chunks.next();
      if (done === true) return 0;
      this.rest = value as Buffer;
    }
    const taken = Math.min(this.rest.length, target.length);
    target.set(this.rest.subarray(0, taken));
    this.rest = this.rest.subarray(taken);
    return taken;
  }

  close(): void {}
}
