import type { FixMessage } from '../../codec/index.js';
import type { ApplicationVerdict } from '../../session/index.js';
import { FixEngine, type EngineSession, type FixApplication } from '../engine.js';
import { OrderClient } from './client.js';
import { COUNTERPARTY_DEFAULTS, emptyCounts, type CounterpartyCounts, type CounterpartyOptions } from './options.js';
import { KeptNumbers } from './kept-numbers.js';
import { DemoVenue } from './venue.js';

export interface Counterparty {
  /** The port the venue listens on. */
  readonly venuePort: number;
  counts(): CounterpartyCounts;
  /** Stops sending, logs out and closes all connections. */
  close(): Promise<void>;
}

/** Both sides of the demo in one application: which one a message is for depends on its session. */
class BothSides implements FixApplication {
  readonly counts = emptyCounts();
  readonly client: OrderClient;
  readonly #venue: DemoVenue;

  constructor(options: CounterpartyOptions) {
    this.client = new OrderClient(options, this.counts.client);
    this.#venue = new DemoVenue(options, this.counts.venue);
  }

  onMessage(session: EngineSession, message: FixMessage): ApplicationVerdict {
    return isClient(session) ? this.client.onMessage(message) : this.#venue.onMessage(session, message);
  }

  /** The client sends once the venue is there too: a gateway without its venue refuses every order. */
  onLogon(session: EngineSession): void {
    if (isClient(session)) this.client.onLogon(session);
    else this.#venue.onLogon();
    if (this.counts.venue.logons > 0) this.client.begin();
  }

  onLogout(session: EngineSession): void {
    if (isClient(session)) this.client.stop();
  }
}

const QUIET_MS = 100;
const SETTLE_MS_MAX = 1_000;

// Answers on their way are waited for, so that what was sent and what was received add up.
async function settled({ counts }: BothSides): Promise<void> {
  let before = '';
  for (let waitedMs = 0; waitedMs < SETTLE_MS_MAX; waitedMs += QUIET_MS) {
    const now = JSON.stringify(counts);
    if (now === before) return;
    before = now;
    await new Promise(resolve => setTimeout(resolve, QUIET_MS));
  }
}

function isClient(session: EngineSession): boolean {
  return session.session.settings.role === 'initiator';
}

/**
 * Starts the demo's other side: the client that sends orders to the gateway, and the venue that the gateway sends them on to.
 * What is not given is as in COUNTERPARTY_DEFAULTS.
 */
export async function startCounterparty(given: Partial<CounterpartyOptions> = {}): Promise<Counterparty> {
  const options: CounterpartyOptions = { ...COUNTERPARTY_DEFAULTS, ...given };
  const sides = new BothSides(options);
  const engine = new FixEngine({ application: sides });
  const { beginString } = options;
  const numbers = options.stateFile === undefined ? undefined : new KeptNumbers(options.stateFile);
  const venue = engine.addAcceptor({ beginString, ...options.venueSession });
  numbers?.restore('venue', venue.session);
  const venuePort = await engine.listen(options.venue);
  const client = engine.addInitiator(
    { beginString, ...options.clientSession, resetOnLogon: numbers === undefined },
    { hosts: [options.gateway], backoff: { firstMs: 100, maxMs: 2_000 } },
  );
  numbers?.restore('client', client.session);
  return {
    venuePort,
    counts: () => sides.counts,
    close: async () => {
      sides.client.stop();
      await settled(sides);
      await engine.close();
      numbers?.close();
    },
  };
}
