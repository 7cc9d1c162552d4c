import { FixBatch, type FixMessage } from '../codec/index.js';
import { STATUS, statusName } from '../model/index.js';
import type { Addon } from '../native/index.js';

/** What a stream finds: a message, or why bytes were skipped. */
export interface StreamVisitor {
  message(message: FixMessage): void;
  garbled(reason: string): void;
  /** Asked before each message; false leaves the rest unread. */
  wanted(): boolean;
}

/**
 * Cuts received bytes into messages, keeping an unfinished one until more arrives. Bytes that came whole are read where they
 * lie; only what is left over is copied. Holds at most one message and one read.
 */
export class MessageStream {
  readonly #batch: FixBatch;
  readonly #sizeMax: number;
  #kept: Uint8Array = new Uint8Array(0);
  #keptSize = 0;

  constructor(messageSizeMax: number, native: Addon | undefined) {
    this.#batch = new FixBatch(native, { messageSizeMax });
    this.#sizeMax = messageSizeMax;
  }

  /** Forgets an unfinished message: the connection is gone. */
  clear(): void {
    this.#keptSize = 0;
  }

  read(bytes: Uint8Array, visitor: StreamVisitor): void {
    // An unfinished message may come in many pieces: join as much as completes one, then go on where the bytes lie.
    let from = 0;
    while (this.#keptSize > 0 && from < bytes.length && visitor.wanted()) {
      const piece = bytes.subarray(from, from + this.#sizeMax);
      this.#append(piece);
      from += piece.length;
      const consumed = this.#scan(this.#kept, 0, this.#keptSize, visitor);
      this.#kept.copyWithin(0, consumed, this.#keptSize);
      this.#keptSize -= consumed;
    }
    if (from >= bytes.length || !visitor.wanted()) return;
    const consumed = this.#scan(bytes, from, bytes.length, visitor);
    if (visitor.wanted()) this.#append(bytes.subarray(consumed));
  }

  #append(piece: Uint8Array): void {
    const size = this.#keptSize + piece.length;
    if (this.#kept.length < size) {
      const larger = new Uint8Array(Math.max(size, this.#kept.length * 2));
      larger.set(this.#kept.subarray(0, this.#keptSize));
      this.#kept = larger;
    }
    this.#kept.set(piece, this.#keptSize);
    this.#keptSize = size;
  }

  #scan(bytes: Uint8Array, from: number, to: number, visitor: StreamVisitor): number {
    let at = from;
    for (let count = this.#batch.scan(bytes, at, to); count > 0; count = this.#batch.scan(bytes, at, to)) {
      at = this.#batch.consumed;
      for (let index = 0; index < count; index++) {
        if (!visitor.wanted()) return to;
        const status = this.#batch.statusOf(index);
        if (status === STATUS.ok.code) visitor.message(this.#batch.select(index));
        else visitor.garbled(STATUS[statusName(status)].text);
      }
    }
    return Math.max(at, this.#batch.consumed);
  }
}
