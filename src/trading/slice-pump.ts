/**
 * Drives an answer to a ResendRequest that goes out in slices: one a turn of the loop, so that other connections are served between them,
 * while `resume` says that another may follow at once. When the peer falls behind it says no, and the connection's drain goes on.
 */
export class SlicePump {
  #isSoon = false;

  /** `resume` sends a slice; false when there is none left, or the peer has not taken the last one. */
  constructor(private readonly resume: () => boolean) {}

  touch(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      if (this.resume()) this.touch();
    });
  }
}
