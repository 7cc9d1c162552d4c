import type { FeedGeneratorOptions } from '../sources/index.js';
import type { CounterpartyOptions } from '../trading/index.js';
import type { GatewayConfig } from './config/index.js';

const ACCOUNT_COUNT = 50;
const SYMBOL_COUNT = 200;
/** Records of the demo's start-of-day file: header, a limit an account, 50 × 199 positions nearly, trailer. */
export const DEMO_RECORDS = 10_000;

/** The symbols that the demo trades and quotes, each with the price its walk begins at. */
export const TRADED = [
  { symbol: 'AAPL', price: 231.5 },
  { symbol: 'AMZN', price: 187.25 },
  { symbol: 'BNP', price: 61.4 },
  { symbol: 'BP', price: 4.85 },
  { symbol: 'CSCO', price: 52.1 },
  { symbol: 'DBK', price: 15.3 },
  { symbol: 'GE', price: 168.75 },
  { symbol: 'HSBA', price: 6.92 },
  { symbol: 'IBM', price: 214.6 },
  { symbol: 'JPM', price: 205.15 },
  { symbol: 'MSFT', price: 418.3 },
  { symbol: 'NESN', price: 88.45 },
  { symbol: 'ORCL', price: 141.2 },
  { symbol: 'SAP', price: 198.7 },
  { symbol: 'SIE', price: 172.35 },
  { symbol: 'UBSG', price: 27.8 },
] as const;

/** `ACC00001` …: the accounts of the start-of-day file. */
export const DEMO_ACCOUNTS: readonly string[] = Array.from(
  { length: ACCOUNT_COUNT },
  (_, index) => `ACC${String(index + 1).padStart(5, '0')}`,
);

/** The traded symbols first, then others that only have positions. */
export const DEMO_SYMBOLS: readonly string[] = Array.from(
  { length: SYMBOL_COUNT },
  (_, index) => TRADED[index]?.symbol ?? `SYM${String(index + 1).padStart(5, '0')}`,
);

/** What the demo's other process is told: where the gateway is and what to trade. Plain data, so it can be an argument. */
export interface DemoProcessOptions {
  readonly counterparty: Partial<CounterpartyOptions>;
  readonly feed?: Omit<FeedGeneratorOptions, 'symbols' | 'seed'>;
}

export interface DemoRates {
  readonly ordersPerSecond: number;
  readonly quotesPerSecond: number;
}

/** The other process’s options for a gateway’s configuration. Without a feed, or with one whose port is not known yet, nothing is quoted. */
export function demoProcessOptions(config: GatewayConfig, rates: DemoRates, stateFile: string): DemoProcessOptions {
  const { feed, fix } = config;
  const { client, venue } = fix;
  const session = client.sessions[0];
  return {
    counterparty: {
      gateway: { host: '127.0.0.1', port: client.port },
      venue: { host: venue.host, port: venue.port },
      ...(session && { clientSession: { senderCompID: session.targetCompId, targetCompID: session.senderCompId } }),
      venueSession: { senderCompID: venue.targetCompId, targetCompID: venue.senderCompId },
      ordersPerSecond: rates.ordersPerSecond,
      accounts: DEMO_ACCOUNTS,
      symbols: TRADED.map(({ symbol, price }) => ({ name: symbol, priceCents: Math.round(price * 100) })),
      stateFile,
    },
    ...(feed !== undefined &&
      feed.port !== 0 && {
        feed: {
          host: '127.0.0.1',
          port: feed.port,
          layout: { columns: feed.layout, lineEnd: feed.lineEnd },
          quotesPerSecond: rates.quotesPerSecond,
        },
      }),
  };
}
