import { FRAME_TYPE, TOPICS } from '../../src/model/index.js';
import type { LogStart, RenderedFrame, SinkFrame, SinkLog, SinkReader } from '../../src/publish/index.js';

/** A log in memory: sinks read it by position as they read the journal. */
export class FakeLog implements SinkLog {
  readonly name = 'ledger';
  readonly topics = [1, 2, 3, 4, 5];
  start: LogStart | undefined;
  readonly frames: SinkFrame[] = [];
  openReaders = 0;
  #lives = 0;

  /** Commits one frame and returns its sequence. */
  append(topic: (typeof TOPICS)[number], payload: string, type: number = FRAME_TYPE.application): number {
    const sequence = this.frames.length + 1;
    const timeNs = BigInt(Date.now()) * 1_000_000n;
    this.frames.push({
      sequence,
      timeNs,
      type,
      topic: TOPICS.indexOf(topic),
      source: 0,
      payload: Buffer.from(payload),
    });
    return sequence;
  }

  /** Loses the newest frames, as a log of durability `none` whose writer was started again. */
  lose(count: number): void {
    this.frames.splice(-count);
    this.#lives++;
  }

  openReader(from: number | 'oldest' | 'tail'): SinkReader {
    let next = from === 'oldest' ? 1 : from === 'tail' ? this.frames.length + 1 : from;
    const { frames } = this;
    const lives = (): number => this.#lives;
    let life = lives();
    let rewoundFrames = 0;
    this.openReaders++;
    return {
      get position() {
        return next;
      },
      skippedFrames: 0,
      get rewoundFrames() {
        return rewoundFrames;
      },
      poll(visit, framesMax) {
        if (life !== lives()) {
          rewoundFrames += Math.max(0, next - 1 - frames.length);
          next = Math.min(next, frames.length + 1);
          life = lives();
        }
        const taken = frames.slice(next - 1, next - 1 + framesMax);
        taken.forEach(visit);
        next += taken.length;
        return taken.length;
      },
      lag: () => frames.length + 1 - next,
      close: () => {
        this.openReaders--;
      },
    };
  }
}

/** Renders the frames of a FakeLog: the payload is `key text`. */
export function renderFake(frame: SinkFrame): RenderedFrame | undefined {
  const topic = TOPICS[frame.topic];
  if (topic === undefined || topic === '') return undefined;
  const [key = '', text = ''] = Buffer.from(frame.payload).toString().split(' ');
  const items = [{ key, conflateBy: key, data: JSON.stringify({ key, text }) }];
  return { topic, position: frame.sequence, timeMs: Number(frame.timeNs / 1_000_000n), items, isBatch: false };
}
