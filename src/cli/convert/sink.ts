import { closeSync, fdatasyncSync, ftruncateSync, openSync, renameSync } from 'node:fs';

import { openRecordBlocks, type RecordBlocks, type RecordFile } from '../../codec/index.js';
import { ConfigError, OutputError } from '../../model/index.js';
import type { RowGroup } from '../decode/decoded.js';
import { writeWhole } from '../outputs.js';
import { BARE_WORD_SIZE } from './record-shaper.js';

/** One file that is written. It has its name when it is whole; until then it is OUT.part. */
export interface ConvertSink {
  readonly sizeBytes: number;
  /** Whether a later run can go on behind what was written. */
  readonly resumes: boolean;
  /** Writes what was decoded, and behind it a row group that a worker has made; returns what is refused of it. */
  write(pieces: readonly Uint8Array[], group?: RowGroup): readonly object[];
  /** All that was written is on disk. */
  sync(): void;
  /** Ends the file and gives it its name. */
  finish(): void;
}

/** Bytes one after the other. With `sizeBytes` the file of an earlier run goes on there. */
export class ByteSink implements ConvertSink {
  readonly resumes = true;
  private readonly descriptor: number;
  private readonly part: string;

  constructor(
    private readonly path: string,
    public sizeBytes = 0,
  ) {
    this.part = partOf(path);
    try {
      this.descriptor = openSync(this.part, sizeBytes > 0 ? 'r+' : 'w');
      ftruncateSync(this.descriptor, sizeBytes);
    } catch (cause) {
      throw new ConfigError('HR_OUTPUT', `${this.part} cannot be written: ${(cause as Error).message}`, { cause });
    }
  }

  write(pieces: readonly Uint8Array[]): readonly object[] {
    for (const piece of pieces) {
      writeWhole(this.part, this.descriptor, piece, this.sizeBytes);
      this.sizeBytes += piece.length;
    }
    return [];
  }

  sync(): void {
    this.attempt(() => fdatasyncSync(this.descriptor));
  }

  finish(): void {
    this.sync();
    this.attempt(() => closeSync(this.descriptor));
    this.attempt(() => renameSync(this.part, this.path));
  }

  /** The disk may be full, and somebody may have taken the file away. */
  private attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      throw new OutputError('HR_OUTPUT', `${this.path} cannot be written: ${(cause as Error).message}`, { cause });
    }
  }
}

/** What a file is called until it is whole. */
export const partOf = (path: string): string => `${path}.part`;

/** Records behind their bare lengths, into the blocks of a format. A block may hold the last record of one piece and the first of the next. */
export class BlockSink implements ConvertSink {
  readonly resumes = false;
  private readonly blocks: RecordBlocks;

  constructor(
    private readonly bytes: ByteSink,
    file: RecordFile,
  ) {
    this.blocks = openRecordBlocks(file);
  }

  get sizeBytes(): number {
    return this.bytes.sizeBytes;
  }

  write(pieces: readonly Uint8Array[]): readonly object[] {
    const records = Buffer.concat(pieces);
    for (let at = 0; at < records.length;) {
      const end = at + BARE_WORD_SIZE + records.readUInt32BE(at);
      this.bytes.write(this.blocks.add(records.subarray(at + BARE_WORD_SIZE, end)));
      at = end;
    }
    return [];
  }

  sync(): void {
    this.bytes.sync();
  }

  finish(): void {
    this.bytes.write(this.blocks.finish());
    this.bytes.finish();
  }
}
