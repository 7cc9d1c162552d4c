/** One frame of a log, valid during the visit only. */
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
  /** Frames it had come past and that the log then lost: their positions are given again. */
  readonly rewoundFrames: number;
  /** Gives at most `framesMax` frames, committed or, where the log's durability promises more, synced, in order; returns how many. Never waits. */
  poll(visit: (frame: SinkFrame) => void, framesMax: number): number;
  /** Frames it could give now and has not. */
  lag(): number;
  close(): void;
}

/** What is known of a log since it was opened in this run. */
export interface LogStart {
  /** The next sequence it had then: a sink's place beyond it is that of frames the log lost with the power. */
  readonly nextSequence: number;
  /** The names its frames used up to then, by their indices; a log without interned names leaves them out. */
  readonly names?: { readonly accounts: readonly string[]; readonly symbols: readonly string[] } | undefined;
}

/** A log as sinks see it: they open readers, each with a position of its own, and never write. */
export interface SinkLog {
  readonly name: string;
  /** Indices (model TOPICS) of the topics its frames may carry. */
  readonly topics: readonly number[];
  readonly start?: LogStart | undefined;
  openReader(from: number | 'oldest' | 'tail'): SinkReader;
}
