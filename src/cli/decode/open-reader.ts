import { availableParallelism } from 'node:os';

import type { RecordFile } from '../../codec/index.js';
import { loadAddon, type NativeMode } from '../../native/index.js';
import { BatchDecoder } from './batch-decoder.js';
import type { CopiedOptions } from './copies.js';
import { JsonOutput } from './json-output.js';
import type { DecodeSink, RecordOutput } from './record-output.js';
import { PooledReader, SoleReader, type RecordReader } from './record-reader.js';
import { TableOutput } from './table-output.js';
import { TaskPool, type DecodedTaker } from './task-pool.js';

/** Below so many bytes workers would cost more than they give. */
const POOLED_SIZE_MIN = 32 << 20;

export interface ReaderSetting {
  readonly native: NativeMode;
  /** Threads that decode; left out, all cores where there is enough to do for them. */
  readonly workers?: number | undefined;
  readonly isOrdered: boolean;
  /** Bad records are kept, framed as they were. */
  readonly keepsBad: boolean;
  /** JSON lines, not tables. */
  readonly isJson: boolean;
  /** Bytes of all inputs, 0 where those of one are not known. */
  readonly sizeBytes: number;
}

/** Workers where there is enough to do for them and records go out as JSON, each by itself; else this thread. */
export function openReader(
  file: RecordFile,
  copied: CopiedOptions,
  setting: ReaderSetting,
  take: DecodedTaker,
): RecordReader {
  const { native, keepsBad, isOrdered, isJson, sizeBytes } = setting;
  const workers = setting.workers ?? availableParallelism();
  const addon = loadAddon(native);
  const isPooled = workers > 1 && isJson && file.policies.children === undefined;
  if (isPooled && (setting.workers !== undefined || sizeBytes >= POOLED_SIZE_MIN)) {
    const worker = { file: copied.portable, native, keepsBad };
    return new PooledReader(file, new TaskPool({ worker, workers, isOrdered }, take));
  }
  const output = (sink: DecodeSink): RecordOutput =>
    isJson ? new JsonOutput(file, addon, sink) : new TableOutput(file, sink);
  return new SoleReader(file, new BatchDecoder(file, { output, keepsBad }), take);
}
