import { openCounters, type Counters } from '../observe/index.js';
import type { LogWriter } from '../journal/index.js';

/** `position`: the next sequence that the slowest reader of a required topic has to acknowledge; 0 until main first tells it. */
export const REQUIRED_COUNTERS = ['position'] as const;

export interface RetentionOptions {
  readonly journal: LogWriter;
  readonly retainBytes: number;
  /** Without it no topic is required. */
  readonly required: SharedArrayBuffer | undefined;
  /** Names must be found in what is kept: called after segments were deleted. */
  readonly onRemoved: () => void;
}

/**
 * Keeps the ledger at its size. A segment goes when a snapshot covers it and each required reader has acknowledged it; what a best-effort reader
 * has not sent by then is dropped, and counted by that reader. When a required reader holds more than the bound, new orders are refused.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #required: Counters<'position'> | undefined;
  #heldBytes = 0;
  #isHeld = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#required = options.required && openCounters(options.required, REQUIRED_COUNTERS);
  }

  /** Bytes of ledger that a required reader holds beyond the bound; 0 when none does. */
  get excessBytes(): number {
    return this.#isHeld ? this.#heldBytes : 0;
  }

  /** Deletes what may go. `snapshotSequence` is that of the newest snapshot of this run. */
  look(snapshotSequence: number): void {
    const { journal, retainBytes, onRemoved } = this.#options;
    const acknowledged = this.#acknowledged();
    const { removed, heldBytes } = journal.retain(retainBytes, Math.min(snapshotSequence, acknowledged));
    this.#heldBytes = heldBytes;
    this.#isHeld = heldBytes > retainBytes && acknowledged < snapshotSequence && this.#isKnown();
    if (removed > 0) onRemoved();
  }

  #acknowledged(): number {
    return this.#required === undefined ? Number.MAX_SAFE_INTEGER : this.#required.get(this.#required.index.position);
  }

  #isKnown(): boolean {
    return this.#required !== undefined && this.#acknowledged() > 0;
  }
}
