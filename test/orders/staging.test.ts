import t from 'tap';

import { openLogReader } from '../../src/journal/index.js';
import { FRAME_TYPE } from '../../src/model/index.js';
import { msgSeqNumOf } from '../../src/orders/ledger-fold.js';
import { LEDGER } from '../../src/orders/open-lane.js';
import type { DeskOptions } from '../support/desk.js';
import type { RawMessage } from '../support/fix-peer.js';
import { liveAndFolded } from '../support/folded-lane.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

/** A commit holds 2 MiB in these desks: some 1,800 orders with all they cause. */
const ORDERS = 4_000;
const WIDE: DeskOptions = {
  orders: 2 * ORDERS,
  clOrdIds: 4 * ORDERS,
  limits: {
    firm: { maxQuantity: '1000' },
    accounts: { A1: { maxQuantity: '1', maxNotional: '10.00', maxPosition: '100000', grossNotional: '500000.00' } },
    symbols: { ACME: {} },
  },
};

t.setTimeout(400_000);

t.test('a ResendRequest that releases 4,000 orders, more than a commit holds, tells all of them', async t => {
  const { desk, venue, client } = await deskOfPeers(t, WIDE);
  client.write(...Array.from({ length: ORDERS }, (_, index): RawMessage => ['D', index + 2, order(`W${index}`)]));
  await desk.until(() => desk.meter.counters.snapshot().ordersToVenue === ORDERS, 'the orders to be on their way');
  venue.write(['2', 2, '7=2|16=0|']);
  await desk.until(() => desk.meter.counters.snapshot().ordersUnsent === ORDERS, 'every order to be released');
  await desk.until(() => client.having('35=8', '39=8').length === ORDERS, 'every order to be told');
  await desk.until(() => venue.having('35=4', `36=${ORDERS + 2}`).length === 1, 'the gap fill at the venue');
  t.equal(
    desk.events.find(event => event.op === 'failed'),
    undefined,
  );
  t.equal(desk.meter.counters.snapshot().ordersLive, 0);
});

t.test('a venue that resets with 4,000 cancels in flight, more than a commit holds: each client is told', async t => {
  const { desk, venue, client } = await deskOfPeers(t, { ...WIDE, tailSizeBytes: 2 * 1024 * 1024 });
  const sent = (count: number): Promise<void> =>
    desk.until(() => desk.meter.counters.snapshot().ordersToVenue === count, `${count} requests on their way`);
  client.write(...Array.from({ length: ORDERS }, (_, index): RawMessage => ['D', index + 2, order(`X${index}`)]));
  await sent(ORDERS);
  const cancel = (index: number): string => `1=A1|11=Y${index}|41=X${index}|54=1|55=ACME|60=20260102-10:00:00.000|`;
  client.write(...Array.from({ length: ORDERS }, (_, index): RawMessage => ['F', index + ORDERS + 2, cancel(index)]));
  await sent(2 * ORDERS);
  venue.write(['A', 1, `${LOGON}141=Y|`]);
  await desk.until(() => client.having('35=9', '434=1').length === ORDERS, 'every cancel to be rejected');
  t.equal(
    desk.events.find(event => event.op === 'failed'),
    undefined,
  );
  t.match(desk.meter.counters.snapshot(), { ordersUnknown: ORDERS, ordersLive: ORDERS });
  const { live, folded } = await liveAndFolded(desk);
  t.strictSame(folded, live, 'folded from the frames it is what it was live');
});

t.test('4,000 orders that waited behind a gap, more than a commit holds, are all taken when it closes', async t => {
  const { desk, client } = await deskOfPeers(t, WIDE);
  const late = Array.from({ length: ORDERS }, (_, index): RawMessage => ['D', index + 3, order(`G${index}`)]);
  client.write(...late);
  await desk.until(() => client.having('35=2', '7=2').length === 1, 'the ResendRequest');
  client.write(['D', 2, order('FIRST'), '43=Y|122=20260102-10:00:00.000|']);
  await desk.until(() => desk.meter.counters.snapshot().accepted === ORDERS + 1, 'all to be accepted');
  t.equal(
    desk.events.find(event => event.op === 'failed'),
    undefined,
  );
});

t.test('of a message that fails half way nothing is in the ledger: it was never taken', async t => {
  const { desk, client } = await deskOfPeers(t, { tailSizeBytes: 256 * 1024 });
  client.write(['D', 2, order('SMALL')]);
  await desk.until(() => desk.meter.counters.snapshot().accepted === 1, 'the small order');
  client.write(['D', 3, order('LARGE', `58=${'x'.repeat(60_000)}|`)]);
  await desk.until(() => desk.events.some(event => event.op === 'failed'), 'the lane to stop');
  t.match(
    desk.events.find(event => event.op === 'failed'),
    { code: 'HR_CAPACITY' },
  );
  await new Promise(resolve => setTimeout(resolve, 100));
  const taken: number[] = [];
  const reader = openLogReader({ directory: desk.directory, name: LEDGER, from: 1 });
  while (
    reader.poll(frame => {
      if (frame.type === FRAME_TYPE.inbound && frame.source === 1) taken.push(msgSeqNumOf(frame.payload));
    }, 1_000) > 0
  );
  reader.close();
  t.strictSame(taken, [1, 2]);
});
