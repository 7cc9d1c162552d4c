import type { LaneOptions } from '../../src/orders/index.js';

/** What a test's lane must be given, and what it may change of a small one. */
export interface TestLane extends Partial<Omit<LaneOptions, 'capacities' | 'clients' | 'venue'>> {
  readonly directory: string;
  readonly memory: LaneOptions['memory'];
  readonly limits: LaneOptions['limits'];
  readonly capacities?: Partial<LaneOptions['capacities']>;
  readonly clients: Pick<LaneOptions['clients'], 'host' | 'port'> & Partial<LaneOptions['clients']>;
  readonly venue: Pick<LaneOptions['venue'], 'hosts' | 'reconnect'> & Partial<LaneOptions['venue']>;
}

/** Options of a small lane between the client CLIENT and the venue VENUE, both in FIX 4.4. */
export function testLaneOptions({ capacities, clients, venue, ...given }: TestLane): LaneOptions {
  const session = { beginString: 'FIX.4.4', senderCompID: 'DESK' } as const;
  return {
    instanceId: 'T1',
    native: 'prefer',
    logLevel: 'silent',
    durability: 'os',
    group: { records: 1000, sizeBytes: 1 << 20, timeMs: 2 },
    retainBytes: 2 ** 40,
    acceptDamage: false,
    reload: false,
    rules: [],
    spinUs: 0,
    ...given,
    capacities: { accounts: 64, symbols: 64, orders: 1024, clOrdIds: 4096, duplicateWindowMs: 0, ...capacities },
    clients: { bufferedBytesMax: 16 << 20, sessions: [{ ...session, targetCompID: 'CLIENT' }], ...clients },
    venue: {
      ...session,
      targetCompID: 'VENUE',
      heartBtIntSeconds: 30,
      resendOrdersWithinMs: 0,
      bufferedBytesMax: 16 << 20,
      ...venue,
    },
  };
}
