/** Requests refused one client while the disk is full: each takes some 1 KiB of the reserve that cancels and executions live on. */
const REFUSALS_MAX = 200;
/** Ledger bytes that everything else of a client may take then beyond a steady rate: logons, heartbeats, test requests, rejects, long requests. */
const SESSION_BYTES_MAX = 64 * 1024;
const SESSION_BYTES_A_SECOND = 1024;

/** A request and what it causes is not counted up to this, which no plain order or cancel comes to; what a longer one takes beyond it is. */
export const REQUEST_BYTES_FREE = 4 * 1024;

/** What one client took of the ledger's reserve since only that is left. */
export class ReserveUse {
  #refusals = 0;
  #sessionBytes = 0;
  #lastNs = 0n;

  /** Nothing more is taken from the client until there is room again. */
  get isSpent(): boolean {
    return this.#refusals >= REFUSALS_MAX || this.#sessionBytes > SESSION_BYTES_MAX;
  }

  countRefusal(): void {
    this.#refusals++;
  }

  /** Adds the bytes of session-level messages, and of long requests; a second gives back what a quiet session needs. */
  addSessionBytes(bytes: number, nowNs: bigint): void {
    const regained = (Number(nowNs - this.#lastNs) / 1e9) * SESSION_BYTES_A_SECOND;
    this.#sessionBytes = Math.max(0, this.#sessionBytes - regained) + bytes;
    this.#lastNs = nowNs;
  }

  /** There is room again. */
  clear(): void {
    this.#refusals = this.#sessionBytes = 0;
  }
}
