import { TOPICS, type TopicName } from '../model/index.js';
import { LEDGER } from '../orders/index.js';
import type { JournalLogPlace } from '../publish/index.js';
import type { GatewayConfig } from './config/index.js';
import type { GatewayMemory } from './memory.js';

const indices = (names: readonly TopicName[]): number[] => names.map(name => TOPICS.indexOf(name));

/** The logs of a gateway and the topics their frames carry. A malformed quote's dead letter lies in the feed log and is counted there. */
export function logPlaces(config: GatewayConfig, memory: GatewayMemory): readonly JournalLogPlace[] {
  const ledger = {
    name: LEDGER,
    directory: config.dataDir,
    tail: memory.lane.tail,
    topics: indices(['orders.accepted', 'orders.refused', 'executions', 'dead-letter', 'application']),
  };
  if (config.feed === undefined) return [ledger];
  return [ledger, { name: 'feed', directory: config.dataDir, tail: memory.feedTail, topics: indices(['quotes']) }];
}
