import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { Desk, type DeskOptions } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { openSilentLane } from '../support/folded-lane.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

t.setTimeout(120_000);

const TIME = { 60: '20260102-10:00:01.000' };
const RESTARTS: Readonly<Record<string, (desk: Desk) => Promise<void>>> = {
  'without a restart': async () => {},
  'after a restart from the snapshot': async desk => {
    await desk.stopLane();
    await desk.startLane();
    await desk.until(() => desk.isUp, 'both sessions to be active again');
  },
  'after a restart from the first frame': desk => desk.restartFromFrames(),
};

/** What the client reads when it uses these ClOrdIDs: OrdStatus, and the words of a refusal. */
async function answers(desk: Desk, ids: readonly string[]): Promise<string[]> {
  const read: string[] = [];
  for (const id of ids) {
    const before = desk.atClient.length;
    desk.order(id, { 38: '1', 44: `10.${read.length}` });
    await desk.until(() => desk.atClient.length > before, `an answer to ${id}`);
    const answer = desk.atClient[before];
    read.push(`${id} ${answer?.get(39)} ${answer?.get(58) ?? ''}`.trim());
  }
  return read;
}

const USED = '8 duplicateClOrdId: the ClOrdID was used before in this session';

for (const [when, restart] of Object.entries(RESTARTS)) {
  t.test(`of 6 ClOrdIDs remembered each is a duplicate, and the oldest goes for the seventh, ${when}`, async t => {
    const desk = await new Desk({ clOrdIds: 6 }).start();
    desk.order('D1');
    await desk.reported('D1', '0');
    desk.order('D2', { 38: '5000' });
    await desk.reported('D2', '8');
    desk.send('F', { 11: 'D3', 41: 'D1', 54: '1', 55: 'ACME', ...TIME });
    await desk.reported('D3', '4');
    await restart(desk);
    t.strictSame(
      await answers(desk, ['D1', 'D2', 'D3', 'D4', 'D4', 'D5', 'D6', 'D1', 'D7', 'D2', 'D1']),
      // D7 takes the place of D1, of which a second order may come, and that takes the place of D2.
      [
        ...['D1', 'D2', 'D3'].map(id => `${id} ${USED}`),
        'D4 0',
        `D4 ${USED}`,
        ...['D5 0', 'D6 0', `D1 ${USED}`, 'D7 0', `D2 ${USED}`, 'D1 0'],
      ],
    );
    await desk.stop();
  });
}

/** A lane in a copy of the files as they are: those of a process that was killed. */
async function killAndRestart(t: Test, desk: Desk, options: DeskOptions): Promise<{ desk: Desk; venue: FixPeer }> {
  const directory = join(t.testdir({}), 'copy');
  cpSync(desk.directory, directory, { recursive: true });
  rmSync(join(directory, 'ledger.lock'));
  const next = new Desk({ ...options, directory });
  const venue = new FixPeer('VENUE', 'DESK');
  next.venuePort = await venue.listen();
  await next.startLane();
  t.teardown(async () => {
    venue.close();
    await next.stop();
  });
  return { desk: next, venue };
}

t.test('an order that waits for its sync when the lane halts its account never leaves, nor after a kill', async t => {
  const options: DeskOptions = {
    durability: 'group',
    group: { records: 1_000_000, sizeBytes: 2 ** 30, timeMs: 1_000 },
  };
  const { desk, venue, client } = await deskOfPeers(t, options);
  client.write(['D', 2, order('H1')]);
  await desk.until(() => venue.having('35=D').length === 1, 'the first order at the venue');
  // A sync has just begun: the next is a second away.
  client.write(['D', 3, order('H2')]);
  await desk.until(() => desk.meter.counters.snapshot().accepted === 2, 'the second to be accepted');
  t.equal(venue.having('35=D').length, 1, 'it waits');
  const id = /\|11=([^|]*)\|/.exec(venue.having('35=D')[0] ?? '')?.[1] ?? '';
  venue.write(['8', 2, `11=${id}|37=V1|54=1|55=ACME|17=E1|39=1|150=F|32=-1|31=1|14=1|151=0|6=1|`]);
  await desk.until(() => desk.meter.counters.snapshot().ordersUnsent === 1, 'it to be taken out');
  t.equal(venue.having('35=4').length, 0, 'before it could leave');
  const killed = await killAndRestart(t, desk, options);
  await desk.until(() => venue.having('35=4', '34=3', '36=4').length === 1, 'a gap fill in its place');
  await desk.until(() => client.having('35=8', '11=H2', '39=8').length === 1, 'the client to be told');
  t.equal(venue.having('35=D').length, 1);

  await desk.until(() => killed.venue.having('35=A').length === 1, 'the Logon at the venue');
  killed.venue.write(['A', 3, LOGON], ['2', 4, '7=3|16=0|']);
  await desk.until(() => killed.venue.having('35=4', '34=3').length === 1, 'the answer to its ResendRequest');
  t.equal(killed.venue.having('35=D').length, 0, 'the order is not in it');
  const again = new FixPeer('CLIENT', 'DESK');
  await again.connect(killed.desk.clientPort);
  again.write(['A', 4, LOGON], ['2', 5, '7=2|16=0|']);
  await desk.until(() => again.having('35=8', '11=H2', '39=8', '43=Y').length === 1, 'the client to be told again');
  t.equal(again.having('58=halted before it left').length, 1);
  again.write(['D', 6, order('H3')]);
  await desk.until(() => again.having('11=H3').length === 1, 'an answer');
  t.equal(again.having('11=H3', '58=haltAccount: the account is halted').length, 1);
  again.close();
  await killed.desk.stopLane();
  const { context } = openSilentLane(killed.desk.laneOptions());
  const [account, symbol] = [context.accounts.lookupText('A1'), context.symbols.lookupText('ACME')];
  t.equal(context.gate.position(account, symbol).openBuy, 100_000_000n, 'only the first order’s exposure is held');
  t.match(context.halts.list(), [{ scope: 'account', id: 'A1', reason: /could not be applied/ }]);
  context.group.journal.close();
});
