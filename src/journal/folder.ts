import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { SEGMENT_HEADER_SIZE, decodeSegmentHeader, type SegmentHeader } from './format.js';
import { FrameBuffer } from './frame-buffer.js';

/** Where a log lies: all its files are `<directory>/<name>.*`. */
export interface LogFolder {
  readonly directory: string;
  readonly name: string;
}

export function segmentPath({ directory, name }: LogFolder, index: number): string {
  return join(directory, `${name}.${String(index).padStart(8, '0')}.segment`);
}

export function filePath({ directory, name }: LogFolder, suffix: string): string {
  return join(directory, `${name}.${suffix}`);
}

/** A name of its own for bytes kept aside. */
export function asidePath(folder: LogFolder, suffix: string): string {
  let path = filePath(folder, `torn.${suffix}`);
  for (let again = 1; existsSync(path); again++) path = filePath(folder, `torn.${again}.${suffix}`);
  return path;
}

/** The numbers in the names `<name>.<number>.<ending>` of a folder, ascending. */
export function numberedFiles({ directory, name }: LogFolder, ending: string): readonly number[] {
  if (!existsSync(directory)) return [];
  const pattern = /^\d+$/;
  return readdirSync(directory)
    .filter(file => file.startsWith(`${name}.`) && file.endsWith(`.${ending}`))
    .map(file => file.slice(name.length + 1, -ending.length - 1))
    .filter(number => pattern.test(number))
    .map(Number)
    .sort((a, b) => a - b);
}

export function segmentIndexes(folder: LogFolder): readonly number[] {
  return numberedFiles(folder, 'segment');
}

/** What the first bytes of a segment file say: its header, `unused` where it is preallocated only, or `damaged`. */
export function readSegmentHeader(folder: LogFolder, index: number): SegmentHeader | 'unused' | 'damaged' {
  const buffer = FrameBuffer.ofSize(SEGMENT_HEADER_SIZE);
  const fd = openSync(segmentPath(folder, index), 'r');
  try {
    readSync(fd, buffer.bytes, 0, SEGMENT_HEADER_SIZE, 0);
  } finally {
    closeSync(fd);
  }
  if (buffer.bytes.every(byte => byte === 0)) return 'unused';
  return decodeSegmentHeader(buffer) ?? 'damaged';
}
