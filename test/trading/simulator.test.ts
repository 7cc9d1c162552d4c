import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { startCounterparty, type CounterpartyCounts, type CounterpartyOptions } from '../../src/trading/index.js';
import type { DemoProcessOptions } from '../../src/gateway/demo-desk.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

const DEMO_PROCESS = new URL('../../src/gateway/demo-process.js', import.meta.url);

// With nothing between them: the client logs on to its own venue.
const DIRECT: Partial<CounterpartyOptions> = {
  clientSession: { senderCompID: 'DESK', targetCompID: 'VENUE' },
  venueSession: { senderCompID: 'VENUE', targetCompID: 'DESK' },
  ordersPerSecond: 2_000,
  openOrdersMax: 50,
};

function checkAgreement(t: Test, { client, venue }: CounterpartyCounts): void {
  t.equal(venue.ordersReceived, client.ordersSent, 'orders');
  t.equal(venue.cancelsReceived, client.cancelsSent, 'cancels');
  t.equal(venue.replacesReceived, client.replacesSent, 'replaces');
  t.equal(client.partialFills + client.fills, venue.fillsSent, 'fills');
  t.equal(client.refused + client.cancelRejects, venue.rejectsSent, 'rejects');
  t.equal(client.rejects, 0, 'no session-level reject: every message is valid FIX');
}

for (const beginString of ['FIX.4.2', 'FIX.4.4'] as const)
  t.test(`client and venue agree on every message of 1,000 orders in ${beginString}`, async t => {
    const port = await freePort();
    const address = { host: '127.0.0.1', port };
    const counterparty = await startCounterparty({ ...DIRECT, beginString, gateway: address, venue: address });
    await until(() => counterparty.counts().client.ordersSent >= 1_000);
    await counterparty.close();
    const counts = counterparty.counts();
    checkAgreement(t, counts);
    for (const kind of [
      'cancelsSent',
      'replacesSent',
      'accepted',
      'partialFills',
      'fills',
      'canceled',
      'replaced',
    ] as const)
      t.ok(counts.client[kind] > 0, `${kind}: ${counts.client[kind]}`);
  });

t.test('as a process of its own it goes on with its sequence numbers after a stop and after a kill', async t => {
  const port = await freePort();
  const address = { host: '127.0.0.1', port };
  const stateFile = join(t.testdir({}), 'numbers.json');
  const counterparty = { ...DIRECT, gateway: address, venue: address, stateFile, ordersPerSecond: 200 };
  const options = JSON.stringify({ counterparty } satisfies DemoProcessOptions);
  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
    const child = fork(DEMO_PROCESS, [options], { stdio: 'inherit' });
    let counts: CounterpartyCounts | undefined;
    child.on('message', message => (counts = (message as { counts?: CounterpartyCounts }).counts ?? counts));
    await until(() => (counts?.client.ordersSent ?? 0) > 0 && (counts?.client.accepted ?? 0) > 0);
    child.kill(signal);
    await once(child, 'exit');
    t.equal(counts?.client.logons, 1, `logged on once before ${signal}`);
  }
});
