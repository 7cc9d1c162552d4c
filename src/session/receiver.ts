import type { FixBatch } from '../codec/index.js';

/** Room for one read of a socket behind an unfinished message. */
const READ_SIZE = 64 * 1024;

/**
 * Where the sessions of one thread read, one after another: their bytes are copied into one buffer, which the batch's native scan is bound to
 * once. That copy costs a tenth of binding each read's own memory. A session keeps its unfinished message itself.
 */
export class Receiver {
  readonly batch: FixBatch;
  readonly bytes: Uint8Array;
  /** Time spent in scans, in ms of `steadyMs`; whoever reads it sets it to 0 again. */
  scanMs = 0;
  readonly #steadyMs: () => number;

  constructor(batch: FixBatch, steadyMs = () => 0) {
    this.batch = batch;
    this.bytes = new Uint8Array(READ_SIZE + batch.messageSizeMax);
    this.#steadyMs = steadyMs;
  }

  /** Frames the bytes from `from` to `to` of the buffer; see FixBatch.scan. */
  scan(from: number, to: number): number {
    const started = this.#steadyMs();
    const count = this.batch.scan(this.bytes, from, to);
    this.scanMs += this.#steadyMs() - started;
    return count;
  }
}
