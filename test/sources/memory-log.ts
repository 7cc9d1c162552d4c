import { STATUS } from '../../src/model/index.js';
import type { FeedLog } from '../../src/sources/feed/quote-log.js';

export interface LoggedFrame {
  readonly sequence: number;
  readonly type: number;
  readonly topic: number;
  readonly source: number;
  readonly payload: Buffer;
}

interface StagedFrame {
  readonly type: number;
  readonly topic: number;
  readonly source: number;
  readonly offset: number;
  readonly length: number;
}

/** A log in memory with the journal's writer interface; `status` is what the next commits answer. */
export class MemoryLog implements FeedLog {
  readonly staging: Uint8Array;
  readonly frames: LoggedFrame[] = [];
  status: number = STATUS.ok.code;
  #staged: StagedFrame[] = [];
  #open: StagedFrame[] = [];
  #end = 0;

  constructor(stagingSize = 1 << 20) {
    this.staging = new Uint8Array(stagingSize);
  }

  get nextSequence(): number {
    return this.frames.length + this.#staged.length + this.#open.length + 1;
  }

  reserve(type: number, topic: number, source: number, length: number): number {
    if (this.#end + length > this.staging.length) return -1;
    const offset = this.#end;
    this.#open.push({ type, topic, source, offset, length });
    this.#end += length;
    return offset;
  }

  endGroup(): void {
    this.#staged.push(...this.#open);
    this.#open = [];
  }

  dropGroup(): void {
    this.#open = [];
  }

  state(): 'ok' | 'failed' {
    return this.status === STATUS.syncFailed.code ? 'failed' : 'ok';
  }

  commit(_nowNs: bigint): number {
    if (this.status === STATUS.ok.code) for (const frame of this.#staged) this.#append(frame);
    this.#staged = [];
    this.#end = 0;
    return this.status;
  }

  #append({ type, topic, source, offset, length }: StagedFrame): void {
    const payload = Buffer.from(this.staging.slice(offset, offset + length));
    this.frames.push({ sequence: this.frames.length + 1, type, topic, source, payload });
  }
}
