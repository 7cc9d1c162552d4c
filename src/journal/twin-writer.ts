import { STATUS } from '../model/index.js';
import { BlockWriter } from './block-writer.js';
import { nodeDisk, type Disk } from './disk.js';
import { SEGMENT_HEADER_SIZE } from './format.js';
import type { LogPart, LogPartOptions } from './part.js';
import { SegmentFiles } from './segment-files.js';
import { LOG_STATE } from './tail.js';
import { TwinFlusher } from './twin-flusher.js';

/** The journal's writer in TypeScript: the fallback where the crate is not, and its oracle. */
export class TwinWriter implements LogPart {
  onSynced: () => void = () => {};
  readonly #o: LogPartOptions;
  readonly #blocks: BlockWriter;
  readonly #files: SegmentFiles;
  readonly #flusher: TwinFlusher;
  /** Bytes before this position are in the files. */
  #writtenPosition: number;
  #isClosed = false;

  constructor(options: LogPartOptions, disk: Disk = nodeDisk) {
    this.#o = options;
    const { tail, end, segmentSizeBytes, chained, bootId, folder } = options;
    this.#writtenPosition = end.position;
    this.#files = new SegmentFiles(
      { disk, folder, segmentSizeBytes, chained, bootId, currentIndex: end.currentIndex, nextIndex: end.nextIndex },
      lacking => this.#setLacking(lacking),
    );
    const { durability, group } = options;
    this.#flusher = new TwinFlusher(
      { disk, files: this.#files, tail, durability, group, segmentSizeBytes, lastHash: end.lastHash },
      () => this.#synced(),
    );
    this.#blocks = new BlockWriter({
      tail,
      segmentSizeBytes,
      chained,
      bootId,
      start: {
        position: end.position,
        sequence: end.sequence + 1,
        timeNs: end.timeNs,
        hasSegment: end.currentIndex > 0,
      },
      sink: {
        blockSealed: block => this.#flusher.addSealed(block),
        segmentFull: (firstSequence, timeNs) => this.#rotate(firstSequence, timeNs),
      },
    });
  }

  prepare(): boolean {
    return this.#o.end.currentIndex > 0 || this.#files.ensureNext();
  }

  commit(sizeBytes: number, nowNs: bigint): number {
    if (this.#o.tail.state === LOG_STATE.failed) return STATUS.syncFailed.code;
    if (this.#blocks.mayRotate(sizeBytes) && !this.#files.ensureNext()) return STATUS.journalFull.code;
    const { tail, staged } = this.#o;
    tail.claim(this.#blocks.reachOf(sizeBytes));
    return this.#attempt(() => {
      this.#blocks.append(staged, sizeBytes, nowNs);
      const isLazy = this.#o.durability === 'none';
      if (!isLazy || this.#blocks.position - this.#writtenPosition >= tail.sizeBytes / 4) this.#writeOut();
      tail.publish(this.#blocks.position, this.#blocks.sequence - 1);
    });
  }

  seal(): number {
    if (this.#o.tail.state === LOG_STATE.failed) return STATUS.syncFailed.code;
    return this.#attempt(() => {
      this.#o.tail.claim(this.#blocks.reachOf(0));
      this.#blocks.seal();
      this.#writeOut();
      this.#o.tail.publish(this.#blocks.position, this.#blocks.sequence - 1);
    });
  }

  sync(): number {
    if (this.#o.tail.state === LOG_STATE.failed) return STATUS.syncFailed.code;
    return this.#attempt(() => {
      this.#writeOut();
      this.#flusher.syncNow();
    }, STATUS.syncFailed.code);
  }

  close(): number {
    const status = this.#o.tail.state === LOG_STATE.failed ? STATUS.syncFailed.code : this.#closeBlocks();
    this.#isClosed = true;
    if (this.#flusher.close()) this.#files.close();
    return status;
  }

  #closeBlocks(): number {
    return this.seal() || this.sync() || this.#attempt(() => this.#appendClosingBlock()) || this.sync();
  }

  #appendClosingBlock(): void {
    this.#o.tail.claim(this.#blocks.reachOf(0));
    this.#blocks.appendClosingBlock();
  }

  #synced(): void {
    if (this.#isClosed) this.#files.close();
    else this.onSynced();
  }

  #setLacking(lacking: boolean): void {
    if (this.#o.tail.state !== LOG_STATE.failed) this.#o.tail.state = lacking ? LOG_STATE.reserve : LOG_STATE.ok;
  }

  /** Runs file work; an error there is the end of this log: what was half written is for the recovery to judge. */
  #attempt(work: () => void, failure: number = STATUS.writeFailed.code): number {
    try {
      work();
      return STATUS.ok.code;
    } catch {
      this.#o.tail.state = LOG_STATE.failed;
      return failure;
    }
  }

  #rotate(firstSequence: number, timeNs: bigint): void {
    this.#writeOut(firstSequence - 1);
    this.#files.rotate(firstSequence, timeNs);
    const index = this.#files.open.at(-1)?.index ?? 1;
    this.#writtenPosition = (index - 1) * this.#o.segmentSizeBytes + SEGMENT_HEADER_SIZE;
  }

  #writeOut(lastSequence = this.#blocks.sequence - 1): void {
    const end = this.#blocks.position;
    while (this.#writtenPosition < end) {
      const piece = this.#o.tail.piece(this.#writtenPosition, end - this.#writtenPosition);
      this.#files.write(this.#writtenPosition, piece);
      this.#writtenPosition += piece.length;
    }
    this.#flusher.written(end, lastSequence);
  }
}
