import { closeSync, existsSync, readFileSync } from 'node:fs';

import { crc32c } from './crc32c.js';
import { nodeDisk } from './disk.js';
import { asidePath, filePath, numberedFiles, type LogFolder } from './folder.js';
import { FORMAT_VERSION } from './format.js';
import { FrameBuffer } from './frame-buffer.js';

/*
 * Snapshot file `<name>.<sequence>.snapshot`:
 *   0 "HEADSNAP"   8 version u32   12 CRC-32C u32 of all that follows   16 sequence u64   24 content size u64   32 content
 */
const HEADER_SIZE = 32;
const MAGIC = Buffer.from('HEADSNAP', 'latin1');
const KEPT = 2;

export interface Snapshot {
  /** The last sequence whose effect is in the content. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

function snapshotPath(folder: LogFolder, sequence: number): string {
  return filePath(folder, `${String(sequence).padStart(16, '0')}.snapshot`);
}

/**
 * Writes a snapshot beside the log: under a temporary name, synced, renamed. Older ones but the one before are removed. Throws Node's error,
 * and then the unfinished file is gone: it would take room from a disk that has none.
 */
export function writeSnapshotFile(folder: LogFolder, sequence: number, parts: readonly Uint8Array[]): void {
  const temporary = filePath(folder, 'snapshot.writing');
  if (existsSync(temporary)) nodeDisk.remove(temporary);
  const fd = nodeDisk.create(temporary);
  try {
    fill(fd, encodeSnapshot(sequence, parts));
    nodeDisk.rename(temporary, snapshotPath(folder, sequence));
  } catch (error) {
    nodeDisk.remove(temporary);
    throw error;
  }
  nodeDisk.syncFolder(folder.directory);
  for (const old of numberedFiles(folder, 'snapshot').slice(0, -KEPT)) nodeDisk.remove(snapshotPath(folder, old));
}

function fill(fd: number, bytes: Uint8Array): void {
  try {
    nodeDisk.write(fd, bytes, 0);
    nodeDisk.syncNow(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Sets aside the snapshots of frames that the log lost: when it has grown past their numbers again, they would be taken for snapshots of
 * the new frames, and push out true ones.
 */
export function setAsideSnapshotsPast(folder: LogFolder, lastSequence: number): void {
  const dead = numberedFiles(folder, 'snapshot').filter(sequence => sequence > lastSequence);
  for (const sequence of dead)
    nodeDisk.rename(snapshotPath(folder, sequence), asidePath(folder, `${sequence}.snapshot-aside`));
  if (dead.length > 0) nodeDisk.syncFolder(folder.directory);
}

function encodeSnapshot(sequence: number, parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const buffer = FrameBuffer.ofSize((HEADER_SIZE + size + 7) & ~7);
  buffer.bytes.set(MAGIC);
  buffer.view.setUint32(8, FORMAT_VERSION, true);
  buffer.setNumber(16, sequence);
  buffer.setNumber(24, size);
  let at = HEADER_SIZE;
  for (const part of parts) {
    buffer.bytes.set(part, at);
    at += part.length;
  }
  buffer.words[3] = crc32c(buffer.words, buffer.bytes, 16, HEADER_SIZE + size);
  return buffer.bytes;
}

function decodeSnapshot(file: Uint8Array): Snapshot | undefined {
  if (file.length < HEADER_SIZE || MAGIC.compare(file, 0, 8) !== 0) return undefined;
  const buffer = FrameBuffer.ofSize((file.length + 7) & ~7);
  buffer.bytes.set(file);
  const size = buffer.numberAt(24);
  if (buffer.view.getUint32(8, true) !== FORMAT_VERSION || HEADER_SIZE + size > file.length) return undefined;
  if (crc32c(buffer.words, buffer.bytes, 16, HEADER_SIZE + size) !== buffer.words[3]) return undefined;
  return { sequence: buffer.numberAt(16), bytes: buffer.bytes.subarray(HEADER_SIZE, HEADER_SIZE + size) };
}

/** The newest snapshot that is whole and not past `lastSequence` (the log's end, from `LogWriter.recovery`). */
export function loadSnapshot(directory: string, name: string, lastSequence = Infinity): Snapshot | undefined {
  const folder = { directory, name };
  for (const sequence of [...numberedFiles(folder, 'snapshot')].reverse()) {
    if (sequence > lastSequence) continue;
    const snapshot = decodeSnapshot(readFileSync(snapshotPath(folder, sequence)));
    if (snapshot?.sequence === sequence) return snapshot;
  }
  return undefined;
}

/** The sequence of the older of the kept snapshots: recovery checks the log from there on, so that both can be used. */
export function oldestSnapshotSequence(folder: LogFolder): number | undefined {
  return numberedFiles(folder, 'snapshot')[0];
}
