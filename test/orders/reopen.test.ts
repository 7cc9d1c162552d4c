import t from 'tap';

import { Desk } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
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
