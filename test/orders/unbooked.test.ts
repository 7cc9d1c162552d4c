import t, { type Test } from 'tap';

import { utcTimestampText } from '../../src/codec/index.js';
import type { Desk, DeskOptions } from '../support/desk.js';
import type { FixPeer } from '../support/fix-peer.js';
import { fixBytes } from '../support/fix-session.js';
import { liveAndFolded } from '../support/folded-lane.js';
import { clOrdIdIn, deskBeforeVenue } from '../support/peer-desk.js';

t.setTimeout(120_000);

const FILL = '37=V1|54=1|55=ACME|17=E1|39=1|150=F|32=50|31=10|14=50|151=50|6=10|';
/** A LastQty (32) beyond 64 bits: a number, but none that can be booked. */
const UNREADABLE = FILL.replace('32=50|', '32=99999999999999999999|');

interface Unbooked {
  readonly desk: Desk;
  readonly venue: FixPeer;
  readonly clOrdId: string;
}

const counters = (desk: Desk): Record<string, number> => desk.meter.counters.snapshot();

async function withOrder(t: Test, options: DeskOptions = {}): Promise<Unbooked> {
  const { desk, venue } = await deskBeforeVenue(t, options);
  desk.order('U1');
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  return { desk, venue, clOrdId: clOrdIdIn(venue, 'D') };
}

/** Whether the account trades on: an order goes through, or is refused by its halt. */
async function isHalted({ desk, venue }: Unbooked): Promise<boolean> {
  const before = venue.having('35=D').length;
  desk.order('U2');
  await desk.until(() => venue.having('35=D').length > before || desk.report('U2') !== undefined, 'an answer');
  return desk.report('U2')?.get(58) === 'haltAccount: the account is halted';
}

const CASES: Readonly<Record<string, { body: (clOrdId: string) => string; halts: boolean; reject?: string }>> = {
  'unreadable, of an order': { body: id => `11=${id}|${UNREADABLE}`, halts: true, reject: '371=32' },
  'unreadable, without ClOrdID, of Account A1': { body: () => `1=A1|${UNREADABLE}`, halts: true, reject: '371=32' },
  'unreadable, without ClOrdID and Account': { body: () => UNREADABLE, halts: false, reject: '371=32' },
  'readable, of an order that is no longer known': { body: () => `1=A1|11=T1-1|${FILL}`, halts: true },
  'readable, of an order of somebody else': { body: () => `1=A1|11=PHONE-7|${FILL}`, halts: false },
  'refused by the session, of an order': {
    body: id => `11=${id}|${FILL.replace('39=1|', '39=Z|')}`,
    halts: true,
    reject: '371=39',
  },
};

for (const [title, { body, halts, reject }] of Object.entries(CASES)) {
  t.test(
    `a fill ${title}: a dead letter, counted, ${halts ? 'the account is halted' : 'nothing is halted'}`,
    async t => {
      const unbooked = await withOrder(t);
      const { desk, venue, clOrdId } = unbooked;
      venue.write(['8', 2, body(clOrdId)]);
      await desk.until(() => counters(desk)['executionsUnbooked'] === 1, 'the alarm');
      t.match(counters(desk), { reportsIn: 1, reportsDeadLettered: 1, executions: 0 });
      if (reject !== undefined) {
        await desk.until(() => venue.having('35=3').length === 1, 'a Reject');
        t.equal(venue.having('35=3', '45=2', '372=8', reject).length, 1);
      }
      t.equal(await isHalted(unbooked), halts);
      t.equal(venue.having('35=3').length, reject === undefined ? 0 : 1);
    },
  );
}

t.test('a report that cannot be read and is no trade is answered by a Reject and halts nothing', async t => {
  const unbooked = await withOrder(t);
  const { desk, venue, clOrdId } = unbooked;
  const quiet = UNREADABLE.replace('150=F|', '150=0|');
  venue.write(['8', 2, `11=${clOrdId}|${quiet}`]);
  await desk.until(() => venue.having('35=3', '45=2', '371=32').length === 1, 'a Reject');
  t.match(counters(desk), { reportsDeadLettered: 1, executionsUnbooked: 0 });
  t.notOk(await isHalted(unbooked));
});

t.test('with one row four earlier ids are kept: a late fill under the second of seven is booked to none', async t => {
  const { desk, venue, clOrdId } = await withOrder(t, { orders: 1 });
  const ids = [clOrdId];
  const take = async (index: number): Promise<void> => {
    const report = FILL.replace('39=1|150=F|32=50|31=10|14=50|151=50|', '39=0|150=5|14=0|151=100|');
    venue.write(['8', index + 1, `11=${ids[index]}|41=${ids[index - 1]}|${report}`]);
    await desk.reported(`U1-${index}`, '0');
  };
  for (let index = 1; index <= 6; index++) {
    const replaced = index === 1 ? 'U1' : `U1-${index - 1}`;
    const time = '20260102-10:00:01.000';
    const body = { 38: '100', 40: '2', 41: replaced, 44: '10.50', 54: '1', 55: 'ACME', 60: time };
    desk.send('G', { 1: 'A1', 11: `U1-${index}`, ...body });
    await desk.until(() => venue.having('35=G').length === index, 'the replace at the venue');
    ids.push(clOrdIdIn(venue, 'G'));
    await take(index);
  }
  venue.write(['8', 8, `11=${ids[2]}|${FILL}`]);
  await desk.until(() => counters(desk)['executions'] === 7, 'a fill under the oldest id that is kept');
  venue.write(['8', 9, `11=${ids[1]}|${FILL}`]);
  await desk.until(() => counters(desk)['executionsUnbooked'] === 1, 'a fill under one before it');
  t.match(counters(desk), { executions: 7, reportsDeadLettered: 1 });
});

const UNROUTED: Readonly<Record<string, { version: string; names: string; answer: string }>> = {
  'without SenderCompID': { version: 'FIX.4.4', names: '56=DESK|', answer: '35=j' },
  'without TargetCompID': { version: 'FIX.4.4', names: '49=VENUE|', answer: '35=j' },
  'of another BeginString': { version: 'FIX.4.2', names: '49=VENUE|56=DESK|', answer: '35=5' },
};

for (const [title, { version, names, answer }] of Object.entries(UNROUTED)) {
  t.test(`a fill ${title}: a dead letter, counted, the account is halted`, async t => {
    const { desk, venue, clOrdId } = await withOrder(t);
    const time = utcTimestampText(BigInt(Date.now()) * 1_000_000n, 3);
    venue.writeBytes(fixBytes(version, `35=8|34=2|${names}52=${time}|11=${clOrdId}|${FILL}`));
    await desk.until(() => venue.having(answer).length === 1, 'the answer');
    t.match(counters(desk), { reportsIn: 1, reportsDeadLettered: 1, executionsUnbooked: 1, executions: 0 });
    const halts = (): readonly unknown[] => {
      const view = desk.events.findLast(event => event.op === 'sessions');
      return view?.op === 'sessions' ? view.halts : [];
    };
    await desk.until(() => halts().length === 1, 'the halt in the view');
    t.match(halts(), [{ scope: 'account', id: 'A1' }]);
  });
}

t.test(
  'a fill that waited behind a gap and comes again without OrigSendingTime is booked once and alarms nobody',
  async t => {
    const unbooked = await withOrder(t);
    const { desk, venue, clOrdId } = unbooked;
    const second = FILL.replace('17=E1|39=1|', '17=E2|39=2|').replace('14=50|151=50|', '14=100|151=0|');
    venue.write(['8', 3, `11=${clOrdId}|${second}`]);
    await desk.until(() => venue.having('35=2', '7=2').length === 1, 'the ResendRequest');
    venue.write(['8', 2, `11=${clOrdId}|${FILL}`, '43=Y|'], ['8', 3, `11=${clOrdId}|${second}`, '43=Y|']);
    await desk.until(() => venue.having('35=3', '45=3', '371=122').length === 1, 'a Reject of the duplicate');
    t.match(counters(desk), { executions: 2, executionsUnbooked: 0, reportsDeadLettered: 0 });
    t.notOk(await isHalted(unbooked));
  },
);

t.test('a fill ahead of its turn that the session refuses alarms once, when it comes in its turn', async t => {
  const { desk, venue, clOrdId } = await withOrder(t);
  const bad = `11=${clOrdId}|${FILL.replace('39=1|', '39=Z|')}`;
  venue.write(['8', 3, bad], ['0', 4]);
  await desk.until(() => venue.having('35=2', '7=2').length === 1, 'the ResendRequest');
  t.equal(venue.having('35=3', '45=3').length, 1, 'it is rejected');
  t.equal(counters(desk)['executionsUnbooked'], 0);
  venue.write(['4', 2, '36=3|123=Y|', '43=Y|122=20260102-10:00:00|'], ['8', 3, bad, '43=Y|122=20260102-10:00:00|']);
  await desk.until(() => venue.having('35=3', '45=3').length === 2, 'its second Reject');
  t.match(counters(desk), { executionsUnbooked: 1, reportsDeadLettered: 1 });
});

t.test(
  'an OrderCancelReject that the session refuses ends its cancel: the client is told and cancels again',
  async t => {
    const { desk, venue, clOrdId } = await withOrder(t);
    venue.write(['8', 2, `11=${clOrdId}|37=V1|54=1|55=ACME|17=A1|39=0|150=0|14=0|151=100|6=0|`]);
    await desk.reported('U1', '0');
    const cancel = (id: string): void =>
      desk.send('F', { 11: id, 41: 'U1', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
    cancel('X1');
    await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue');
    venue.write(['9', 3, `11=${clOrdIdIn(venue, 'F')}|37=V1|39=0|41=${clOrdId}|102=77|434=7|`]);
    const told = await desk.reported('X1');
    t.match(
      [35, 39, 41, 434].map(tag => told.get(tag)),
      ['9', '0', 'U1', '1'],
    );
    t.match(told.get(58), /^the venue rejected it in a message that is not valid: .* \((102|434)\)$/);
    t.match(counters(desk), { reportsIn: 2, executions: 1, requestRejects: 0, reportsDeadLettered: 1 });
    cancel('X2');
    await desk.until(() => venue.having('35=F').length === 2, 'the next cancel at the venue');
    const { live, folded } = await liveAndFolded(desk);
    t.strictSame(folded, live);
  },
);
