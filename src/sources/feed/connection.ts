import type { FeedFlow } from './flow.js';
import type { FeedLayout } from './layout.js';
import { RecordFramer } from './record-framer.js';

/** Bytes taken from a read at a time, besides an unfinished record. */
const CHUNK_SIZE = 64 * 1024;

/** One connection's bytes: keeps the unfinished record at the end of a read, and counts records and bytes for refusals. */
export class FeedConnection {
  readonly #flow: FeedFlow;
  readonly #framer: RecordFramer;
  readonly #buffer: Uint8Array;
  readonly #source: number;
  #end = 0;
  #records = 0;
  /** Offset in the connection's stream of the buffer's first byte. */
  #streamOffset = 0;

  constructor(flow: FeedFlow, layout: FeedLayout, source: number) {
    this.#flow = flow;
    this.#framer = new RecordFramer(layout);
    this.#buffer = new Uint8Array(CHUNK_SIZE + this.#framer.unfinishedSizeMax);
    this.#source = source;
  }

  /** Takes what a read brought, of any length. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
      const part = bytes.subarray(at, at + CHUNK_SIZE);
      this.#buffer.set(part, this.#end);
      this.#end += part.length;
      this.#takeRecords();
    }
  }

  /** The connection ended: an unfinished record is a malformed one. */
  end(): void {
    this.#framer.frameRest(0, this.#end);
    this.#take();
    this.#end = 0;
  }

  #takeRecords(): void {
    let at = 0;
    while (true) {
      const next = this.#framer.frame(this.#buffer, at, this.#end);
      this.#take();
      if (next === at) break;
      at = next;
    }
    this.#buffer.copyWithin(0, at, this.#end);
    this.#end -= at;
    this.#streamOffset += at;
  }

  #take(): void {
    const spans = this.#framer.spans(this.#buffer);
    this.#flow.take(spans, this.#source, { record: this.#records + 1, fileOffset: this.#streamOffset });
    this.#records += spans.count;
  }
}
