import { openCounters, type Counters } from '../observe/index.js';
import { LEDGER, REQUIRED_COUNTERS } from '../orders/index.js';
import type { SinkReport } from '../publish/index.js';
import type { GatewayConfig } from './config/index.js';

const INTERVAL_MS = 100;

/** Tells the lane ten times a second how far the slowest reader of a required topic has acknowledged the ledger. */
export class RequiredWatch {
  readonly #counters: Counters<'position'>;
  readonly #readers: readonly SinkReport[];
  readonly #timer: NodeJS.Timeout;

  constructor(topics: GatewayConfig['topics'], sinks: readonly SinkReport[], memory: SharedArrayBuffer) {
    const required = requiredTopics(topics);
    const sends = ({ only }: SinkReport): boolean => required.some(topic => only?.includes(topic) ?? true);
    this.#readers = sinks.filter(report => report.log === LEDGER && sends(report));
    this.#counters = openCounters(memory, REQUIRED_COUNTERS);
    this.#timer = setInterval(() => this.#tell(), INTERVAL_MS);
    this.#timer.unref();
    this.#tell();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A reader whose place is not known (0) counts as one at the oldest frame: it keeps all, and the byte bound holds for it too. */
  #tell(): void {
    const positions = this.#readers.map(({ counters }) => counters.get(counters.index.position));
    const slowest = positions.length === 0 ? Number.MAX_SAFE_INTEGER : Math.max(1, Math.min(...positions));
    this.#counters.set(this.#counters.index.position, slowest);
  }
}

export function requiredTopics(topics: GatewayConfig['topics']): string[] {
  return Object.entries(topics).flatMap(([topic, policy]) => (policy === 'required' ? [topic] : []));
}
