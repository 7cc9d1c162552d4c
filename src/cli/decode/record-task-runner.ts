import { closeSync, openSync, readSync } from 'node:fs';

import { Framing, RecordFinder, type FilePlace, type RecordFile } from '../../codec/index.js';
import { DecodeError } from '../../model/index.js';
import { BatchDecoder, type BatchDecoderOptions } from './batch-decoder.js';
import type { Decoded } from './decoded.js';
import {
  rangedRecordSize,
  rangeSize,
  unpackBatch,
  type BatchTask,
  type RangeTask,
  type RecordTask,
} from './record-tasks.js';

const RECORDS_MAX = 8192;

/** Decodes records task by task, in a worker: each by itself, in any order. */
export class RecordTaskRunner {
  private readonly finder: RecordFinder;
  private readonly decoder: BatchDecoder;
  /** Of files whose tasks are ranges. */
  private readonly recordSize: number;
  private readonly framing = new Framing(RECORDS_MAX);
  private bytes = new Uint8Array(0);
  private opened = { path: '', descriptor: -1 };

  constructor(file: RecordFile, options: BatchDecoderOptions) {
    this.recordSize = rangedRecordSize(file) ?? 1;
    this.finder = new RecordFinder(file);
    this.decoder = new BatchDecoder(file, options);
  }

  run(task: RecordTask): Decoded {
    this.decoder.reuse(task.spare ?? []);
    if (task.kind === 'range') this.range(task);
    else this.batch(task);
    const spare = task.kind === 'range' ? [] : [task.bytes.buffer, task.places.buffer];
    const decoded = this.decoder.take();
    return { ...decoded, input: task.input, bytes: task.sizeBytes, spare, unused: this.decoder.takeSpare() };
  }

  private batch(task: BatchTask): void {
    const batch = unpackBatch(task, this.framing);
    if (!task.isSettled) this.finder.settle(batch.framing, task.first.record);
    this.decoder.decode(batch);
  }

  private range({ path, first, sizeBytes }: RangeTask): void {
    const atOnce = rangeSize(this.recordSize);
    let { record } = first;
    for (let done = 0; done < sizeBytes; done += atOnce) {
      const place = { record, fileOffset: first.fileOffset + done };
      const size = Math.min(atOnce, sizeBytes - done);
      if (!this.part(path, place, size)) return;
      record += size / this.recordSize;
    }
  }

  /** False when a bad record ends the run. */
  private part(path: string, { record: first, fileOffset }: FilePlace, size: number): boolean {
    const { framing } = this;
    this.read(path, fileOffset, size);
    let record = first;
    for (let from = 0; from < size;) {
      this.finder.find(framing, { bytes: this.bytes, from, to: size, ended: true }, record);
      if (!this.decoder.decode({ framing, first: { record, fileOffset } })) return false;
      record += framing.count;
      from = framing.consumed;
    }
    return true;
  }

  private read(path: string, fileOffset: number, size: number): void {
    if (this.bytes.length < size) this.bytes = new Uint8Array(size);
    const descriptor = this.open(path);
    for (let done = 0; done < size;) {
      const read = readSync(descriptor, this.bytes, done, size - done, fileOffset + done);
      if (read === 0) throw new DecodeError('HR_INPUT', `${path} has become shorter while it was read`);
      done += read;
    }
  }

  private open(path: string): number {
    if (this.opened.path === path) return this.opened.descriptor;
    if (this.opened.descriptor >= 0) closeSync(this.opened.descriptor);
    this.opened = { path, descriptor: openSync(path, 'r') };
    return this.opened.descriptor;
  }
}
