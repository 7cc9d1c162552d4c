import { waitsForSync } from '../journal/index.js';
import { TOPICS, type TopicName } from '../model/index.js';
import { LEDGER } from '../orders/index.js';
import { journalLog, type JournalLogPlace, type LogStart } from '../publish/index.js';
import type { GatewayConfig } from './config/index.js';
import type { GatewayMemory } from './memory.js';

const indices = (names: readonly TopicName[]): number[] => names.map(name => TOPICS.indexOf(name));

/**
 * The logs of a gateway and the topics their frames carry, once they are open. A malformed quote's dead letter lies in the feed log and is counted
 * there. `ledgerStart` is what the lane recovered.
 */
export function logPlaces(
  config: GatewayConfig,
  memory: GatewayMemory,
  ledgerStart: LogStart,
): { readonly ledger: JournalLogPlace; readonly feed?: JournalLogPlace } {
  const ledger = {
    name: LEDGER,
    directory: config.dataDir,
    tail: memory.lane.tail,
    upTo: waitsForSync(config.journal.durability) ? ('synced' as const) : ('committed' as const),
    start: ledgerStart,
    topics: indices(['orders.accepted', 'orders.refused', 'executions', 'dead-letter', 'application', 'drop-copy']),
  };
  if (config.feed === undefined) return { ledger };
  const feed = { name: 'feed', directory: config.dataDir, tail: memory.feedTail, topics: indices(['quotes']) };
  return { ledger, feed: { ...feed, start: { nextSequence: nextSequence(feed) } } };
}

function nextSequence(place: JournalLogPlace): number {
  const reader = journalLog(place).openReader('tail');
  reader.close();
  return reader.position;
}
