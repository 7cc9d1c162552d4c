import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { LOG_STATE, Tail } from '../../src/journal/tail.js';
import type { Desk } from '../support/desk.js';
import type { RawMessage } from '../support/fix-peer.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

t.setTimeout(60_000);

/**
 * Says what the journal itself says when it cannot prepare a segment. It keeps that while it prepares its first ones and takes it back once it has
 * both, also a while after their files are there: it is said before, and again when it was taken back, or nothing took it back for a second.
 */
async function fillDisk(desk: Desk): Promise<Tail> {
  const journal = new Tail(desk.memory.tail);
  journal.state = LOG_STATE.reserve;
  const files = ['ledger.reserve', 'ledger.00000002.segment'].map(file => join(desk.directory, file));
  await desk.until(() => files.every(file => existsSync(file)), 'the segments to be prepared');
  for (let looks = 0; looks < 100 && journal.state === LOG_STATE.reserve; looks++)
    await new Promise(resolve => setTimeout(resolve, 10));
  journal.state = LOG_STATE.reserve;
  return journal;
}

t.test(
  'while the disk is full a client is logged out at its 200th refusal and not let in until there is room',
  async t => {
    const { desk, venue, client } = await deskOfPeers(t, {});
    client.write(['D', 2, order('BEFORE')]);
    await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
    const journal = await fillDisk(desk);
    const full = Array.from({ length: 199 }, (_, index): RawMessage => ['D', index + 3, order(`F${index}`)]);
    client.write(...full, ['F', 202, '11=CANCEL|41=BEFORE|54=1|55=ACME|60=20260102-10:00:01.000|']);
    await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue: 199 refusals are borne');
    t.equal(client.having('35=8', '39=8', '58=journalFull: the journal has no room').length, 199);
    client.write(['D', 203, order('LAST')]);
    await desk.until(() => !desk.isUp, 'the client to be logged out');
    t.match(client.having('35=5').at(-1), '|58=journalFull: the disk is full');

    const logon: RawMessage = ['A', 204, LOGON];
    const committed = journal.committedSequence;
    client.text = '';
    await client.connect(desk.clientPort);
    client.write(logon);
    await new Promise(resolve => setTimeout(resolve, 300));
    t.equal(client.text, '', 'its logon is not answered');
    t.equal(journal.committedSequence, committed, 'and writes nothing');
    journal.state = LOG_STATE.ok;
    await client.connect(desk.clientPort);
    client.write(logon);
    await desk.until(() => client.having('35=A').length === 1, 'the Logon to be answered');
  },
);

t.test('a new connection forgives no refusal while the disk is full', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  await fillDisk(desk);
  client.write(...Array.from({ length: 150 }, (_, index): RawMessage => ['D', index + 2, order(`F${index}`)]));
  await desk.until(() => client.having('35=8', '39=8').length === 150, '150 refusals');
  client.close();
  await desk.until(() => !desk.isUp, 'the connection to be gone');
  await client.connect(desk.clientPort);
  client.write(['A', 152, LOGON]);
  await desk.until(() => desk.isUp, 'the client to be let in again');
  client.write(...Array.from({ length: 50 }, (_, index): RawMessage => ['D', index + 153, order(`G${index}`)]));
  await desk.until(() => client.having('35=5').length === 1, 'the Logout at 200 refusals in all');
});

t.test(
  'while the disk is full a flood of TestRequests takes 64 KiB of the reserve, then its client is logged out',
  async t => {
    const { desk, venue, client } = await deskOfPeers(t, {});
    client.write(['D', 2, order('BEFORE')]);
    await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
    const testRequests = (first: number, count: number): RawMessage[] =>
      Array.from({ length: count }, (_, index): RawMessage => ['1', first + index, '112=T|']);

    client.write(...testRequests(3, 1_000));
    await desk.until(() => client.having('35=0').length === 1_000, '1,000 answers while there is room');
    const journal = await fillDisk(desk);
    const before = journal.committedPosition;
    const startMs = Date.now();
    client.write(...testRequests(1_003, 100));
    await desk.until(() => client.having('35=0').length === 1_100, '100 answers: some 25 KiB');
    t.ok(desk.isUp);
    client.write(['F', 1_103, '11=CANCEL|41=BEFORE|54=1|55=ACME|60=20260102-10:00:01.000|']);
    await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue');
    let next = 1_104;
    for (const isOut = (): boolean => client.having('35=5').length > 0; !isOut() && next < 3_000; next += 50) {
      const answered = client.having('35=0').length;
      client.write(...testRequests(next, 50));
      await desk.until(() => isOut() || client.having('35=0').length === answered + 50, '50 answers, or the Logout');
    }
    t.match(client.having('35=5')[0], '|58=journalFull: the disk is full');
    const takenKib = (journal.committedPosition - before) / 1024;
    const bound = 80 + (Date.now() - startMs) / 1_000;
    t.ok(
      takenKib > 60 && takenKib < bound,
      `${takenKib} KiB: with cancel and last read, and 1 KiB that each second gives back`,
    );
    const { committedSequence } = journal;
    await client.connect(desk.clientPort);
    client.write(['A', next, LOGON]);
    await new Promise(resolve => setTimeout(resolve, 300));
    t.equal(journal.committedSequence, committedSequence, 'its Logon writes nothing');
  },
);

const ordersFrom = (first: number, count: number): RawMessage[] =>
  Array.from({ length: count }, (_, index): RawMessage => ['D', first + index, order(`F${first + index}`)]);

t.test('while the disk is full the 200th refusal of one read is the last: nothing behind it is read', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  const journal = await fillDisk(desk);
  client.write(...ordersFrom(2, 300));
  await desk.until(() => client.having('35=5').length === 1 && !desk.isUp, 'the Logout');
  t.equal(client.having('35=8', '39=8').length, 200);
  journal.state = LOG_STATE.ok;
  await client.connect(desk.clientPort);
  client.write(['A', 302, LOGON]);
  await desk.until(() => client.having('35=2', '7=202').length === 1, 'the rest to be asked for');
});

t.test('while the disk is full 1,000 orders behind a gap use up no more of the reserve than 200 refusals', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  await fillDisk(desk);
  client.write(...ordersFrom(3, 1_000));
  await desk.until(() => client.having('35=2', '7=2').length === 1, 'the ResendRequest');
  client.write(['D', 2, order('FIRST')]);
  await desk.until(() => client.having('35=5').length === 1 && !desk.isUp, 'the Logout');
  t.match(client.having('35=5').at(-1), '|58=journalFull: the disk is full');
  t.equal(client.having('35=8', '39=8').length, 200);
});

t.test('while the disk is full 1,000 TestRequests behind a gap use up 64 KiB of the reserve', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  const journal = await fillDisk(desk);
  const before = journal.committedPosition;
  const behind = Array.from({ length: 1_000 }, (_, index): RawMessage => ['1', index + 3, '112=T|']);
  client.write(...behind);
  await desk.until(() => client.having('35=2', '7=2').length === 1, 'the ResendRequest');
  client.write(['0', 2]);
  await desk.until(() => client.having('35=5').length === 1 && !desk.isUp, 'the Logout');
  const takenKib = (journal.committedPosition - before) / 1024;
  t.ok(takenKib > 60 && takenKib < 72, `${takenKib} KiB`);
});

t.test('while the disk is full the second refused order of 60 KiB is the last', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  await fillDisk(desk);
  const text = `58=${'x'.repeat(60 * 1024)}|`;
  client.write(...[2, 3, 4, 5].map((msgSeqNum): RawMessage => ['D', msgSeqNum, order(`L${msgSeqNum}`, text)]));
  await desk.until(() => client.having('35=5').length === 1 && !desk.isUp, 'the Logout');
  t.equal(client.having('35=8', '39=8').length, 2);
});

t.test('refusals of one time of a full disk are forgotten by the next, for a client that stays connected', async t => {
  const { desk, venue, client } = await deskOfPeers(t, {});
  const refusals = async (first: number, total: number): Promise<void> => {
    client.write(...ordersFrom(first, 150));
    await desk.until(() => client.having('35=8', '39=8').length === total, `${total} refusals`);
  };
  const journal = await fillDisk(desk);
  await refusals(2, 150);
  journal.state = LOG_STATE.ok;
  client.write(['D', 152, order('BETWEEN')]);
  await desk.until(() => venue.having('35=D').length === 1, 'an order at the venue');
  journal.state = LOG_STATE.reserve;
  await refusals(153, 300);
  t.equal(client.having('35=5').length, 0);
  client.write(...ordersFrom(303, 50));
  await desk.until(() => client.having('35=5').length === 1, 'the Logout at 200 of this time');
  t.equal(client.having('35=8', '39=8').length, 350);
});

t.test('while the disk is full an embedder’s records are refused and take nothing of the reserve', async t => {
  const { desk } = await deskOfPeers(t, {});
  const journal = await fillDisk(desk);
  const before = journal.committedSequence;
  const data = new Uint8Array(64 * 1024);
  const answers = (): unknown[] => desk.events.filter(event => event.op === 'answer').map(({ answer }) => answer);
  for (const kind of ['application', 'deadLetter'] as const) desk.run?.handle({ op: 'inject', id: 1, kind, data });
  const refused = { ok: false, reason: 'the journal has no room: the disk is full' };
  t.strictSame(answers(), [refused, refused]);
  t.equal(journal.committedSequence, before);
  desk.run?.handle({ op: 'command', id: 2, command: { kind: 'halt', scope: 'firm', id: '', reason: 'drill' } });
  t.match(answers().at(-1), { ok: true }, 'an operator’s halt goes into it');
  journal.state = LOG_STATE.ok;
  desk.run?.handle({ op: 'inject', id: 3, kind: 'application', data });
  t.match(answers().at(-1), { ok: true, sequence: journal.committedSequence });
});
