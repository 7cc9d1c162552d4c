import { FRAME_TYPE, TOPICS } from '../model/index.js';
import type { Render, RenderedFrame, SinkFrame, SinkLog, SinkReader } from '../publish/index.js';

const FRAMES_A_TURN = 2_048;
const LAST_KEPT = 50;
const SHOWN = new Set<number>([FRAME_TYPE.decision, FRAME_TYPE.execution]);

/** One thing that happened, as its topic's subscribers see it. */
export interface Happening {
  readonly topic: string;
  readonly position: number;
  readonly timeMs: number;
  /** The topic's JSON, parsed. */
  readonly data: unknown;
}

/** A copy of one frame in memory that the next frame of its place uses again. */
class KeptFrame implements SinkFrame {
  sequence = 0;
  timeNs = 0n;
  type = 0;
  topic = 0;
  source = 0;
  #bytes = new Uint8Array(0);
  #size = 0;

  keep(frame: SinkFrame): void {
    const { payload } = frame;
    if (this.#bytes.length < payload.length) this.#bytes = new Uint8Array(payload.length);
    this.#bytes.set(payload);
    this.#size = payload.length;
    ({ sequence: this.sequence, timeNs: this.timeNs, type: this.type, topic: this.topic, source: this.source } = frame);
  }

  get payload(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }
}

/**
 * Main's own reader of the ledger: the newest orders for the page, and the typed events of an embedder. Frames are rendered only when somebody
 * listens or looks.
 */
export class LedgerWatch {
  readonly #reader: SinkReader;
  readonly #render: Render;
  readonly #emit: (topic: string, rendered: RenderedFrame) => void;
  readonly #wants: (topic: string) => boolean;
  /** Written round and round, so that a frame costs no memory of its own. */
  readonly #last = Array.from({ length: LAST_KEPT }, () => new KeptFrame());
  #shown = 0;

  constructor(
    log: SinkLog,
    render: Render,
    events: { wants: (topic: string) => boolean; emit: (topic: string, rendered: RenderedFrame) => void },
  ) {
    this.#reader = log.openReader('tail');
    this.#render = render;
    this.#wants = events.wants;
    this.#emit = events.emit;
  }

  get lag(): number {
    return this.#reader.lag();
  }

  get position(): number {
    return this.#reader.position;
  }

  /** Takes one turn's frames; true when more wait. */
  turn(): boolean {
    const taken = this.#reader.poll(frame => this.#take(frame), FRAMES_A_TURN);
    return taken === FRAMES_A_TURN;
  }

  #take(frame: SinkFrame): void {
    const topic = TOPICS[frame.topic] ?? '';
    const isName = frame.type === FRAME_TYPE.intern;
    if (isName || (topic !== '' && this.#wants(topic))) {
      const rendered = this.#render(frame);
      if (rendered !== undefined) this.#emit(topic, rendered);
    }
    if (SHOWN.has(frame.type)) this.#last[this.#shown++ % LAST_KEPT]?.keep(frame);
  }

  /** The newest orders and executions, newest first. */
  lastOrders(): { position: number; data: string }[] {
    const oldest = this.#shown % LAST_KEPT;
    const kept = [...this.#last.slice(oldest), ...this.#last.slice(0, oldest)].filter(frame => frame.sequence > 0);
    const rendered = kept.flatMap(frame => this.#render(frame) ?? []);
    return rendered.flatMap(({ position, items }) => items.map(({ data }) => ({ position, data }))).reverse();
  }

  close(): void {
    this.#reader.close();
  }
}

/** A rendered frame's items as parsed events. */
export function happenings(rendered: RenderedFrame | undefined): Happening[] {
  if (rendered === undefined) return [];
  const { topic, position, timeMs } = rendered;
  return rendered.items.map(item => ({ topic, position, timeMs, data: JSON.parse(item.data) as unknown }));
}
