import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { checkLedger } from '../fault/ledger-check.js';
import { Desk, acknowledge, execute, type DeskOptions, type Fields } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { liveAndFolded } from '../support/folded-lane.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';
import { counters } from '../support/reset-desk.js';

t.setTimeout(60_000);

const AT_ONCE = { graceMs: 0, onLogout: false };

/** Our cancels at the venue. */
const cancelsAt = (desk: Desk): Fields[] => desk.atVenue.filter(fields => fields.get(35) === 'F');

async function withOrders(t: Test, options: DeskOptions, ids: readonly string[]): Promise<Desk> {
  const desk = await new Desk(options).start();
  t.teardown(() => desk.stop());
  for (const id of ids) {
    desk.order(id, { 38: '10', 44: '10' });
    await desk.reported(id, '0');
  }
  return desk;
}

/** The client's connection ends without a Logout, and nobody connects again. */
async function drop(desk: Desk): Promise<void> {
  desk.client?.disconnect('dropped');
  await desk.clientEngine?.close(0);
}

t.test(
  'the 2 open orders of a client that dropped are cancelled, and it reads so under its own ids when it is back',
  async t => {
    const desk = await withOrders(t, { cancelOnDisconnect: AT_ONCE }, ['C1', 'C2']);
    const ids = desk.atVenue.map(fields => fields.get(11));
    const client = desk.client?.session;
    const numbers = { in: client?.nextInSeqNum ?? 0, out: client?.nextOutSeqNum ?? 0 };
    await drop(desk);
    await desk.until(() => counters(desk)['ordersLive'] === 0, 'both orders to be over');
    t.strictSame(
      cancelsAt(desk).map(fields => [fields.get(41), fields.get(38), fields.get(54), fields.get(55), fields.get(58)]),
      ids.map(id => [id, '10', '1', 'ACME', 'cancel on disconnect']),
    );
    t.equal(counters(desk)['cancelsOnDisconnect'], 2);
    const back = new FixPeer('CLIENT', 'DESK');
    await back.connect(desk.clientPort);
    back.write(['A', numbers.out, LOGON], ['2', numbers.out + 1, `7=${numbers.in}|16=0|`]);
    await desk.until(() => back.having('35=8', '43=Y').length === 2, 'both reports, resent');
    t.strictSame(
      back.having('35=8', '39=4').map(text => [/\|11=(\w+)\|/.exec(text)?.[1], text.includes('|41=')]),
      [
        ['C1', false],
        ['C2', false],
      ],
      'each under the ClOrdID of its order, as cancels that nobody asked for',
    );
    back.close();
    const { live, folded } = await liveAndFolded(desk);
    t.strictSame(folded, live, 'the ledger folds to the same');
    t.strictSame(checkLedger(desk.directory).failures, []);
  },
);

t.test(
  'the cancel names the instrument and the account as the order did, and nothing that a cancel has not',
  async t => {
    const desk = await new Desk({ cancelOnDisconnect: AT_ONCE }).start();
    t.teardown(() => desk.stop());
    const named = { 22: '4', 48: 'DE0001102580', 167: 'TBOND', 207: 'XETR', 461: 'DBFTFR', 541: '20300215' };
    desk.order('I1', { ...named, 18: 'G', 110: '1' });
    await desk.reported('I1', '0');
    await drop(desk);
    await desk.until(() => cancelsAt(desk).length === 1, 'the cancel');
    const [cancel] = cancelsAt(desk);
    for (const [tag, value] of Object.entries({ 1: 'A1', ...named }))
      t.equal(cancel?.get(Number(tag)), value, `tag ${tag}`);
    for (const tag of [18, 21, 40, 44, 59, 110, 205]) t.equal(cancel?.get(tag), undefined, `no tag ${tag}`);
  },
);

t.test('a client that is back within 30 s keeps its order', async t => {
  const desk = await withOrders(t, { cancelOnDisconnect: { graceMs: 30_000, onLogout: false } }, ['K1']);
  desk.client?.disconnect('dropped');
  await desk.until(() => !desk.isUp, 'the session to drop');
  await desk.until(() => desk.isUp, 'it to be back');
  desk.order('K2', { 38: '10', 44: '10' });
  await desk.reported('K2', '0');
  t.equal(cancelsAt(desk).length, 0);
});

for (const [onLogout, cancels] of [
  [false, 0],
  [true, 1],
] as const)
  t.test(
    `a client that logs out leaves ${1 - cancels} orders open where onLogout is ${onLogout}, after a restart too`,
    async t => {
      const desk = await withOrders(t, { cancelOnDisconnect: { graceMs: 0, onLogout } }, ['L1']);
      await desk.clientEngine?.close(2_000);
      await desk.until(() => cancelsAt(desk).length === cancels, `${cancels} cancels`);
      await desk.stopLane();
      await desk.startLane();
      await desk.until(() => desk.venue?.session.state === 'active', 'the venue to be up');
      // The port is open, and ticks have passed: a Heartbeat each way.
      desk.venue?.send('1', encoder => encoder.field(112, 'PING'));
      const before = counters(desk)['batches'] ?? 0;
      await desk.until(() => (counters(desk)['batches'] ?? 0) > before + 5, 'five batches');
      t.equal(cancelsAt(desk).length, cancels);
    },
  );

t.test('a cancel that the venue rejects is not sent again, and the client reads nothing of it', async t => {
  const venue: DeskOptions['venue'] = (session, message) => {
    if (message.msgType !== 'F') return acknowledge(session, message);
    const fields = [
      [11, message.textOf(11)],
      [37, 'V1'],
      [39, '0'],
      [41, message.textOf(41)],
      [58, 'no'],
      [102, '2'],
      [434, '1'],
    ];
    session.send('9', encoder => fields.forEach(([tag, value]) => encoder.field(Number(tag), String(value))));
  };
  const desk = await withOrders(t, { cancelOnDisconnect: AT_ONCE, venue }, ['N1']);
  const next = desk.client?.session.nextInSeqNum;
  await drop(desk);
  await desk.until(() => counters(desk)['cancelsOnDisconnectRejected'] === 1, 'the rejection');
  const before = counters(desk)['batches'] ?? 0;
  await desk.until(() => (counters(desk)['batches'] ?? 0) > before + 5, 'five batches');
  t.equal(cancelsAt(desk).length, 1);
  t.equal(counters(desk)['ordersLive'], 1, 'it stays open');
  const client = desk.run === undefined ? undefined : desk.events.findLast(event => event.op === 'sessions');
  t.equal(client?.op === 'sessions' && client.sessions[1]?.nextOutSeqNum, next, 'nothing is stored for the client');
});

t.test('a replace in flight is waited for: what it made of the order is cancelled', async t => {
  const held: (() => void)[] = [];
  const venue: DeskOptions['venue'] = (session, message) => {
    if (message.msgType !== 'G') return acknowledge(session, message);
    const [id, orig] = [message.textOf(11) ?? '', message.textOf(41) ?? ''];
    held.push(() => execute(session, message, { 11: id, 41: orig, 39: '0', 150: '5' }));
  };
  const desk = await withOrders(t, { cancelOnDisconnect: AT_ONCE, venue }, ['G1']);
  const time = '20260102-10:00:01.000';
  desk.send('G', { 1: 'A1', 11: 'G2', 38: '20', 40: '2', 41: 'G1', 44: '10', 54: '1', 55: 'ACME', 60: time });
  await desk.until(() => held.length === 1, 'the replace at the venue');
  const replace = desk.atVenue.at(-1)?.get(11);
  await drop(desk);
  const before = counters(desk)['batches'] ?? 0;
  await desk.until(() => (counters(desk)['batches'] ?? 0) > before + 3, 'three batches');
  t.equal(cancelsAt(desk).length, 0);
  // `execute` reads the message in hand, which is gone: the report is written by hand.
  desk.venue?.send('8', encoder => {
    const body: Record<number, string> = {
      6: '0',
      11: replace ?? '',
      14: '0',
      17: 'X1',
      37: 'V1',
      39: '0',
      54: '1',
      55: 'ACME',
      150: '5',
      151: '20',
    };
    for (const [tag, value] of Object.entries(body)) encoder.field(Number(tag), value);
  });
  await desk.until(() => counters(desk)['ordersLive'] === 0, 'the order to be over');
  t.strictSame(
    cancelsAt(desk).map(fields => [fields.get(41), fields.get(38)]),
    [[replace, '20']],
  );
});

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

const origIdsIn = (venue: FixPeer): string[] =>
  venue.having('35=F').map(text => /\|41=([^|]*)\|/.exec(text)?.[1] ?? '');

t.test('killed amid the cancels of 500 orders it sends the rest after the restart, and none twice', async t => {
  const options: DeskOptions = { cancelOnDisconnect: AT_ONCE };
  const { desk, venue, client } = await deskOfPeers(t, options);
  const count = 500;
  for (let index = 0; index < count; index++) client.write(['D', index + 2, order(`B${index}`)]);
  await desk.until(() => venue.having('35=D').length === count, 'the orders at the venue');
  const ids = venue.having('35=D').map(text => /\|11=([^|]*)\|/.exec(text)?.[1] ?? '');
  client.close();
  await desk.until(() => (counters(desk)['cancelsOnDisconnect'] ?? 0) > 0, 'the first cancels');
  const sent = counters(desk)['cancelsOnDisconnect'] ?? 0;
  const killed = await killAndRestart(t, desk, options);
  t.ok(sent < count, `${sent} were in the ledger`);
  await desk.until(() => killed.venue.having('35=A').length === 1, 'the Logon at the venue');
  killed.venue.write(['A', 2, LOGON]);
  await desk.until(() => killed.venue.having('35=F').length >= count - sent, 'the others');
  t.strictSame(origIdsIn(killed.venue), ids.slice(sent), 'each that had none');
});

t.test(
  'cancels that the venue never received are made anew under other ids, and the client reads nothing of the first',
  async t => {
    const options: DeskOptions = { cancelOnDisconnect: AT_ONCE };
    const { desk, venue, client } = await deskOfPeers(t, options);
    for (const [index, id] of ['U1', 'U2'].entries()) client.write(['D', index + 2, order(id)]);
    await desk.until(() => venue.having('35=D').length === 2, 'the orders at the venue');
    client.close();
    await desk.until(() => venue.having('35=F').length === 2, 'the cancels');
    const killed = await killAndRestart(t, desk, options);
    await desk.until(() => killed.venue.having('35=A').length === 1, 'the Logon at the venue');
    killed.venue.write(['A', 2, LOGON], ['2', 3, '7=4|16=0|']);
    await desk.until(() => killed.venue.having('35=F').length === 2, 'two more');
    t.strictSame(new Set(origIdsIn(killed.venue)), new Set(origIdsIn(venue)), 'of the same orders');
    const idOf = (text: string): string | undefined => /\|11=([^|]*)\|/.exec(text)?.[1];
    t.equal(new Set([...venue.having('35=F'), ...killed.venue.having('35=F')].map(idOf)).size, 4, 'four ids');
    const again = new FixPeer('CLIENT', 'DESK');
    await again.connect(killed.desk.clientPort);
    again.write(['A', 4, LOGON], ['1', 5, '112=PING|']);
    await desk.until(() => again.having('112=PING').length === 1, 'the client to be up');
    t.equal(again.having('35=9').length, 0);
    again.close();
  },
);
