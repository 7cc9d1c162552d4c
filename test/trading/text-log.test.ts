import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { FixEngine, TextLog } from '../../src/trading/index.js';
import { findProgram, needs } from '../support/servers.js';
import { until } from '../support/until.js';

const SESSION = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'CLIENT' };
/** 2026-01-02 10:00:00.123456789. */
const TIME = 1_767_348_000_123_456_789n;
const MESSAGE = '8=FIX.4.4\x019=5\x0135=0\x0110=163\x01';

const read = (folder: string, name: string): string =>
  readFileSync(join(folder, `FIX.4.4-DESK-CLIENT.${name}`), 'latin1');

t.test('a message and an event are lines with nine decimals', async t => {
  const folder = join(t.testdir({}), 'logs');
  const log = new TextLog(SESSION, { folder });
  log.message(TIME, Buffer.from(MESSAGE));
  log.event(TIME, 'logged on');
  await log.close();
  t.equal(read(folder, 'messages.current.log'), `20260102-10:00:00.123456789 : ${MESSAGE}\n`);
  t.equal(read(folder, 'event.current.log'), '20260102-10:00:00.123456789 : logged on\n');
});

const QUICKFIX = `#include <quickfix/FileLog.h>
int main(int, char** folder) {
  FIX::FileLog log(folder[1], FIX::SessionID("FIX.4.4", "DESK", "CLIENT"));
  const char* message = "8=FIX.4.4\\0019=5\\00135=0\\00110=163\\001";
  log.onIncoming(message); log.onOutgoing(message); log.onEvent("logged on"); log.backup(); log.onEvent("again");
}
`;

function missing(): string | undefined {
  if (!existsSync('/usr/include/quickfix/FileLog.h')) return 'needs QuickFIX (apt: libquickfix-dev)';
  return findProgram('g++') === undefined ? 'needs g++' : undefined;
}

t.test('the files are those of QuickFIX C++ FileLog, byte for byte but for the times', needs(missing()), async t => {
  const folder = t.testdir({ theirs: {}, ours: {}, 'log.cpp': QUICKFIX });
  const program = join(folder, 'log');
  const built = spawnSync('g++', ['-std=c++14', '-w', join(folder, 'log.cpp'), '-lquickfix', '-o', program]);
  t.equal(built.status, 0, String(built.stderr));
  t.equal(spawnSync(program, [join(folder, 'theirs')]).status, 0);
  const ours = join(folder, 'ours');
  // A file of one byte or more becomes a backup: as `backup` does it, but for the empty files that it opens.
  const log = new TextLog(SESSION, { folder: ours, rotateBytes: 1 });
  log.message(TIME, Buffer.from(MESSAGE));
  log.message(TIME, Buffer.from(MESSAGE));
  log.event(TIME, 'logged on');
  await log.close();
  const last = new TextLog(SESSION, { folder: ours });
  last.event(TIME, 'again');
  await last.close();
  const contents = (folder: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder)
        .map(name => [
          name,
          readFileSync(join(folder, name), 'latin1').replaceAll(/^\d{8}-\d\d:\d\d:\d\d\.\d{9}/gm, 'T'),
        ])
        .filter(([, text]) => text !== ''),
    );
  t.strictSame(contents(ours), contents(join(folder, 'theirs')));
});

t.test('a file of 100 bytes is a backup, and of the backups the newest 2 stay', async t => {
  const folder = t.testdir({});
  const log = new TextLog(SESSION, { folder, rotateBytes: 100, backups: 2 });
  for (let n = 1; n <= 4; n++) {
    log.event(TIME, `${n}`.repeat(80));
    await until(() => readdirSync(folder).includes(`FIX.4.4-DESK-CLIENT.event.backup.${n}.log`));
  }
  log.event(TIME, '5');
  await log.close();
  const names = ['event.backup.3.log', 'event.backup.4.log', 'event.current.log'];
  t.strictSame(
    readdirSync(folder).sort(),
    names.map(name => `FIX.4.4-DESK-CLIENT.${name}`),
  );
  t.equal(read(folder, 'event.backup.4.log'), `20260102-10:00:00.123456789 : ${'4'.repeat(80)}\n`);
});

t.test(
  'a folder that cannot be made is told once; beyond 200 bytes lines are lost, and counted when it can',
  async t => {
    const parent = t.testdir({ logs: 'a file' });
    const folder = join(parent, 'logs');
    const faults: string[] = [];
    const onFault = (reason: string): void => void faults.push(reason);
    const log = new TextLog(SESSION, { folder, bufferedBytesMax: 200, onFault });
    log.event(TIME, 'a'.repeat(100));
    await until(() => faults.length === 1);
    t.match(faults[0], 'event.current.log cannot be written: EEXIST');
    for (let n = 0; n < 3; n++) log.event(TIME, 'b'.repeat(100));
    rmSync(folder);
    mkdirSync(folder);
    await until(() => faults.length === 2);
    t.match(faults[1], 'event.current.log is written again; 3 lines were lost');
    log.event(TIME, 'c');
    await log.close();
    t.strictSame(
      read(folder, 'event.current.log')
        .split('\n')
        .map(line => line.slice(30, 32)),
      ['aa', 'c', ''],
    );
  },
);

async function engineWith(folder: string): Promise<FixEngine> {
  const engine = new FixEngine({ application: { onMessage: () => 'taken' }, textLogs: { folder } });
  engine.addAcceptor({ beginString: 'FIX.4.4', senderCompID: 'CLIENT', targetCompID: 'DESK' });
  const port = await engine.listen({ host: '127.0.0.1', port: 0 });
  const session = engine.addInitiator(SESSION, { hosts: [{ host: '127.0.0.1', port }] });
  await until(() => session.session.state === 'active');
  return engine;
}

t.test('an engine writes both sides of its sessions, a name with a slash without one', async t => {
  const folder = t.testdir({});
  await (await engineWith(folder)).close();
  const [ours, theirs] = ['DESK-CLIENT', 'CLIENT-DESK'].map(names =>
    readFileSync(join(folder, `FIX.4.4-${names}.messages.current.log`), 'latin1').replaceAll(/^.{30}/gm, ''),
  );
  t.match(ours, /^8=FIX\.4\.4\x019=\d+\x0135=A\x01/);
  t.strictSame(new Set(ours?.split('\n')), new Set(theirs?.split('\n')), 'what one sent the other received');
  t.match(read(folder, 'event.current.log'), 'FIX.4.4:DESK->CLIENT is connected\n');
  const log = new TextLog({ ...SESSION, targetCompID: 'A/B' }, { folder });
  log.event(TIME, 'x');
  await log.close();
  t.ok(readdirSync(folder).includes('FIX.4.4-DESK-A%2FB.event.current.log'));
});
