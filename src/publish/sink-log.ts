/** One committed frame, valid during the visit only. */
export interface SinkFrame {
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly type: number;
  readonly topic: number;
  readonly source: number;
  readonly payload: Uint8Array;
}

/** A reader of one log by position, as the journal gives it. */
export interface SinkReader {
  /** The next sequence it will give. */
  readonly position: number;
  /** Frames it could not give: taken by retention, or damaged. */
  readonly skippedFrames: number;
  /** Gives at most `framesMax` committed frames, in order; returns how many. Never waits. */
  poll(visit: (frame: SinkFrame) => void, framesMax: number): number;
  /** Committed frames it has not given yet. */
  lag(): number;
  close(): void;
}

/** A log as sinks see it: they open readers, each with a position of its own, and never write. */
export interface SinkLog {
  readonly name: string;
  /** Indices (model TOPICS) of the topics its frames may carry. */
  readonly topics: readonly number[];
  openReader(from: number | 'oldest' | 'tail'): SinkReader;
}
