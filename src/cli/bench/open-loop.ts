/**
 * The schedule of an open loop: message i is meant to leave at `startMs + i × intervalMs`, whatever happened to those before it.
 * A sender that was held up finds several due at once; each keeps its own intended time, and latency is counted from there, so a
 * stall is charged to every message it delayed (no coordinated omission).
 */
export class OpenLoop {
  readonly count: number;
  readonly #startMs: number;
  readonly #intervalMs: number;

  constructor(startMs: number, ratePerSecond: number, count: number) {
    this.#startMs = startMs;
    this.#intervalMs = 1000 / ratePerSecond;
    this.count = count;
  }

  /** How many messages are meant to have left by now, in all. */
  due(nowMs: number): number {
    const elapsed = Math.floor((nowMs - this.#startMs) / this.#intervalMs) + 1;
    return Math.max(0, Math.min(this.count, elapsed));
  }

  /** When message `index` was meant to leave. */
  intendedMs(index: number): number {
    return this.#startMs + index * this.#intervalMs;
  }
}
