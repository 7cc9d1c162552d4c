import { CapacityError, FRAME_HEADER_SIZE, GROUP_END, alignFrame } from '../model/index.js';
import type { LogWriter } from '../journal/index.js';

export interface FrameHead {
  readonly type: number;
  readonly topic: number;
  readonly source: number;
}

/**
 * The atomic group in hand: one inbound message with all it caused, or one thing the lane did by itself. Frames are staged straight into the
 * log's buffer. What one message releases or brings up may be many groups: they are committed as soon as half of that buffer is staged. A
 * single group that does not fit stops the lane.
 */
export class LedgerGroup {
  readonly journal: LogWriter;
  #frames = 0;
  #stagedBytes = 0;
  /** Commits what is staged; set by the lane. No group is open then, and nothing may be written to a socket. */
  onHalfFull: () => void = () => {};
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
    this.#stagedBytes += alignFrame(FRAME_HEADER_SIZE + length);
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
    if (this.#stagedBytes > this.journal.staging.length / 2) this.onHalfFull();
  }

  /** Ends the group and appends what is staged. Returns the journal's status. */
  commit(nowNs: bigint): number {
    this.end();
    this.#stagedBytes = 0;
    return this.journal.commit(nowNs);
  }
}
