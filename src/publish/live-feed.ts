import { TOPICS } from '../model/index.js';
import type { Render, RenderedFrame } from './rendering.js';
import type { SinkLog, SinkReader } from './sink-log.js';

/** One turn of the event loop takes at most so many frames of a log. */
const FRAMES_A_TURN = 1_024;

/** The newest end of one log: read and rendered once for all clients. */
export class LiveFeed {
  readonly log: SinkLog;
  readonly topics: readonly string[];
  readonly #reader: SinkReader;
  readonly #render: Render;

  constructor(log: SinkLog, render: Render) {
    this.log = log;
    this.topics = log.topics.map(index => TOPICS[index] ?? '');
    this.#reader = log.openReader('tail');
    this.#render = render;
  }

  /** The next position that live clients will get; a client that caught up to it is live. */
  get position(): number {
    return this.#reader.position;
  }

  /** The next position of the log itself: while a burst is being published it is ahead of `position`. */
  get nextPosition(): number {
    return this.#reader.position + this.#reader.lag();
  }

  /** Takes one turn's frames, in order; `more` says that another turn has work. */
  take(): { frames: readonly RenderedFrame[]; more: boolean } {
    const frames: RenderedFrame[] = [];
    const taken = this.#reader.poll(frame => {
      const rendered = this.#render(frame);
      if (rendered !== undefined) frames.push(rendered);
    }, FRAMES_A_TURN);
    return { frames, more: taken === FRAMES_A_TURN };
  }

  close(): void {
    this.#reader.close();
  }
}
