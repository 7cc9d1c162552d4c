import { existsSync } from 'node:fs';

import type { Disk } from './disk.js';
import { filePath, type LogFolder } from './folder.js';

const SLICE_BYTES = 1024 * 1024;
const ZEROS = new Uint8Array(SLICE_BYTES);

/**
 * One file being filled with zeros, slice by slice, under a name of its own; it gets its real name when it is durable, so no
 * half-prepared segment is ever met. Zeros are written rather than allocated: an fdatasync over written extents costs half.
 */
export class Preparation {
  readonly #disk: Disk;
  readonly #folder: LogFolder;
  readonly #temporary: string;
  readonly #sizeBytes: number;
  readonly fd: number;
  #written = 0;

  constructor(disk: Disk, folder: LogFolder, sizeBytes: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#sizeBytes = sizeBytes;
    this.#temporary = filePath(folder, 'preparing');
    if (existsSync(this.#temporary)) disk.remove(this.#temporary);
    this.fd = disk.create(this.#temporary);
  }

  /** Writes the next slice; true when the file has its full size. Throws when the disk is full. */
  advance(): boolean {
    const size = Math.min(SLICE_BYTES, this.#sizeBytes - this.#written);
    if (size > 0) this.#disk.write(this.fd, ZEROS.subarray(0, size), this.#written);
    this.#written += size;
    return this.#written === this.#sizeBytes;
  }

  /** Syncs the zeros and gives the file its name. */
  finish(path: string): void {
    while (!this.advance());
    this.#disk.syncNow(this.fd);
    this.#disk.rename(this.#temporary, path);
    this.#disk.syncFolder(this.#folder.directory);
  }

  /** Gives up: the unfinished file is removed. */
  abandon(): void {
    this.#disk.close(this.fd);
    if (existsSync(this.#temporary)) this.#disk.remove(this.#temporary);
  }
}

/** Prepares one file now. Returns its descriptor, or the error that stopped it (the disk is full). */
export function prepareNow(disk: Disk, folder: LogFolder, target: { path: string; sizeBytes: number }): number | Error {
  let preparation: Preparation | undefined;
  try {
    preparation = new Preparation(disk, folder, target.sizeBytes);
    preparation.finish(target.path);
    return preparation.fd;
  } catch (error) {
    preparation?.abandon();
    return error as Error;
  }
}
