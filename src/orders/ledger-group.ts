import { CapacityError, FRAME_HEADER_SIZE, GROUP_END } from '../model/index.js';
import type { LogWriter } from '../journal/index.js';

export interface FrameHead {
  readonly type: number;
  readonly topic: number;
  readonly source: number;
}

/**
 * The atomic group in hand: one inbound message with all it caused, or one thing the lane did by itself. Frames are staged straight into the
 * log's buffer; a group that would not fit stops the lane, which reads no more bytes at a time than a commit can hold.
 */
export class LedgerGroup {
  readonly journal: LogWriter;
  #frames = 0;
  /** Bytes staged since the last snapshot was asked for. */
  bytes = 0;

  constructor(journal: LogWriter) {
    this.journal = journal;
  }

  get isOpen(): boolean {
    return this.#frames > 0;
  }

  /** Stages a frame and returns where its payload of `length` bytes goes in `journal.staging`. */
  reserve(head: FrameHead, length: number): number {
    const offset = this.journal.reserve(head.type & ~GROUP_END, head.topic, head.source, length);
    if (offset < 0) {
      throw new CapacityError(
        'HR_CAPACITY',
        `the ledger has no room for a frame of ${length} bytes; raise journal.tailSizeMb`,
      );
    }
    this.#frames++;
    this.bytes += FRAME_HEADER_SIZE + length;
    return offset;
  }

  /** Stages a frame and returns its sequence. */
  add(head: FrameHead, payload: Uint8Array): number {
    const sequence = this.journal.nextSequence;
    const offset = this.reserve(head, payload.length);
    this.journal.staging.set(payload, offset);
    return sequence;
  }

  /** Closes the group; without a frame it does nothing. */
  end(): void {
    if (this.#frames === 0) return;
    this.journal.endGroup();
    this.#frames = 0;
  }
}
