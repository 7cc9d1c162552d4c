import t, { type Test } from 'tap';

import { openLogReader } from '../../src/journal/index.js';
import { TOPICS } from '../../src/model/index.js';
import { Names, createRender } from '../../src/publish/index.js';
import { refusalText } from '../../src/risk/index.js';
import { checkLedger } from '../fault/ledger-check.js';
import { Desk, type DeskOptions } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { LOGON, order } from '../support/peer-desk.js';

t.setTimeout(60_000);

const CLIENT = 'FIX.4.4:DESK->CLIENT';
const COPY = 'FIX.4.4:DESK->COPY';
const VENUE = 'FIX.4.4:DESK->VENUE';

type DropCopy = NonNullable<DeskOptions['dropCopy']>;

/** A desk with its client logged on, and the session COPY, which nobody is logged on to. */
async function deskWith(t: Test, dropCopy: DropCopy): Promise<Desk> {
  const desk = new Desk({ dropCopy });
  desk.clients = ['CLIENT', 'COPY'];
  t.teardown(() => desk.stop());
  await desk.startVenue();
  await desk.startLane();
  await desk.startClient();
  await areUp(desk);
  return desk;
}

const areUp = (desk: Desk): Promise<void> =>
  desk.until(() => [desk.client, desk.venue].every(side => side?.session.state === 'active'), 'client and venue');

async function copyOn(desk: Desk, logon: number, asked?: string): Promise<FixPeer> {
  const peer = new FixPeer('COPY', 'DESK');
  await peer.connect(desk.clientPort);
  peer.write(['A', logon, LOGON]);
  await desk.until(() => peer.having('35=A').length === 1, 'the Logon of COPY');
  if (asked !== undefined) peer.write(['2', logon + 1, asked]);
  return peer;
}

const valuesOf = (messages: readonly string[], tag: number): string[] =>
  messages.map(text => new RegExp(`\\|${tag}=([^|]*)\\|`).exec(text)?.[1] ?? '');

t.test('reports are kept for a drop copy that is away over a restart: each comes once, marked 797=Y', async t => {
  const desk = await deskWith(t, [{ from: CLIENT, to: COPY, messages: 'executions' }]);
  desk.order('A1');
  await desk.reported('A1', '0');
  desk.order('A2', { 38: '1001' });
  await desk.reported('A2', '8');
  await desk.stopLane();
  await desk.startLane({ withoutSnapshot: true });
  await areUp(desk);
  desk.order('A3');
  await desk.reported('A3', '0');
  const copy = await copyOn(desk, 1, '7=1|16=0|');
  await desk.until(() => copy.having('35=8').length === 3, 'the three reports');
  const kept = copy.having('35=8', '43=Y', '797=Y', '128=CLIENT');
  t.strictSame(valuesOf(kept, 11), ['A1', 'A2', 'A3'], 'under the ids of the client');
  t.strictSame(valuesOf(kept, 34), ['1', '2', '3'], 'under numbers of its own');
  desk.order('A4');
  await desk.until(() => copy.having('35=8').length === 4, 'a report as it happens');
  t.strictSame(valuesOf(copy.having('35=8').slice(3), 11), ['A4']);
  t.strictSame(valuesOf(copy.having('35=8').slice(3), 34), ['5'], 'its Logon was the fourth');
  copy.write(['D', 3, order('X1')]);
  await desk.until(() => copy.having('35=j').length === 1, 'the refusal of its order');
  t.match(copy.having('35=j')[0], 'it takes no requests');
  copy.close();
  await desk.stopLane();
  t.strictSame(checkLedger(desk.directory).failures, []);
});

t.test('`all` of a client is its requests and what it was answered, in order, 115 or 128 naming it', async t => {
  const desk = await deskWith(t, [{ from: CLIENT, to: COPY, messages: 'all' }]);
  const copy = await copyOn(desk, 1);
  desk.order('B1');
  await desk.reported('B1', '0');
  desk.send('F', { 1: 'A1', 11: 'B2', 38: '100', 41: 'B1', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  await desk.reported('B2', '4');
  await desk.until(() => copy.having('35=8').length === 2, 'both reports');
  const copies = copy.text.split('8=FIX.4.4|').slice(2);
  t.strictSame(
    valuesOf(
      copies.map(text => `|${text}`),
      35,
    ),
    ['D', '8', 'F', '8'],
  );
  t.strictSame(valuesOf(copies, 11), ['B1', 'B1', 'B2', 'B2']);
  t.strictSame(valuesOf(copies, 41), ['', '', 'B1', 'B1']);
  t.strictSame(valuesOf(copies, 115), ['CLIENT', '', 'CLIENT', '']);
  t.strictSame(valuesOf(copies, 128), ['', 'CLIENT', '', 'CLIENT']);
  t.strictSame(valuesOf(copies, 797), ['', 'Y', '', 'Y'], 'a request has no such field');
  copy.close();
});

t.test('`all` of the venue is what it was sent and what it reported, under the ids that it knows', async t => {
  const desk = await deskWith(t, [{ from: VENUE, to: COPY, messages: 'all' }]);
  const copy = await copyOn(desk, 1);
  desk.order('C1');
  await desk.reported('C1', '0');
  await desk.until(() => copy.having('35=8').length === 1, 'the report');
  const id = desk.atVenue[0]?.get(11) ?? '';
  t.equal(copy.having('35=D', `11=${id}`, '128=VENUE').length, 1);
  t.equal(copy.having('35=8', `11=${id}`, '115=VENUE', '797=Y').length, 1);
  copy.close();
});

t.test('the topic drop-copy has each message of a session whole, and nothing of the others', async t => {
  const desk = await deskWith(t, [{ from: CLIENT, messages: 'all' }]);
  desk.order('D1');
  await desk.reported('D1', '0');
  await desk.stopLane();
  const topic = TOPICS.indexOf('drop-copy');
  const render = createRender({ names: new Names(), refusalText });
  const found: Record<string, unknown>[] = [];
  const reader = openLogReader({ directory: desk.directory, name: 'ledger', from: 1 });
  const take = (frame: Parameters<typeof render>[0]): void => {
    if (frame.topic !== topic) return;
    for (const { data } of render(frame)?.items ?? []) found.push(JSON.parse(data) as Record<string, unknown>);
  };
  while (reader.poll(take, 1_000) > 0);
  reader.close();
  t.strictSame(
    found.map(({ session, direction, msgType, msgSeqNum }) => [session, direction, msgType, msgSeqNum]),
    [
      [CLIENT, 'received', 'D', 2],
      [CLIENT, 'sent', '8', 2],
    ],
  );
  t.match(found[0]?.['message'], /^8=FIX\.4\.4\x01.*\x0111=D1\x01.*\x0110=\d{3}\x01$/);
});
