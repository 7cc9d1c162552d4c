import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { writeStartOfDay, type StartOfDayFileOptions } from '../../src/decode/index.js';
import {
  createGateway,
  exampleDesk,
  type Gateway,
  type GatewayConfigInput,
  type GatewayOptions,
} from '../../src/gateway/index.js';
import { DEMO_ACCOUNTS, DEMO_RECORDS, DEMO_SYMBOLS, TRADED } from '../../src/gateway/demo-desk.js';
import { openLogReader, type FrameView } from '../../src/journal/index.js';
import { startFeedGenerator, type FeedGenerator, type FeedGeneratorOptions } from '../../src/sources/index.js';
import { startCounterparty, type Counterparty, type CounterpartyOptions } from '../../src/trading/index.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const SEED = 7;
export const BUSINESS_DATE = 20_260_102;

type Sections = { -readonly [Key in keyof GatewayConfigInput]: GatewayConfigInput[Key] };

export interface GatewayDeskOptions extends Partial<Omit<GatewayOptions, 'config'>> {
  readonly folder: string;
  /** Changes the configuration of examples/desk, its ports free ones. */
  readonly change?: (config: Sections) => void;
  readonly ordersPerSecond?: number;
  readonly quotesPerSecond?: number;
  readonly counterparty?: Partial<CounterpartyOptions>;
}

export interface LogFrame {
  readonly sequence: number;
  readonly type: number;
  readonly topic: number;
  readonly payload: Buffer;
}

/** A gateway of examples/desk in this process, on free ports and in a folder of its own, with counterparty and market data. */
export class GatewayDesk {
  readonly folder: string;
  readonly #options: GatewayDeskOptions;
  #venuePort = 0;
  #gateway: Gateway | undefined;
  #counterparty: Counterparty | undefined;
  #feed: FeedGenerator | undefined;

  constructor(options: GatewayDeskOptions) {
    this.#options = options;
    this.folder = options.folder;
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) throw new Error('the gateway was not started');
    return this.#gateway;
  }

  get counterparty(): Counterparty {
    if (this.#counterparty === undefined) throw new Error('the counterparty was not started');
    return this.#counterparty;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get positionsFile(): string {
    return join(this.dataDir, 'positions.ebc');
  }

  /** Writes tonight's file. */
  writePositions(changed: Partial<StartOfDayFileOptions> = {}): void {
    const desk = { accounts: DEMO_ACCOUNTS, symbols: DEMO_SYMBOLS, records: DEMO_RECORDS };
    writeStartOfDay(this.positionsFile, { seed: SEED, businessDate: BUSINESS_DATE, ...desk, ...changed });
  }

  /** Starts the gateway; a free port is chosen for the venue once. */
  async start(more: Partial<GatewayOptions> = {}): Promise<Gateway> {
    this.#venuePort ||= await freePort();
    const config = deskConfig(this.folder, this.#venuePort);
    this.#options.change?.(config);
    const { sinks } = this.#options;
    this.#gateway = createGateway({ config, ...(sinks !== undefined && { sinks }), ...more });
    await this.#gateway.start();
    return this.#gateway;
  }

  /** Starts quotes, and then client and venue; resolves when both FIX sessions are up. */
  async trade(): Promise<void> {
    this.startFeed();
    await until(() => this.count('feed.quotes') >= TRADED.length);
    await this.#startCounterparty();
  }

  /** Starts the venue, and a client that sends nothing. */
  async tradeQuietly(): Promise<void> {
    await this.#startCounterparty(0);
  }

  async #startCounterparty(rate?: number): Promise<void> {
    const { ordersPerSecond = 300, counterparty } = this.#options;
    this.#counterparty = await startCounterparty({
      gateway: { host: '127.0.0.1', port: this.gateway.ports.clients },
      venue: { host: '127.0.0.1', port: this.#venuePort },
      accounts: DEMO_ACCOUNTS,
      symbols: TRADED.map(({ symbol, price }) => ({ name: symbol, priceCents: Math.round(price * 100) })),
      stateFile: join(this.folder, 'counterparty.json'),
      ordersPerSecond: rate ?? ordersPerSecond,
      ...counterparty,
    });
    await until(() => this.counterparty.counts().client.logons > 0 && this.counterparty.counts().venue.logons > 0);
  }

  startFeed(): void {
    const { layout, lineEnd } = this.gateway.config.feed ?? { layout: [], lineEnd: 'lf' };
    this.#feed = startFeedGenerator({
      host: '127.0.0.1',
      port: this.gateway.ports.feed,
      layout: { columns: layout, lineEnd } as FeedGeneratorOptions['layout'],
      symbols: TRADED,
      seed: SEED,
      quotesPerSecond: this.#options.quotesPerSecond ?? 300,
    });
  }

  count(name: string): number {
    return this.gateway.view?.counters()[name] ?? 0;
  }

  /** Ends client, venue and feed: what was sent is answered. */
  async endTrade(): Promise<void> {
    await this.#counterparty?.close();
    await this.#feed?.close();
    this.#feed = undefined;
  }

  async close(drainMs = 2_000): Promise<void> {
    await this.endTrade();
    await this.#gateway?.close({ drainMs });
  }

  /** Every frame of a log from a position on, as its files hold them. */
  frames(log: 'ledger' | 'feed', from: number | 'oldest' = 'oldest'): LogFrame[] {
    const frames: LogFrame[] = [];
    const reader = openLogReader({ directory: this.dataDir, name: log, from });
    const keep = ({ sequence, type, topic, payload }: FrameView): void =>
      void frames.push({ sequence, type, topic, payload: Buffer.from(payload) });
    while (reader.poll(keep, 4_096) > 0);
    reader.close();
    return frames;
  }

  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.gateway.ports.page}/metrics`)).text();
    const samples = text.split('\n').flatMap(line => /^([^#\s]+(?:\{.*\})?) (\S+)$/.exec(line)?.slice(1, 3) ?? []);
    return new Map(samples.flatMap((part, index) => (index % 2 === 0 ? [[part, Number(samples[index + 1])]] : [])));
  }
}

function deskConfig(folder: string, venuePort: number): Sections {
  const desk = exampleDesk();
  const example = parse(readFileSync(join(desk, 'gateway.yaml'), 'utf8')) as GatewayConfigInput;
  const { venue } = example.fix;
  const session = (targetCompId: string): object => ({ senderCompId: 'HEADRACE', targetCompId });
  return {
    ...example,
    dataDir: join(folder, 'data'),
    logLevel: 'error',
    journal: { durability: 'os', tailSizeMb: 16 },
    lane: { accounts: 1_000, symbols: 1_000, orders: 20_000, clOrdIds: 200_000 },
    fix: {
      client: { port: 0, sessions: [session('DESK'), session('PROBE')] as typeof example.fix.client.sessions },
      venue: { ...venue, port: venuePort, reconnectMs: { first: 50, max: 200 } },
    },
    ...(example.startOfDay && {
      startOfDay: {
        ...example.startOfDay,
        file: join(folder, 'data', 'positions.ebc'),
        copybook: join(desk, 'positions.cpy'),
      },
    }),
    ...(example.feed && { feed: { ...example.feed, port: 0, tailSizeMb: 4 } }),
    sinks: { websocket: { port: 0 } },
    page: { port: 0 },
  };
}
