import t, { type Test } from 'tap';

import { FixEngine, type EngineSession, type FixApplication, type HostPolicy } from '../../src/trading/index.js';
import { freePort } from '../support/free-port.js';
import { openRelay } from '../support/relay.js';
import { until } from '../support/until.js';

const HOST = '127.0.0.1';
const ACCEPTOR = { beginString: 'FIX.4.4', senderCompID: 'VENUE', targetCompID: 'DESK' };
const INITIATOR = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'VENUE' };
const FAST = { firstMs: 5, maxMs: 40 };
const TAKE: FixApplication = { onMessage: () => 'taken' };

async function openVenue(t: Test, now?: () => bigint): Promise<number> {
  const engine = new FixEngine({ application: TAKE, ...(now && { now }) });
  t.teardown(() => engine.close(100));
  engine.addAcceptor(ACCEPTOR);
  return engine.listen({ host: HOST, port: 0 });
}

const isActive = ({ session }: EngineSession): boolean => session.state === 'active';

for (const [hostPolicy, second, third] of [
  ['firstAgain', [2, 0], [3, 0]],
  ['roundRobin', [1, 1], [2, 1]],
] as const satisfies readonly (readonly [HostPolicy, readonly number[], readonly number[]])[])
  t.test(`${hostPolicy}: a logged-on connection that is cut twice leads to ${String(third)} connections`, async t => {
    const port = await openVenue(t);
    const relays = [await openRelay(t, port), await openRelay(t, port)];
    const dead = await freePort();
    const desk = new FixEngine({ application: TAKE });
    t.teardown(() => desk.close(100));
    const hosts = [...relays.map(relay => ({ host: HOST, port: relay.port })), { host: HOST, port: dead }];
    let waits = 0;
    const session = desk.addInitiator(INITIATOR, { hosts, hostPolicy, backoff: FAST, onWait: () => waits++ });
    const counts = (): number[] => relays.map(({ connections }) => connections);
    await until(() => isActive(session));
    t.strictSame(counts(), [1, 0]);
    for (const expected of [second, third]) {
      const before = waits;
      for (const relay of relays) relay.cut();
      await until(() => waits > before && isActive(session));
      t.strictSame(counts(), expected);
    }
  });

t.test('an initiator does not connect before its time, and does within a second of it', async t => {
  let now = BigInt(Date.parse('2026-01-02T07:59:59Z')) * 1_000_000n;
  const port = await openVenue(t, () => now);
  const relay = await openRelay(t, port);
  const desk = new FixEngine({ application: TAKE, now: () => now });
  t.teardown(() => desk.close(100));
  const schedule = { kind: 'daily', startTime: '08:00', endTime: '17:00' } as const;
  const hosts = [{ host: HOST, port: relay.port }];
  const session = desk.addInitiator({ ...INITIATOR, schedule }, { hosts, backoff: FAST });
  await new Promise(resolve => setTimeout(resolve, 150));
  t.equal(relay.connections, 0);
  now += 1_000_000_000n;
  await until(() => isActive(session));
  now += 9n * 3_600_000_000_000n;
  await until(() => session.session.state === 'disconnected' && session.session.nextOutSeqNum === 1);
  t.equal(relay.connections, 1, 'at 17:00 it logs out, and its numbers begin again');
});
