import { openSync, writeSync, closeSync } from 'node:fs';
import { basename, join } from 'node:path';

import { nodeDisk, type Disk } from '../../src/journal/disk.js';

const SECTOR = 512;

interface Write {
  readonly file: number;
  readonly bytes: Uint8Array;
  readonly position: number;
  /** The operation whose completion made it durable; Infinity while none has. */
  durableAt: number;
}

type Operation =
  ({ readonly kind: 'write' } & Write) | { readonly kind: 'name'; readonly names: ReadonlyMap<string, number> };

/** A disk that does what it is told and keeps the trace: every write with the moment it became durable, every change of a name. */
export class RecordedDisk implements Disk {
  readonly operations: Operation[] = [];
  /** What the log had promised as durable, and as written, when operation i was begun. */
  readonly synced: number[] = [];
  readonly committed: number[] = [];
  promised = { synced: (): number => 0, committed: (): number => 0 };
  readonly #files = new Map<number, number>();
  readonly #names = new Map<string, number>();
  #fileCount = 0;

  create(path: string): number {
    const fd = nodeDisk.create(path);
    this.#files.set(fd, ++this.#fileCount);
    this.#names.set(basename(path), this.#fileCount);
    this.#named();
    return fd;
  }

  open(path: string): number {
    const fd = nodeDisk.open(path);
    this.#files.set(fd, this.#names.get(basename(path)) as number);
    return fd;
  }

  close = nodeDisk.close;
  read = nodeDisk.read;
  makeFolder = nodeDisk.makeFolder;
  syncFolder = nodeDisk.syncFolder;

  write(fd: number, bytes: Uint8Array, position: number): void {
    const file = this.#files.get(fd) as number;
    this.#record({ kind: 'write', file, bytes: bytes.slice(), position, durableAt: Infinity });
    nodeDisk.write(fd, bytes, position);
  }

  sync(fd: number, done: (error: Error | null) => void): void {
    const begun = this.operations.length;
    const file = this.#files.get(fd);
    nodeDisk.sync(fd, error => {
      this.#durable(file, begun);
      done(error);
    });
  }

  syncNow(fd: number): void {
    nodeDisk.syncNow(fd);
    this.#durable(this.#files.get(fd), this.operations.length);
  }

  rename(from: string, to: string): void {
    nodeDisk.rename(from, to);
    this.#names.set(basename(to), this.#names.get(basename(from)) as number);
    this.#names.delete(basename(from));
    this.#named();
  }

  remove(path: string): void {
    nodeDisk.remove(path);
    this.#names.delete(basename(path));
    this.#named();
  }

  /**
   * What the disk may hold when the machine stops after `count` operations: what was durable then, and of the rest whatever
   * `keeps` says for each sector.
   */
  image(directory: string, count: number, keeps: (sector: number, isLast: boolean) => boolean): void {
    const names = this.operations.slice(0, count).findLast(operation => operation.kind === 'name');
    const files = new Map<number, number>();
    if (names?.kind === 'name') {
      for (const [name, file] of names.names) files.set(file, openSync(join(directory, name), 'w+'));
    }
    this.operations.slice(0, count).forEach((operation, index) => {
      const fd = operation.kind === 'write' ? files.get(operation.file) : undefined;
      if (operation.kind !== 'write' || fd === undefined) return;
      if (operation.durableAt <= count) writeSync(fd, operation.bytes, 0, operation.bytes.length, operation.position);
      else writeSectors(fd, operation, sector => keeps(sector, index === count - 1));
    });
    for (const fd of files.values()) closeSync(fd);
  }

  #durable(file: number | undefined, begun: number): void {
    this.operations.slice(0, begun).forEach(operation => {
      if (operation.kind === 'write' && operation.file === file)
        operation.durableAt = Math.min(operation.durableAt, this.operations.length);
    });
  }

  #named(): void {
    this.#record({ kind: 'name', names: new Map(this.#names) });
  }

  #record(operation: Operation): void {
    this.synced.push(this.promised.synced());
    this.committed.push(this.promised.committed());
    this.operations.push(operation);
  }
}

/** Writes the sectors of a write that `keeps` keeps. Sectors are those of the file: a write may begin in the middle of one. */
function writeSectors(fd: number, { bytes, position }: Write, keeps: (sector: number) => boolean): void {
  for (let at = 0; at < bytes.length;) {
    const sector = Math.floor((position + at) / SECTOR);
    const end = Math.min(bytes.length, (sector + 1) * SECTOR - position);
    if (keeps(sector)) writeSync(fd, bytes, at, end - at, position + at);
    at = end;
  }
}
