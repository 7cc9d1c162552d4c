import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { FixEngine, allowListFile, type SessionTemplate } from '../../src/trading/index.js';
import { matchesPattern } from '../../src/trading/template-sessions.js';
import { FixPeer } from '../support/fix-peer.js';
import { LOGON } from '../support/peer-desk.js';
import { until } from '../support/until.js';

const SETTINGS = { beginString: 'FIX.4.4', senderCompID: 'VENUE', targetCompID: 'DESK-*' };

interface Acceptor {
  readonly engine: FixEngine;
  readonly port: number;
  readonly refused: string[];
}

async function acceptor(t: Test, template: Pick<SessionTemplate, 'approve' | 'sessionsMax'>): Promise<Acceptor> {
  const refused: string[] = [];
  const onRefused = (_remote: string, reason: string): void => void refused.push(reason);
  const engine = new FixEngine({ application: { onMessage: () => 'taken', onRefused } });
  engine.addTemplate({ settings: SETTINGS, ...template });
  t.teardown(() => engine.close(0));
  return { engine, port: await engine.listen({ host: '127.0.0.1', port: 0 }), refused };
}

/** Logs on with a MsgSeqNum; resolves with the other side's Logon, or '' once the connection was refused. */
async function logOn(t: Test, { port, refused }: Acceptor, name: string, msgSeqNum: number): Promise<string> {
  const peer = new FixPeer(name, 'VENUE');
  t.teardown(() => peer.close());
  await peer.connect(port);
  const before = refused.length;
  peer.write(['A', msgSeqNum, LOGON]);
  await until(() => peer.having('35=A').length > 0 || refused.length > before);
  const logon = peer.having('35=A')[0] ?? '';
  peer.close();
  return /\|34=\d+\|/.exec(logon)?.[0] ?? '';
}

t.test('who fits DESK-* and is approved gets a session, which keeps its numbers over a disconnect', async t => {
  const server = await acceptor(t, { approve: ({ targetCompID }) => targetCompID !== 'DESK-X', sessionsMax: 10 });
  t.equal(await logOn(t, server, 'DESK-1', 1), '|34=1|');
  await until(() => !(server.engine.sessions[0]?.isConnected ?? true));
  t.equal(await logOn(t, server, 'DESK-1', 2), '|34=2|', 'it goes on');
  t.equal(await logOn(t, server, 'DESK-2', 1), '|34=1|');
  t.equal(await logOn(t, server, 'DESK-X', 1), '', 'not approved');
  t.equal(await logOn(t, server, 'BANK', 1), '', 'of no pattern');
  t.strictSame(
    server.engine.sessions.map(({ name }) => name),
    ['FIX.4.4:VENUE->DESK-1', 'FIX.4.4:VENUE->DESK-2'],
  );
});

t.test('the third of 2 sessions is refused, a name that throws is, and those there are still served', async t => {
  const approve: SessionTemplate['approve'] = ({ targetCompID }) => {
    if (targetCompID === 'DESK-0') throw new Error('no such desk');
    return true;
  };
  const server = await acceptor(t, { approve, sessionsMax: 2 });
  t.equal(await logOn(t, server, 'DESK-0', 1), '');
  t.equal(await logOn(t, server, 'DESK-1', 1), '|34=1|');
  t.equal(await logOn(t, server, 'DESK-2', 1), '|34=1|');
  t.equal(await logOn(t, server, 'DESK-3', 1), '');
  t.ok(server.refused.includes('template DESK-* has made all of its 2 sessions'), server.refused.join());
  await until(() => server.engine.sessions.every(session => !session.isConnected));
  t.equal(await logOn(t, server, 'DESK-2', 2), '|34=2|');
});

t.test('a file of names approves, and a name taken out of it is refused at the next logon', async t => {
  const file = join(t.testdir({ 'desks.txt': '# desks\nDESK-1\n  DESK-2 # London\n' }), 'desks.txt');
  const server = await acceptor(t, { approve: allowListFile(file), sessionsMax: 10 });
  t.equal(await logOn(t, server, 'DESK-2', 1), '|34=1|');
  t.equal(await logOn(t, server, 'DESK-3', 1), '');
  writeFileSync(file, 'DESK-1\n');
  await until(() => server.engine.sessions.every(session => !session.isConnected));
  t.equal(await logOn(t, server, 'DESK-2', 2), '');
  t.throws(() => allowListFile(`${file}x`), { code: 'HR_FIX_SETTINGS', message: /ENOENT/ });
});

t.test('a pattern is matched whole, and one of many stars takes no time', async t => {
  const rows: readonly [string, string, boolean][] = [
    ['DESK-*', 'DESK-', true],
    ['DESK-*', 'XDESK-1', false],
    ['D?SK', 'DESK', true],
    ['D?SK', 'DSK', false],
    ['*-LDN', 'A-LDN-LDN', true],
    ['*-LDN', 'A-LDN-NYC', false],
    ['*', '', true],
    ['A.C', 'ABC', false],
    [`${'*a'.repeat(30)}b`, 'a'.repeat(64), false],
  ];
  for (const [pattern, name, expected] of rows) t.equal(matchesPattern(pattern, name), expected, `${pattern} ${name}`);
});

t.test('a template that could make no session is refused when it is added', async t => {
  const engine = new FixEngine({ application: { onMessage: () => 'taken' } });
  t.teardown(() => engine.close(0));
  const template = { approve: () => true, sessionsMax: 1 };
  const add = (changed: object) => () => engine.addTemplate({ settings: SETTINGS, ...template, ...changed });
  t.throws(add({ sessionsMax: 0 }), { code: 'HR_FIX_SETTINGS', message: /sessionsMax/ });
  t.throws(add({ settings: { ...SETTINGS, beginString: 'FIX.9' } }), { code: 'HR_FIX_SETTINGS' });
});
