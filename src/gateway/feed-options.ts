import type { FeedWorkerOptions } from '../sources/index.js';
import type { GatewayConfig } from './config/index.js';
import type { GatewayMemory } from './memory.js';

const GIB = 2 ** 30;
const CONNECTIONS_MAX = 16;

/** The feed worker's options, or undefined for a gateway without a feed. */
export function feedOptions(
  config: GatewayConfig,
  memory: GatewayMemory,
  acceptDamage: boolean,
): FeedWorkerOptions | undefined {
  const { feed, lane, native, logLevel, dataDir } = config;
  const ring = memory.lane.priceRing;
  if (feed === undefined || ring === undefined) return undefined;
  return {
    host: feed.host,
    port: feed.port,
    layout: { columns: feed.layout, lineEnd: feed.lineEnd },
    connectionsMax: CONNECTIONS_MAX,
    native,
    logLevel,
    journal: {
      directory: dataDir,
      tail: memory.feedTail,
      retainBytes: feed.retainGb * GIB,
      acceptDamage,
      doorbells: [memory.mainBell, memory.publishBell],
    },
    prices: { ring, doorbell: memory.lane.bell, symbols: lane.symbols },
    counters: memory.feedCounters,
  };
}
