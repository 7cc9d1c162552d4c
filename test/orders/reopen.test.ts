import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { LedgerFold } from '../../src/orders/ledger-fold.js';
import { Desk } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { openSilentLane } from '../support/folded-lane.js';
import { LOGON, order } from '../support/peer-desk.js';

t.setTimeout(60_000);

for (const native of ['prefer', 'off'] as const) {
  t.test(`native ${native}: a client session added at the end leaves the snapshot in use`, async t => {
    const desk = await new Desk({ native, duplicateWindowMs: 600_000 }).start();
    desk.order('C1', { 38: '1000', 44: '10' });
    await desk.reported('C1', '0');
    await desk.stopLane();
    desk.clients = ['CLIENT', 'SECOND'];
    await desk.startLane();
    t.match(
      desk.events.find(event => event.op === 'recovered'),
      { recovered: { foldedFrames: 0 } },
    );
    await desk.until(
      () => desk.client?.session.state === 'active' && desk.venue?.session.state === 'active',
      'the two',
    );
    desk.order('C1');
    t.equal((await desk.reported('C1', '8')).get(58), 'duplicateClOrdId: the ClOrdID was used before in this session');
    desk.order('C2', { 38: '1000', 44: '10' });
    t.match((await desk.reported('C2', '8')).get(58), /^duplicateOrder: /);
    desk.order('C3', { 38: '1000', 44: '11' });
    await desk.reported('C3', '0');
    desk.order('C4', { 38: '1', 44: '10' });
    t.equal((await desk.reported('C4')).get(58), 'maxPosition: 2001 > 2000', 'exposure is where it was');

    const second = new FixPeer('SECOND', 'DESK');
    await second.connect(desk.clientPort);
    const sell = order('C1').replace('54=1', '54=2');
    second.write(['A', 1, LOGON], ['D', 2, sell], ['D', 3, sell]);
    await desk.until(() => second.having('35=8').length === 2, 'its reports');
    t.equal(second.having('35=8', '11=C1', '39=0').length, 1, 'the ClOrdID is new in its session');
    t.equal(second.having('35=8', '58=duplicateClOrdId: the ClOrdID was used before in this session').length, 1);
    second.close();
    await desk.stop();
  });
}

/** The venue reports on the newest of our orders there. */
function fill(desk: Desk, fields: Readonly<Record<number, string>>): void {
  const order = desk.atVenue.findLast(message => message.get(35) === 'D');
  const ids = { 6: '10', 11: order?.get(11) ?? '', 17: `F${fields[14]}`, 31: '10', 37: 'V1', 54: '1', 55: 'ACME' };
  desk.venue?.send('8', encoder => {
    for (const [tag, value] of Object.entries({ ...ids, 150: 'F', ...fields })) encoder.field(Number(tag), value);
  });
}

async function restart(desk: Desk, from: 'snapshot' | 'frames', clients: string[]): Promise<void> {
  const committed = desk.meter.counters.snapshot().committedSequence;
  await desk.stopLane();
  if (from === 'frames')
    for (const file of readdirSync(desk.directory)) if (file.endsWith('.snapshot')) rmSync(join(desk.directory, file));
  desk.clients = clients;
  await desk.startLane();
  const recovered = desk.events.find(event => event.op === 'recovered');
  const folded = recovered?.op === 'recovered' ? recovered.recovered.foldedFrames : -1;
  if ((from === 'snapshot') !== (folded === 0)) throw new Error(`folded ${folded} of ${committed} frames`);
}

for (const native of ['prefer', 'off'] as const)
  for (const from of ['snapshot', 'frames'] as const) {
    t.test(
      `native ${native}, from ${from}: a client gone from the config trades on at the venue, and is told when it is back`,
      async t => {
        const desk = new Desk({ native, venue: () => {} });
        desk.clients = ['CLIENT', 'SECOND'];
        await desk.startVenue();
        await desk.startLane();
        await desk.startClient();
        const second = new FixPeer('SECOND', 'DESK');
        await second.connect(desk.clientPort);
        second.write(['A', 1, LOGON]);
        await desk.until(() => desk.isUp, 'all three sessions');
        desk.order('G1', { 38: '1000', 44: '10' });
        await desk.until(() => desk.atVenue.length === 1, 'the order at the venue');
        second.close();

        await restart(desk, from, ['SECOND', 'THIRD']);
        await desk.until(() => desk.venue?.session.state === 'active', 'the venue to be back');
        const counters = (): Record<string, number> => desk.meter.counters.snapshot();
        const before = counters()['executions']!;
        fill(desk, { 39: '1', 32: '400', 14: '400', 151: '600' });
        await desk.until(() => counters()['executions'] === before + 1, 'the fill to be booked');
        t.equal(counters()['reportsKept'], 1);
        t.equal(counters()['ordersLive'], 1);
        await new Promise(resolve => setTimeout(resolve, 500));
        const views = desk.events.findLast(event => event.op === 'sessions');
        const shown = views?.op === 'sessions' ? views.sessions.map(({ name }) => name.split('->')[1]) : [];
        t.strictSame(shown, ['VENUE', 'SECOND', 'THIRD']);
        t.not(desk.client?.session.state, 'active', 'it cannot log on');
        await second.connect(desk.clientPort);
        second.write(['A', 2, LOGON], ['D', 3, order('S1', '').replace('38=1|', '38=1000|')]);
        await desk.until(() => desk.atVenue.length === 2, 'an order of a client that stayed, in its sequence');
        second.write(['D', 4, order('S2')]);
        await desk.until(() => second.having('35=8', '11=S2').length === 1, 'a refusal');
        const words = 'maxPosition: 2001 > 2000';
        t.equal(second.having('11=S2', `58=${words}`).length, 1, '400 held, 600 and 1,000 open');
        second.close();

        await restart(desk, from, ['CLIENT']);
        await desk.until(() => desk.isUp, 'it to be back with the venue');
        t.equal((await desk.reported('G1', '1')).get(32), '400', 'what it missed comes by its ResendRequest');
        desk.order('G1', { 38: '1', 54: '2' });
        const refused = await desk.reported('G1', '8');
        t.equal(refused.get(58), 'duplicateClOrdId: the ClOrdID was used before in this session');
        await desk.stop();
      },
    );
  }

t.test('a ledger of another venue is refused, and named', async t => {
  const desk = await new Desk().start();
  await desk.stopLane();
  desk.venueName = 'OTHER';
  await t.rejects(desk.startLane(), { message: /^HR_SESSION_VENUE: .*DESK->VENUE.*DESK->OTHER.*dataDir/ });
  desk.venueName = 'VENUE';
  await desk.startLane();
  await desk.stop();
});

t.test('a lane.orders below what the snapshot holds is refused by its name', async t => {
  const desk = await new Desk().start();
  for (const id of ['L1', 'L2', 'L3']) {
    desk.order(id);
    await desk.reported(id, '0');
  }
  await desk.stopLane();
  desk.orders = 2;
  await t.rejects(desk.startLane(), {
    message: "HR_CONFIG: lane.orders: the ledger's snapshot holds 3, 2 is too few",
  });
  desk.orders = 3;
  await desk.startLane();
  await desk.stop();
});

t.test(
  'without a snapshot each frame is folded once, though the config has other sessions in another order',
  async t => {
    const desk = new Desk({ directory: t.testdir() });
    desk.clients = ['ONE', 'TWO', 'THREE', 'FOUR'];
    for (let start = 0; start < 2; start++) {
      const opened = openSilentLane(desk.laneOptions());
      opened.context.group.end();
      opened.context.group.commit(1n);
      opened.context.group.journal.close();
    }
    desk.clients = ['FIVE', 'FOUR', 'TWO'];
    const { apply } = LedgerFold.prototype;
    let applied = 0;
    t.teardown(() => (LedgerFold.prototype.apply = apply));
    LedgerFold.prototype.apply = function (frame) {
      applied++;
      apply.call(this, frame);
    };
    const { context, fold } = openSilentLane(desk.laneOptions());
    t.ok(fold.frames > 0);
    t.equal(applied, fold.frames);
    const names = context.sessions.map(({ name, isDormant }) => `${name.split('->')[1]}${isDormant ? ' dormant' : ''}`);
    t.strictSame(names, ['VENUE', 'ONE dormant', 'TWO', 'THREE dormant', 'FOUR', 'FIVE']);
    context.group.end();
    context.group.commit(1n);
    context.group.journal.close();
  },
);
