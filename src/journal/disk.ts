import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** The file calls the twin makes, so that a test can record or refuse them. Calls throw Node's errors. */
export interface Disk {
  create(path: string): number;
  open(path: string): number;
  close(fd: number): void;
  write(fd: number, bytes: Uint8Array, position: number): void;
  /** Bytes read: fewer than asked only at the end of the file. */
  read(fd: number, bytes: Uint8Array, position: number): number;
  sync(fd: number, done: (error: Error | null) => void): void;
  syncNow(fd: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  /** Makes names created, renamed or removed in a folder durable. */
  syncFolder(path: string): void;
}

export const nodeDisk: Disk = {
  create: path => openSync(path, 'wx+', 0o640),
  open: path => openSync(path, 'r+'),
  close: closeSync,
  write(fd, bytes, position) {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(fd, bytes, done, bytes.length - done, position + done);
    }
  },
  read(fd, bytes, position) {
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(fd, bytes, done, bytes.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  },
  sync: (fd, done) => fdatasync(fd, done),
  syncNow: fdatasyncSync,
  rename: renameSync,
  remove: unlinkSync,
  makeFolder: path => void mkdirSync(path, { recursive: true }),
  syncFolder(path) {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
};
