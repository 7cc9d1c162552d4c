/** How far the steady clock may drift from UTC before it is set again. */
const DRIFT_MS_MAX = 1;

/**
 * One reading a batch, UTC ns, in microsecond steps, never going back: the larger of the last reading and now. A step of the
 * system's clock backwards is counted, and time stands until UTC has caught up.
 */
export class BatchClock {
  #lastUs = 0;
  #originMs = performance.timeOrigin;
  backSteps = 0;

  /** Continues after the newest time in the ledger, so that time never goes back over a restart either. */
  notBefore(timeNs: bigint): void {
    this.#lastUs = Math.max(this.#lastUs, Number(timeNs / 1000n));
  }

  read(): bigint {
    const steadyMs = performance.now();
    const utcMs = Date.now();
    if (Math.abs(this.#originMs + steadyMs - utcMs) > DRIFT_MS_MAX) this.#originMs = utcMs - steadyMs;
    const nowUs = Math.floor((this.#originMs + steadyMs) * 1000);
    if (nowUs < this.#lastUs - 1000) this.backSteps++;
    this.#lastUs = Math.max(this.#lastUs, nowUs);
    return BigInt(this.#lastUs) * 1000n;
  }
}
