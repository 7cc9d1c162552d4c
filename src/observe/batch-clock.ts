/** How far the steady clock may drift from UTC before it is set again. */
const DRIFT_MS_MAX = 1;

/** Readings further ahead of UTC than this came of a wrong clock: UTC is not waited for. */
export const CLOCK_AHEAD_MS_MAX = 10_000;

/**
 * One reading a batch, UTC ns, in microsecond steps, never going back: the larger of the last reading and now. A step of the
 * system's clock backwards is counted, and time stands until UTC has caught up; behind by more than CLOCK_AHEAD_MS_MAX it goes on at the
 * steady clock's pace, so that timers run, and `utcOffsetNs` says what counterparties must be told.
 */
export class BatchClock {
  #lastUs = 0;
  #originMs = performance.timeOrigin;
  #steadyMs = performance.now();
  #isBehind = false;
  backSteps = 0;
  /** UTC less the last reading, ns; 0 unless that is too far ahead. */
  utcOffsetNs = 0n;

  /** Continues after the newest time in a log, so that time never goes back over a restart either. */
  notBefore(timeNs: bigint): void {
    this.#lastUs = Math.max(this.#lastUs, Number(timeNs / 1000n));
  }

  read(): bigint {
    const steadyMs = performance.now();
    const utcMs = Date.now();
    if (Math.abs(this.#originMs + steadyMs - utcMs) > DRIFT_MS_MAX) this.#originMs = utcMs - steadyMs;
    const nowUs = Math.floor((this.#originMs + steadyMs) * 1000);
    const isBehind = nowUs < this.#lastUs - 1000;
    if (isBehind && !this.#isBehind) this.backSteps++;
    this.#isBehind = isBehind;
    const isAhead = this.#lastUs - nowUs > CLOCK_AHEAD_MS_MAX * 1000;
    if (isAhead) this.#lastUs += Math.floor((steadyMs - this.#steadyMs) * 1000);
    else this.#lastUs = Math.max(this.#lastUs, nowUs);
    this.#steadyMs = steadyMs;
    this.utcOffsetNs = isAhead ? BigInt(nowUs - this.#lastUs) * 1000n : 0n;
    return BigInt(this.#lastUs) * 1000n;
  }
}
