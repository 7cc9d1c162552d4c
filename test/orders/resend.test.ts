import t from 'tap';

import { FixBatch } from '../../src/codec/index.js';
import { Desk } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { LOGON, clOrdIdIn, deskBeforeVenue } from '../support/peer-desk.js';

const RESENT = '43=Y|122=20260102-10:00:00.000|';

t.test('a GapFill of the venue makes no order unknown: one it then asks for is released and told', async t => {
  const { desk, venue } = await deskBeforeVenue(t);
  desk.order('K1');
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  venue.write(['4', 2, '123=Y|36=5|', RESENT], ['2', 5, '7=2|16=0|']);
  const told = await desk.reported('K1', '8');
  t.equal(told.get(58), 'the venue did not receive it before the connection was lost');
  t.equal(desk.meter.counters.snapshot().ordersUnknown, 0);
});

t.test('a cancel that never came to the venue is answered although its order was filled meanwhile', async t => {
  const { desk, venue } = await deskBeforeVenue(t);
  desk.order('L1');
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  const order = `11=${clOrdIdIn(venue, 'D')}|37=V1|54=1|55=ACME|`;
  venue.write(['8', 2, `${order}17=E1|39=0|150=0|14=0|151=100|6=0|`]);
  await desk.reported('L1', '0');
  desk.send('F', { 11: 'L2', 41: 'L1', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue');
  venue.write(['8', 3, `${order}17=E2|39=2|150=F|32=100|31=10.5|14=100|151=0|6=10.5|`], ['2', 4, '7=3|16=0|']);
  const rejected = await desk.reported('L2');
  t.equal(rejected.get(35), '9');
  t.equal(rejected.get(39), '2', 'it says that the order is filled');
});

t.test('a ResendRequest in the read that caused a refusal gets the refusal again, not a gap fill over it', async t => {
  const desk = new Desk();
  const client = new FixPeer('CLIENT', 'DESK');
  await desk.startVenue();
  await desk.startLane();
  await client.connect(desk.clientPort);
  client.write(['A', 1, LOGON]);
  await desk.until(() => client.having('35=A').length === 1, 'the Logon at the client');
  const order = '1=NOBODY|11=M1|21=1|38=100|40=2|44=10.5|54=1|55=ACME|59=0|60=20260102-10:00:00.000|';
  client.write(['D', 2, order], ['2', 3, '7=2|16=0|']);
  await desk.until(() => client.having('43=Y', '34=2').length === 1, 'the answer to the ResendRequest');
  t.equal(client.having('43=Y', '34=2', '35=8', '11=M1').length, 1, client.text);
  client.close();
  await desk.stop();
});

t.test('an order whose outbound frame is not found any more is released when the venue asks for it', async t => {
  const { desk, venue } = await deskBeforeVenue(t);
  desk.order('G1');
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  const reads = FixBatch.prototype.scan;
  // What cannot be read back is passed over, as what retention took.
  FixBatch.prototype.scan = function (this: FixBatch, bytes, ...rest) {
    return Buffer.from(bytes).includes('\x0111=T1-') && Buffer.from(bytes).includes('35=D')
      ? 0
      : reads.call(this, bytes, ...rest);
  };
  t.teardown(() => (FixBatch.prototype.scan = reads));
  venue.write(['2', 2, '7=2|16=0|']);
  t.equal((await desk.reported('G1', '8')).get(58), 'the venue did not receive it before the connection was lost');
});

t.test(
  'a venue that resets leaves both reservations of a replace, rejects it to the client, is asked, and lets cancel',
  async t => {
    const { desk, venue } = await deskBeforeVenue(t);
    const time = { 60: '20260102-10:00:01.000' };
    desk.order('Y1');
    await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
    const order = `37=V1|54=1|55=ACME|14=0|151=100|6=0|`;
    venue.write(['8', 2, `11=${clOrdIdIn(venue, 'D')}|${order}17=E1|39=0|150=0|`]);
    await desk.reported('Y1', '0');
    desk.send('G', { 1: 'A1', 11: 'Y2', 38: '1000', 40: '2', 41: 'Y1', 44: '10.50', 54: '1', 55: 'ACME', ...time });
    await desk.until(() => venue.having('35=G').length === 1, 'the replace at the venue');
    venue.write(['A', 1, `${LOGON}141=Y|`]);
    t.equal((await desk.reported('Y2')).get(35), '9');
    await desk.until(() => venue.having('35=H').length === 2, 'OrderStatusRequests for the order and its replace');
    desk.order('Y3', { 38: '1000' });
    t.equal((await desk.reported('Y3')).get(58), 'maxPosition: 2100 > 2000', '100 and 1,000 are held');
    await desk.stopLane();
    await desk.startLane();
    await desk.until(() => venue.having('35=A').length === 3, 'another Logon at the venue');
    venue.write(['A', 2, LOGON]);
    await desk.until(() => desk.isUp, 'both sessions to be active again');
    await desk.until(() => venue.having('35=H').length === 4, 'others after a restart');
    desk.send('F', { 11: 'Y4', 41: 'Y1', 54: '1', 55: 'ACME', ...time });
    await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue');
    venue.write(['8', 3, `11=${clOrdIdIn(venue, 'F')}|${order}17=E2|39=4|150=4|`]);
    await desk.reported('Y4', '4');
    desk.order('Y5', { 38: '1000' });
    await desk.until(() => venue.having('35=D').length === 2, 'an order that all of it left room for');
  },
);
