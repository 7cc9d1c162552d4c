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

/** The names of the logs a folder holds, in order. Throws Node's error when it is no folder. */
export function logNames(directory: string): readonly string[] {
  const found = readdirSync(directory).flatMap(file => /^(.+)\.\d+\.segment$/.exec(file)?.[1] ?? []);
  return [...new Set(found)].sort();
}

export function segmentIndexes(folder: LogFolder): readonly number[] {
  return numberedFiles(folder, 'segment');
}

/**
 * What the first bytes of a segment file say: its header, `unused` where it is preallocated only, or `damaged`. `gone` where the file is not
 * there: retention deletes segments while readers that listed the folder look at them.
 */
export function readSegmentHeader(folder: LogFolder, index: number): SegmentHeader | 'unused' | 'damaged' | 'gone' {
  const buffer = FrameBuffer.ofSize(SEGMENT_HEADER_SIZE);
  const fd = openIfThere(segmentPath(folder, index));
  if (fd === undefined) return 'gone';
  try {
    readSync(fd, buffer.bytes, 0, SEGMENT_HEADER_SIZE, 0);
  } finally {
    closeSync(fd);
  }
  if (buffer.bytes.every(byte => byte === 0)) return 'unused';
  return decodeSegmentHeader(buffer) ?? 'damaged';
}

/** A file for reading; `undefined` where there is none. */
export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Listings of a folder before what vanished between listing and look is taken for the whole log. */
const LISTINGS = 3;

/**
 * Looks through the segments of a log that may lose its oldest meanwhile. `look` answers undefined where it found nothing and `gone` where all
 * that could have been it was deleted: then the folder is listed again, a few times at most.
 */
export function lookThrough<Found>(
  folder: LogFolder,
  look: (indexes: readonly number[]) => Found | undefined | 'gone',
): Found | undefined {
  for (let listing = 0; listing < LISTINGS; listing++) {
    const found = look(segmentIndexes(folder));
    if (found !== 'gone') return found;
  }
  return undefined;
}
