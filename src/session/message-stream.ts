import type { FixMessage } from '../codec/index.js';
import { STATUS } from '../model/index.js';
import type { Receiver } from './receiver.js';

/** What a stream finds: a message, or why bytes were skipped. */
export interface StreamVisitor {
  message(message: FixMessage): void;
  /** `status` of model/status.ts; `bytes` are what was passed over, a view that holds during the call. */
  garbled(status: number, bytes: Uint8Array): void;
  /** Asked before each message; false leaves the rest unread. */
  wanted(): boolean;
}

/** Cuts received bytes into messages in the receiver's buffer, keeping a copy of an unfinished one until more arrives. */
export class MessageStream {
  readonly #receiver: Receiver;
  #kept: Uint8Array = new Uint8Array(0);
  #keptSize = 0;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Forgets an unfinished message: the connection is gone. */
  clear(): void {
    this.#keptSize = 0;
  }

  read(bytes: Uint8Array, visitor: StreamVisitor): void {
    let from = 0;
    while (from < bytes.length && visitor.wanted()) {
      const size = this.#fill(bytes, from);
      from += size - this.#keptSize;
      this.#keptSize = 0;
      const consumed = this.#scan(size, visitor);
      if (consumed < size && visitor.wanted()) this.#keep(consumed, size);
    }
  }

  /** Puts the unfinished message and as much of `bytes` as fits behind it into the buffer; returns the size of both. */
  #fill(bytes: Uint8Array, from: number): number {
    const buffer = this.#receiver.bytes;
    const kept = this.#keptSize;
    if (kept > 0) buffer.set(this.#kept.subarray(0, kept));
    const size = Math.min(bytes.length - from, buffer.length - kept);
    buffer.set(size === bytes.length ? bytes : bytes.subarray(from, from + size), kept);
    return kept + size;
  }

  #keep(from: number, to: number): void {
    const size = to - from;
    if (this.#kept.length < size) this.#kept = new Uint8Array(size * 2);
    this.#kept.set(this.#receiver.bytes.subarray(from, to));
    this.#keptSize = size;
  }

  #scan(size: number, visitor: StreamVisitor): number {
    const { batch } = this.#receiver;
    let at = 0;
    for (let count = this.#receiver.scan(at, size); count > 0; count = this.#receiver.scan(at, size)) {
      at = batch.consumed;
      for (let index = 0; index < count; index++) {
        if (!visitor.wanted()) return size;
        const status = batch.statusOf(index);
        if (status === STATUS.ok.code) visitor.message(batch.select(index));
        else visitor.garbled(status, this.#receiver.bytes.subarray(batch.startOf(index), batch.endOf(index)));
      }
      // What the last scan left is an unfinished message at most; looking again would find the same.
      if (at === size) return size;
    }
    return Math.max(at, batch.consumed);
  }
}
