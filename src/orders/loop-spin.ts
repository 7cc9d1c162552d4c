/**
 * Keeps a thread's event loop turning for a time after the last traffic: a loop that polls its sockets without sleeping takes the next bytes
 * tens of microseconds earlier than one that must be woken. It costs that thread's core meanwhile.
 */
export class LoopSpin {
  readonly #spinMs: number;
  #untilMs = 0;
  #turn: NodeJS.Immediate | undefined;

  /** With 0 the loop sleeps as ever. */
  constructor(spinUs: number) {
    this.#spinMs = spinUs / 1000;
  }

  /** There was traffic: the loop turns for `spinUs` from now. */
  touch(): void {
    if (this.#spinMs === 0) return;
    this.#untilMs = performance.now() + this.#spinMs;
    this.#turn ??= setImmediate(this.#again);
  }

  get isTurning(): boolean {
    return this.#turn !== undefined;
  }

  // One function for all turns: a pending immediate makes the loop poll instead of sleep.
  readonly #again = (): void => {
    this.#turn = performance.now() < this.#untilMs ? setImmediate(this.#again) : undefined;
  };

  close(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#untilMs = 0;
  }
}
