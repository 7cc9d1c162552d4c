/** The addon's part for the ring folder: waking another thread's event loop by uv_async. */
export interface RingExports {
  /**
   * Makes a waker on the calling thread's event loop and returns its id, never 0. `onWake` runs on that loop after one or
   * more `wake(id)`. The loop is kept alive only with `keepAlive`; the waker goes with its environment at the latest.
   */
  openWaker(onWake: () => void, keepAlive: boolean): number;
  /** Closes a waker; only the thread that opened it may. A second close does nothing. */
  closeWaker(id: number): void;
  /** Wakes a waker from any thread of the process; of an id that is closed or unknown it does nothing. */
  wake(id: number): void;
}
