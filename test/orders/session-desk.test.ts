import t, { type Test } from 'tap';

import type { SessionAnswer, SessionOperation } from '../../src/orders/index.js';
import { openLogReader } from '../../src/journal/index.js';
import { FRAME_TYPE } from '../../src/model/index.js';
import { Desk } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

t.setTimeout(120_000);

const [CLIENT, VENUE] = ['FIX.4.4:DESK->CLIENT', 'FIX.4.4:DESK->VENUE'];
const CALLER = { name: 'ops', role: 'admin', from: '127.0.0.1' };

let questions = 1_000;

/** What the lane answers an operator. */
async function ask(desk: Desk, session: string, operation: SessionOperation): Promise<SessionAnswer> {
  const id = ++questions;
  desk.run?.handle({ op: 'session', id, command: { caller: CALLER, session, reason: 'a test', operation } });
  const found = () => desk.events.find(event => event.op === 'sessionAnswer' && event.id === id);
  await desk.until(() => found() !== undefined, `the answer to ${operation.kind}`);
  const event = found();
  if (event?.op !== 'sessionAnswer') throw new Error('no answer');
  return event.answer;
}

/** Next numbers in and out of a session, and whether it is enabled, as the lane shows it now. */
function stands(desk: Desk, name: string): readonly [number, number, boolean, string] {
  const views = desk.events.findLast(event => event.op === 'sessions');
  const view = views?.op === 'sessions' ? views.sessions.find(session => session.name === name) : undefined;
  return [view?.nextInSeqNum ?? 0, view?.nextOutSeqNum ?? 0, view?.enabled ?? false, view?.state ?? ''];
}

async function until(desk: Desk, name: string, wanted: readonly unknown[]): Promise<void> {
  const is = () => JSON.stringify(stands(desk, name)) === JSON.stringify(wanted);
  await desk.until(is, `${name} to stand at ${JSON.stringify(wanted)}`).catch((error: Error) => {
    throw new Error(`${error.message}, not at ${JSON.stringify(stands(desk, name))}`);
  });
}

interface Record {
  readonly who: string;
  readonly operation: string;
  readonly result: string;
  readonly code?: string;
  readonly leftOut?: number;
}

function records(desk: Desk): Record[] {
  const found: Record[] = [];
  const reader = openLogReader({ directory: desk.directory, name: 'ledger', from: 'oldest' });
  while (
    reader.poll(({ type, payload }) => {
      if (type === FRAME_TYPE.operator) found.push(JSON.parse(Buffer.from(payload).toString('utf8')) as Record);
    }, 1_000) > 0
  );
  reader.close();
  return found;
}

/** A desk whose client has logged out, and whose venue is gone. */
async function withoutPeers(t: Test): Promise<Desk> {
  const { desk, venue, client } = await deskOfPeers(t, {});
  client.write(['5', 2]);
  await until(desk, CLIENT, [3, 3, true, 'disconnected']);
  venue.close();
  return desk;
}

const RESTARTS = {
  'a restart from the snapshot': async (desk: Desk) => {
    await desk.stopLane();
    await desk.startLane();
  },
  'a restart from the first frame': async (desk: Desk) => {
    await desk.stopLane();
    await desk.startLane({ withoutSnapshot: true });
  },
};

for (const [name, restart] of Object.entries(RESTARTS))
  t.test(`what operators set is the same after ${name}`, async t => {
    const desk = await withoutPeers(t);
    t.match(await ask(desk, CLIENT, { kind: 'setSequence', nextIn: 41, nextOut: 52, force: false }), {
      ok: true,
      session: CLIENT,
      nextInSeqNum: 41,
      nextOutSeqNum: 52,
    });
    await until(desk, CLIENT, [41, 52, true, 'disconnected']);
    await restart(desk);
    await until(desk, CLIENT, [41, 52, true, 'disconnected']);
    t.match(await ask(desk, 'CLIENT', { kind: 'disable' }), { ok: true, enabled: false }, 'by its CompID');
    await restart(desk);
    await until(desk, CLIENT, [41, 52, false, 'disconnected']);
    t.match(await ask(desk, CLIENT, { kind: 'enable' }), { ok: true, enabled: true });
    t.match(await ask(desk, CLIENT, { kind: 'reset', force: false }), { ok: true, nextInSeqNum: 1, nextOutSeqNum: 1 });
    await restart(desk);
    await until(desk, CLIENT, [1, 1, true, 'disconnected']);
    t.strictSame(
      records(desk).map(({ who, operation, result }) => `${who} ${operation} ${result}`),
      ['ops setSequence done', 'ops disable done', 'ops enable done', 'ops reset done'],
    );
  });

t.test('a session that is reset while it is up is told by a Logout, and begins again at 1', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  t.match(await ask(desk, CLIENT, { kind: 'reset', force: false }), { ok: true, nextInSeqNum: 1, nextOutSeqNum: 1 });
  await desk.until(() => client.having('35=5', '34=2', '58=sequence numbers are reset').length === 1, 'the Logout');
  await until(desk, CLIENT, [1, 1, true, 'disconnected']);
  const again = new FixPeer('CLIENT', 'DESK');
  t.teardown(() => again.close());
  await again.connect(desk.clientPort);
  again.write(['A', 1, LOGON]);
  await desk.until(() => again.having('35=A', '34=1').length === 1, 'the Logon');
});

t.test('the venue is reset by a Logon with ResetSeqNumFlag, also when the lane was restarted before', async t => {
  const { desk, venue } = await deskOfPeers(t, {});
  t.match(await ask(desk, VENUE, { kind: 'disable' }), { ok: true, enabled: false });
  await desk.until(() => venue.having('35=5', '58=the session is disabled').length === 1, 'the Logout');
  venue.write(['5', 2]);
  await until(desk, VENUE, [3, 3, false, 'disconnected']);
  t.match(await ask(desk, VENUE, { kind: 'reset', force: false }), { ok: true });
  await desk.stopLane();
  await desk.startLane();
  await until(desk, VENUE, [1, 1, false, 'disconnected']);
  const logons = venue.having('35=A').length;
  t.match(await ask(desk, VENUE, { kind: 'enable' }), { ok: true, enabled: true });
  await desk.until(() => venue.having('35=A').length === logons + 1, 'the next Logon');
  t.equal(venue.having('35=A', '34=1', '141=Y').length, 1);
  venue.write(['A', 1, `${LOGON}141=Y|`]);
  await until(desk, VENUE, [2, 2, true, 'active']);
});

t.test('nobody logs on to a session that is disabled', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  t.match(await ask(desk, CLIENT, { kind: 'disable' }), { ok: true });
  await desk.until(() => client.having('35=5', '58=the session is disabled').length === 1, 'the Logout');
  client.write(['5', 2]);
  await until(desk, CLIENT, [3, 3, false, 'disconnected']);
  const again = new FixPeer('CLIENT', 'DESK');
  t.teardown(() => again.close());
  await again.connect(desk.clientPort);
  again.write(['A', 3, LOGON]);
  await desk.until(() => again.isClosed, 'the end of the connection');
  t.equal(again.text, '');
});

t.test('numbers that open orders hang on move by force only, and those of the venue are then unknown', async t => {
  const { desk, venue, client } = await deskOfPeers(t, {});
  client.write(['D', 2, order('C1')]);
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  const held = { ok: false, code: 'HR_FIX_ORDERS_IN_FLIGHT', reason: /^1 open order of .*VENUE: .*; cancel them, or/ };
  t.match(await ask(desk, VENUE, { kind: 'reset', force: false }), held);
  t.match(await ask(desk, CLIENT, { kind: 'reset', force: false }), { ok: false, code: 'HR_FIX_ORDERS_IN_FLIGHT' });
  t.match(await ask(desk, VENUE, { kind: 'setSequence', nextOut: 9, force: false }), {
    ok: false,
    code: 'HR_FIX_SESSION_UP',
    reason: `${VENUE} is connected: disable it, set its numbers, enable it`,
  });
  await until(desk, VENUE, [2, 3, true, 'active']);
  t.match(await ask(desk, VENUE, { kind: 'reset', force: true }), { ok: true, nextInSeqNum: 1 });
  t.equal(desk.meter.counters.snapshot().ordersUnknown, 1);
  await desk.until(() => venue.having('35=A', '141=Y').length === 1, 'the Logon that resets');
  venue.write(['A', 1, `${LOGON}141=Y|`]);
  await desk.until(() => venue.having('35=H').length === 1, 'the OrderStatusRequest');
  t.equal(venue.having('35=D').length, 1, 'the order is not sent again');
  t.match(records(desk).at(-1), { operation: 'reset', result: 'done', force: true, before: [2, 3], after: [1, 1] });
});

t.test('a higher number out, and any of a session without open orders, moves without force', async t => {
  const { desk, venue, client } = await deskOfPeers(t, {});
  client.write(['D', 2, order('C1')], ['5', 3]);
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  await until(desk, CLIENT, [4, 3, true, 'disconnected']);
  t.match(await ask(desk, CLIENT, { kind: 'setSequence', nextOut: 30, force: false }), { ok: true });
  const inFlight = { ok: false, code: 'HR_FIX_ORDERS_IN_FLIGHT' };
  t.match(await ask(desk, CLIENT, { kind: 'setSequence', nextOut: 29, force: false }), inFlight);
  t.match(await ask(desk, CLIENT, { kind: 'setSequence', nextIn: 5, force: false }), inFlight);
  t.match(await ask(desk, CLIENT, { kind: 'setSequence', nextIn: 5, force: true }), { ok: true, nextOutSeqNum: 30 });
});

t.test('a test request goes out under a TestReqID that the answer names', async t => {
  const { desk, client } = await deskOfPeers(t, {});
  const answer = await ask(desk, CLIENT, { kind: 'testRequest' });
  t.ok(answer.ok);
  const id = answer.ok ? (answer.testReqId ?? '') : '';
  await desk.until(() => client.having('35=1', `112=${id}`).length === 1, 'the TestRequest');
  client.write(['5', 2]);
  await until(desk, CLIENT, [3, 4, true, 'disconnected']);
  t.match(await ask(desk, CLIENT, { kind: 'testRequest' }), { ok: false, code: 'HR_FIX_SESSION_DOWN' });
});

t.test('stored messages are replayed to the caller, and to a client as possible duplicates', async t => {
  const { desk, venue, client } = await deskOfPeers(t, {});
  client.write(['D', 2, order('C1')]);
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  const clOrdId = /\|11=([^|]*)\|/.exec(venue.having('35=D')[0] ?? '')?.[1] ?? '';
  venue.write(['8', 2, `6=0|11=${clOrdId}|14=0|17=E1|37=V1|39=0|54=1|55=ACME|150=0|151=1|`]);
  await desk.until(() => client.having('35=8').length === 1, 'the report');
  const read = await ask(desk, CLIENT, { kind: 'replay', from: 1, to: 2, target: 'caller' });
  const messages = read.ok ? (read.messages ?? []) : [];
  t.strictSame(
    messages.map(({ msgSeqNum, message }) => [msgSeqNum, /\x0135=(.)\x01/.exec(message)?.[1]]),
    [
      [1, 'A'],
      [2, '8'],
    ],
  );
  t.equal(messages[1]?.message.replaceAll('\x01', '|'), `8=FIX.4.4|${client.having('35=8')[0]}`);
  t.match(await ask(desk, CLIENT, { kind: 'replay', from: 1, to: 2, target: 'counterparty' }), { ok: true });
  await desk.until(() => client.having('35=8', '43=Y', '34=2').length === 1, 'the report again');
  t.equal(client.having('35=4', '43=Y', '34=1', '36=2').length, 1, 'the Logon is passed over');
  t.match(await ask(desk, VENUE, { kind: 'replay', from: 1, to: 2, target: 'counterparty' }), {
    ok: false,
    code: 'HR_FIX_REPLAY',
    reason: /^nothing is sent to the venue again unasked/,
  });
  t.match(await ask(desk, CLIENT, { kind: 'replay', from: 2, to: 3, target: 'caller' }), {
    ok: false,
    reason: `2 to 3 is no range of what ${CLIENT} sent: 1 to 2`,
  });
});

t.test('a session that is not there is refused with those that are', async t => {
  const desk = await withoutPeers(t);
  t.match(await ask(desk, 'NOBODY', { kind: 'reset', force: true }), {
    ok: false,
    code: 'HR_FIX_NO_SESSION',
    reason: `no session of the configuration is NOBODY; there are ${VENUE}, ${CLIENT}`,
  });
  t.match(records(desk).at(-1), { who: 'ops', operation: 'reset', result: 'refused', code: 'HR_FIX_NO_SESSION' });
});

t.test('of denied requests 60 at once are written down, the rest are counted in the next record', async t => {
  const desk = await withoutPeers(t);
  const request = {
    caller: { name: '', role: 'public', from: '10.1.1.1' },
    request: 'POST /x',
    code: 'HR_UNAUTHORIZED',
  };
  for (let sent = 0; sent < 75; sent++) desk.run?.handle({ op: 'denied', request });
  await ask(desk, CLIENT, { kind: 'enable' });
  const written = records(desk);
  t.equal(written.length, 61);
  t.match(written[0], { who: '', from: '10.1.1.1', operation: 'POST /x', result: 'refused', code: 'HR_UNAUTHORIZED' });
  t.equal(written.at(-1)?.leftOut, 15);
});
