import t, { type Test } from 'tap';

import type { FixPeer } from '../support/fix-peer.js';
import { liveAndFolded } from '../support/folded-lane.js';
import { LOGON, clOrdIdIn, deskBeforeVenue } from '../support/peer-desk.js';
import { ORDER, acknowledged, counters, forgets, told, type Reset } from '../support/reset-desk.js';

t.setTimeout(300_000);

const UNIT = 100_000_000n;
const TIME = { 60: '20260102-10:00:01.000' };

/** An order of 100 whose replace to 1,000 was on its way when the venue forgot its sequence. */
async function replaceInDoubt(t: Test): Promise<Reset> {
  const reset = await acknowledged(t);
  const { desk, venue } = reset;
  desk.send('G', { 1: 'A1', 11: 'R2', 38: '1000', 40: '2', 41: 'R1', 44: '10.50', 54: '1', 55: 'ACME', ...TIME });
  await desk.until(() => venue.having('35=G').length === 1, 'the replace at the venue');
  await forgets(reset);
  return { ...reset, replace: clOrdIdIn(venue, 'G') };
}

const fill = (quantity: number, ordStatus: string, more: string): string =>
  `${ORDER}17=E${quantity}|39=${ordStatus}|150=F|32=${quantity}|31=10.5|14=${quantity}|6=10.5|${more}`;

const replaced = (reset: Reset): Promise<void> =>
  told(reset, '8', 'executions', `11=${reset.replace}|${ORDER}17=E2|39=0|150=5|14=0|151=1000|6=0|`);

/** The venue's OrderCancelReject for one of our ids. */
const rejected = (reset: Reset, id: string): Promise<void> =>
  told(reset, '9', 'requestRejects', `11=${id}|37=V1|39=0|41=${reset.order}|102=0|434=2|`);

async function cancelAfter({ desk, venue }: Reset): Promise<void> {
  desk.send('F', { 11: 'R3', 41: 'R1', 54: '1', 55: 'ACME', ...TIME });
  await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue');
}

const status = (id: string | undefined, more: string): string =>
  `11=${id}|${ORDER}17=S${id}|150=I|14=0|151=0|6=0|${more}`;

const ENDS: Readonly<
  Record<
    string,
    {
      report: (reset: Reset, t: Test) => Promise<void>;
      position: bigint;
      open: bigint;
      live: number;
      knownBy?: string;
      deadLettered?: number;
    }
  >
> = {
  'replaced under its own id': { report: replaced, position: 0n, open: 1_000n, live: 1, knownBy: 'R2' },
  'rejected (9)': {
    report: reset => rejected(reset, reset.replace),
    position: 0n,
    open: 100n,
    live: 1,
    knownBy: 'R1',
  },
  'filled under the replace’s id': {
    report: reset => told(reset, '8', 'executions', `11=${reset.replace}|${fill(300, '1', '151=700|')}`),
    position: 300n,
    open: 700n,
    live: 1,
    knownBy: 'R2',
  },
  'filled under the order’s id': {
    report: reset => told(reset, '8', 'executions', `11=${reset.order}|${fill(100, '2', '151=0|')}`),
    position: 100n,
    open: 0n,
    live: 0,
  },
  'cancelled under the order’s id': {
    report: reset => told(reset, '8', 'executions', `11=${reset.order}|${ORDER}17=E3|39=4|150=4|14=0|151=0|6=0|`),
    position: 0n,
    open: 0n,
    live: 0,
  },
  'cancelled under the replace’s id': {
    report: reset => told(reset, '8', 'executions', `11=${reset.replace}|${ORDER}17=E3|39=4|150=4|14=0|151=0|6=0|`),
    position: 0n,
    open: 0n,
    live: 0,
  },
  'rejected under its id while a cancel is on its way': {
    report: async reset => {
      await cancelAfter(reset);
      await rejected(reset, reset.replace);
    },
    position: 0n,
    open: 100n,
    live: 1,
  },
  'replaced, after the cancel that followed it was rejected': {
    report: async reset => {
      await cancelAfter(reset);
      await rejected(reset, clOrdIdIn(reset.venue, 'F'));
      await replaced(reset);
    },
    position: 0n,
    open: 1_000n,
    live: 1,
    knownBy: 'R1',
  },
  'replaced, while the cancel that followed it is on its way; that cancels it': {
    report: async reset => {
      await cancelAfter(reset);
      await replaced(reset);
      const cancelled = `${ORDER}17=E4|39=4|150=4|14=0|151=0|6=0|41=${reset.replace}|`;
      await told(reset, '8', 'executions', `11=${clOrdIdIn(reset.venue, 'F')}|${cancelled}`);
    },
    position: 0n,
    open: 0n,
    live: 0,
  },
  'unknown to the venue, while the order lives and a cancel is on its way': {
    report: async (reset, t) => {
      await cancelAfter(reset);
      await told(reset, '8', 'executions', status(reset.order, '39=0|'));
      await told(reset, '8', 'ordersForgotten', status(reset.replace, '39=8|'));
      t.equal(reset.desk.report('R1')?.get(39), '0', 'the client reads no end of its order');
    },
    position: 0n,
    open: 1_100n,
    live: 1,
    deadLettered: 1,
  },
  'rejected (9) and then unknown, while the order lives and a cancel is on its way': {
    report: async (reset, t) => {
      await cancelAfter(reset);
      await told(reset, '8', 'executions', status(reset.order, '39=0|'));
      await rejected(reset, reset.replace);
      await told(reset, '8', 'reportsDeadLettered', status(reset.replace, '39=8|'));
      t.equal(reset.desk.report('R1')?.get(39), '0', 'the client reads no end of its order');
    },
    position: 0n,
    open: 100n,
    live: 1,
    deadLettered: 1,
  },
  'unanswered, and the cancel that followed it is rejected by OrdStatus 8': {
    report: async reset => {
      await cancelAfter(reset);
      const why = `11=${clOrdIdIn(reset.venue, 'F')}|${ORDER}17=E5|39=8|103=5|150=8|14=0|151=0|6=0|`;
      await told(reset, '8', 'requestRejects', why);
    },
    position: 0n,
    open: 1_100n,
    live: 1,
    knownBy: 'R1',
  },
  'rejected by OrdStatus 8, while the order lives and a cancel is on its way': {
    report: async reset => {
      await cancelAfter(reset);
      await told(reset, '8', 'executions', status(reset.order, '39=0|'));
      const why = `11=${reset.replace}|${ORDER}17=E5|39=8|103=99|150=8|14=0|151=0|6=0|`;
      await told(reset, '8', 'requestRejects', why);
    },
    position: 0n,
    open: 100n,
    live: 1,
  },
};

for (const [end, { report, position, open, live, knownBy, deadLettered = 0 }] of Object.entries(ENDS)) {
  t.test(`a replace in flight at a venue’s reset is ${end}: ${position} held, ${open} open`, async t => {
    const reset = await replaceInDoubt(t);
    const { desk, venue } = reset;
    await report(reset, t);
    t.equal(counters(desk)['ordersLive'], live);
    t.equal(counters(desk)['reportsDeadLettered'], deadLettered);
    if (knownBy !== undefined) {
      const before = venue.having('35=F').length;
      desk.send('F', { 11: 'R9', 41: knownBy, 54: '1', 55: 'ACME', ...TIME });
      await desk.until(() => venue.having('35=F').length > before, `a cancel of ${knownBy} at the venue`);
    }
    venue.close();
    const { live: state, folded } = await liveAndFolded(desk);
    t.strictSame(folded, state, 'folded from the frames it is what it was live');
    t.equal(state.position.position, position * UNIT);
    t.equal(state.position.openBuy, open * UNIT);
  });
}

t.test('a replace in flight that the venue rejects by OrdStatus 8 leaves its order of 100 as it was', async t => {
  const reset = await acknowledged(t);
  const { desk, venue } = reset;
  desk.send('G', { 1: 'A1', 11: 'R2', 38: '1000', 40: '2', 41: 'R1', 44: '10.50', 54: '1', 55: 'ACME', ...TIME });
  await desk.until(() => venue.having('35=G').length === 1, 'the replace at the venue');
  const why = `11=${clOrdIdIn(venue, 'G')}|${ORDER}17=E2|39=8|103=5|150=8|14=0|151=0|6=0|58=too late|`;
  await told(reset, '8', 'requestRejects', why);
  t.equal((await desk.reported('R2')).get(58), 'too late');
  await cancelAfter(reset);
  venue.close();
  const { live, folded } = await liveAndFolded(desk);
  t.strictSame(folded, live, 'folded from the frames it is what it was live');
  t.equal(live.position.openBuy, 100n * UNIT);
});

/** The ids in the OrderStatusRequests at the venue. */
const asked = (venue: FixPeer): string[] =>
  venue.having('35=H').map(message => /\|11=([^|]*)\|/.exec(message)?.[1] ?? '');

/** Orders of 1 each that the venue has acknowledged; returns our ids there. */
async function openOrders(t: Test, count: number): Promise<{ reset: Reset; ids: string[] }> {
  const { desk, venue } = await deskBeforeVenue(t);
  const reset: Reset = { desk, venue, order: '', replace: '', next: 2 };
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    desk.order(`M${index}`, { 38: '1' });
    await desk.until(() => venue.having('35=D').length === index + 1, 'the order at the venue');
    ids.push(clOrdIdIn(venue, 'D'));
    await told(reset, '8', 'executions', `11=${ids[index]}|${ORDER}17=A${index}|39=0|150=0|14=0|151=1|6=0|`);
  }
  return { reset, ids };
}

t.test('a venue that reset is asked about each of 25 acknowledged orders, 10 in a tenth of a second', async t => {
  const { reset, ids } = await openOrders(t, 25);
  const { desk, venue } = reset;
  reset.venue.write(['A', 1, `${LOGON}141=Y|`]);
  await desk.until(() => counters(desk)['statusRequests']! > 0, 'the first OrderStatusRequests');
  t.ok(counters(desk)['statusRequests']! <= 20, 'not all at once');
  await desk.until(() => asked(venue).length === 25, 'all of them');
  t.strictSame(asked(venue), ids);
  t.equal(counters(desk)['ordersUnknown'], 0, 'each had been reported');
});

t.test('“unknown order” of a venue that reset releases nothing: counted, a dead letter, asked again', async t => {
  const { reset, ids } = await openOrders(t, 4);
  const { desk, venue } = reset;
  await forgets(reset);
  await desk.until(() => asked(venue).length === 4, 'four OrderStatusRequests');
  await told(reset, '8', 'executions', status(ids[0], '39=0|'));
  await told(reset, '8', 'ordersForgotten', status(ids[1], '39=8|58=unknown order|'));
  await told(reset, '8', 'ordersForgotten', `11=${ids[2]}|${ORDER}17=S3|39=8|103=5|150=8|14=0|151=0|6=0|`);
  await told(reset, 'j', 'ordersForgotten', `45=4|372=H|379=${ids[3]}|380=1|58=no such order|`);
  t.match(counters(desk), { ordersLive: 4, reportsDeadLettered: 3 });
  desk.order('M9', { 38: '1000', 44: '10' });
  await desk.until(() => venue.having('35=D').length === 5, 'the account is not halted');
  desk.order('M8', { 38: '1000', 44: '10' });
  t.equal((await desk.reported('M8')).get(58), 'maxPosition: 2004 > 2000', 'all four are held');
  await desk.stopLane();
  await desk.startLane();
  await desk.until(() => venue.having('35=A').length === 3, 'another Logon at the venue');
  venue.write(['A', reset.next++, LOGON]);
  await desk.until(() => asked(venue).length === 7, 'the three of unknown state to be asked for after a restart');
  t.strictSame(asked(venue).slice(4), ids.slice(1));
  const before = counters(desk)['ordersLive']!;
  await told(reset, '8', 'executions', `11=${ids[1]}|${ORDER}17=S4|39=4|150=4|14=0|151=0|6=0|`);
  t.equal(counters(desk)['ordersLive'], before - 1, 'a report that ends one releases it');
});
