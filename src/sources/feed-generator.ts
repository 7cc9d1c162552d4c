import { connect, type Socket } from 'node:net';

import { SeededRandom, invariant } from '../model/index.js';
import type { FeedColumn, FeedLayout } from './feed/layout.js';

const TICK_MS = 10;
const RECONNECT_MS = 250;
/** How far a price walks from where it began, as a share: a demo's orders stay inside their collars. */
const WALK_SHARE_MAX = 0.02;
const SPREAD_TICKS = 2;
const SIZE_MAX = 50;

export interface FeedGeneratorOptions {
  readonly host: string;
  readonly port: number;
  readonly layout: FeedLayout;
  /** Where each symbol's walk begins: a price in units, such as 187.25. It is only ever made into whole ticks. */
  readonly symbols: readonly { readonly symbol: string; readonly price: number }[];
  readonly seed: number;
  readonly quotesPerSecond: number;
}

export interface FeedGenerator {
  /** Quotes written to the socket so far. */
  readonly sent: number;
  /** Stops; resolves when the socket is closed and all it was given is sent. */
  close(): Promise<void>;
}

interface Walk {
  readonly symbol: string;
  readonly startTicks: number;
  ticks: number;
}

/** Makes the bytes of a seeded random walk: quote after quote, symbol after symbol. */
export class QuoteWalk {
  readonly #layout: FeedLayout;
  readonly #lineEnd: string;
  readonly #random: SeededRandom;
  readonly #walks: readonly Walk[];
  #next = 0;

  constructor({ layout, symbols, seed }: Pick<FeedGeneratorOptions, 'layout' | 'symbols' | 'seed'>) {
    this.#layout = layout;
    this.#lineEnd = { none: '', lf: '\n', crlf: '\r\n' }[layout.lineEnd];
    this.#random = new SeededRandom(seed);
    const scale = layout.columns.find(column => column.name === 'price')?.scale ?? 0;
    this.#walks = symbols.map(({ symbol, price }) => {
      const ticks = Math.round(price * 10 ** scale);
      return { symbol, startTicks: ticks, ticks };
    });
    invariant(this.#walks.length > 0, 'a feed has one symbol or more');
  }

  /** The next `count` records, with their line ends. */
  records(count: number): string {
    let text = '';
    for (let index = 0; index < count; index++) text += this.#record();
    return text;
  }

  #record(): string {
    const walk = this.#walks[this.#next] as Walk;
    this.#next = (this.#next + 1) % this.#walks.length;
    const step = Math.round((this.#random.share() - 0.5) * 4);
    const far = walk.startTicks * WALK_SHARE_MAX;
    walk.ticks = Math.max(walk.startTicks - far, Math.min(walk.startTicks + far, walk.ticks + step));
    walk.ticks = Math.max(SPREAD_TICKS, Math.round(walk.ticks));
    return this.#layout.columns.map(column => this.#column(column, walk)).join('') + this.#lineEnd;
  }

  #column(column: FeedColumn, { symbol, ticks }: Walk): string {
    const size = 100 * (1 + this.#random.below(SIZE_MAX));
    const values: Readonly<Record<string, number>> = {
      bid: ticks - SPREAD_TICKS / 2,
      ask: ticks + SPREAD_TICKS / 2,
      price: ticks,
    };
    const text =
      column.type === 'text'
        ? symbol.padEnd(column.size)
        : String(values[column.name] ?? size).padStart(column.size, '0');
    invariant(text.length === column.size, `${symbol} ${text} does not fit the feed's column ${column.name}`);
    return text;
  }
}

/** Connects to a feed's port and streams quotes at a steady rate; connects again when the feed goes away. */
export function startFeedGenerator(options: FeedGeneratorOptions): FeedGenerator {
  const stream = new QuoteStream(options);
  stream.connect();
  return stream;
}

class QuoteStream implements FeedGenerator {
  sent = 0;
  readonly #options: FeedGeneratorOptions;
  readonly #walk: QuoteWalk;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: FeedGeneratorOptions) {
    this.#options = options;
    this.#walk = new QuoteWalk(options);
  }

  connect(): void {
    const { host, port } = this.#options;
    const socket = connect({ host, port });
    this.#socket = socket;
    socket.on('connect', () => this.#stream(socket));
    // The close that follows says what to do.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(this.#timer);
      if (!this.#closing) this.#timer = setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return;
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    if (socket.connecting) socket.destroy();
    else socket.end();
    await closed;
  }

  /** Each tick owes the quotes of the time since the last; a receiver that does not keep up is not owed for the wait. */
  #stream(socket: Socket): void {
    let owed = 0;
    let lastMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const isOpen = socket.writable && !socket.writableNeedDrain;
      owed = isOpen ? owed + ((nowMs - lastMs) / 1000) * this.#options.quotesPerSecond : 0;
      lastMs = nowMs;
      const count = Math.min(Math.floor(owed), this.#options.quotesPerSecond);
      if (count === 0) return;
      socket.write(this.#walk.records(count), 'latin1');
      owed -= count;
      this.sent += count;
    }, TICK_MS);
  }
}
