import type { DataSocket } from '../http/index.js';
import { TOPICS } from '../model/index.js';
import type { Counters } from '../observe/index.js';
import { Conflation } from './conflation.js';
import type { LiveFeed } from './live-feed.js';
import { topicMessage, type Render, type RenderedFrame } from './rendering.js';
import type { SinkFrame, SinkReader } from './sink-log.js';
import type { WebSocketCounter } from './websocket-counters.js';
import type { WebSocketOptions } from './websocket-options.js';
import { gapMessage } from './websocket-protocol.js';

/** What every subscription of a server shares. */
export interface SubscriptionContext {
  readonly options: Pick<WebSocketOptions, 'slowClient' | 'bufferBytes'>;
  readonly render: Render;
  readonly counters: Counters<WebSocketCounter>;
}

/** Frames of catch-up a client gets in one turn. */
const CATCH_UP_FRAMES = 256;

/**
 * One client's subscription to one topic.
 *
 *                  reached the live position            buffer full
 *     catching up ───────────────────────────▶ live ───────────────▶ conflating
 *                                               ▲                        │
 *                                               └────────────────────────┘ drained
 *
 * Live clients get the driver's channel of the topic. All three meet at the live reader's position, on one thread and in one
 * turn: so there is no gap between them and nothing comes twice.
 */
export class Subscription {
  readonly topic: string;
  readonly feed: LiveFeed;
  readonly #socket: DataSocket;
  readonly #context: SubscriptionContext;
  #reader: SinkReader | undefined;
  #conflation: Conflation | undefined;
  /** The next sequence of the past. */
  #expected = 0;

  constructor(socket: DataSocket, feed: LiveFeed, topic: string, context: SubscriptionContext) {
    this.topic = topic;
    this.feed = feed;
    this.#socket = socket;
    this.#context = context;
  }

  /** Begins at a position, or at the tail. */
  begin(from: number | 'tail'): void {
    if (from === 'tail' || from === this.feed.position) return this.#goLive();
    this.#reader = this.feed.log.openReader(from === 0 ? 'oldest' : from);
    this.#expected = from === 0 ? this.#reader.position : from;
  }

  get isCatchingUp(): boolean {
    return this.#reader !== undefined;
  }

  get isConflating(): boolean {
    return this.#conflation !== undefined;
  }

  #goLive(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#conflation = undefined;
    this.#socket.subscribe(this.topic);
  }

  /** Sends the next piece of the past, if the client has room for it; true when another turn has work. */
  catchUp(): boolean {
    const reader = this.#reader;
    if (reader === undefined || this.#isFull()) return false;
    const texts: string[] = [];
    // A client may begin ahead of what a burst has published so far; it then waits for the live reader to come there.
    const framesMax = Math.min(CATCH_UP_FRAMES, this.feed.position - reader.position);
    if (framesMax > 0) reader.poll(frame => this.#pass(frame, texts), framesMax);
    this.#send(texts);
    if (reader.position !== this.feed.position) return true;
    this.#goLive();
    return false;
  }

  /** A log's sequences have no holes, so a jump is what retention took. */
  #pass(frame: SinkFrame, texts: string[]): void {
    if (frame.sequence > this.#expected) texts.push(this.#retentionGap(this.#expected, frame.sequence));
    this.#expected = frame.sequence + 1;
    if (TOPICS[frame.topic] !== this.topic) return;
    const rendered = this.#context.render(frame);
    if (rendered !== undefined) texts.push(topicMessage(rendered));
  }

  #retentionGap(from: number, next: number): string {
    return gapMessage({ topic: this.topic, from, to: next - 1, skipped: next - from, reason: 'retention' });
  }

  /** Before a turn's frames are published: leaves the channel when the client's buffer is full. False = disconnect it. */
  admits(): boolean {
    if (this.#reader !== undefined || this.#conflation !== undefined) return true;
    if (this.#socket.bufferedBytes() < this.#context.options.bufferBytes) return true;
    if (this.#context.options.slowClient === 'disconnect') return false;
    this.#socket.unsubscribe(this.topic);
    this.#conflation = new Conflation();
    const { counters } = this.#context;
    counters.add(counters.index.slowdowns, 1);
    return true;
  }

  /** A frame of the topic that live clients are given in this turn. */
  take(frame: RenderedFrame): void {
    if (this.#conflation === undefined) return;
    const { counters } = this.#context;
    counters.add(counters.index.conflated, this.#conflation.add(frame));
  }

  /** Sends what was kept back as far as there is room, and goes live again behind it; true when another turn has work. */
  release(): boolean {
    const conflation = this.#conflation;
    const { bufferBytes } = this.#context.options;
    if (conflation === undefined || this.#isFull()) return false;
    const gap = conflation.takeGap(this.topic);
    const texts = conflation.takeMessages(bufferBytes / 2);
    this.#send(gap === undefined ? texts : [gapMessage(gap), ...texts]);
    if (conflation.isEmpty) this.#goLive();
    // What the kernel took at once is never reported as drained.
    return !conflation.isEmpty && !this.#isFull();
  }

  end(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#conflation = undefined;
    this.#socket.unsubscribe(this.topic);
  }

  #isFull(): boolean {
    return this.#socket.bufferedBytes() > this.#context.options.bufferBytes / 2;
  }

  #send(texts: readonly string[]): void {
    if (texts.length === 0) return;
    this.#socket.send(texts);
    const { counters } = this.#context;
    counters.add(counters.index.sent, texts.length);
  }
}
