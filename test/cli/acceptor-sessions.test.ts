import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { readAcceptorSessions } from '../../src/cli/acceptor-sessions.js';
import { FixEngine, type TlsOptions } from '../../src/trading/index.js';
import { TestAuthority, hasOpenssl } from '../support/certificates.js';
import { needs } from '../support/servers.js';
import { projectRoot } from '../support/project.js';
import { until } from '../support/until.js';

t.test('a sessions file gives settings to all sessions or to one, and an unknown word is told', async t => {
  const path = join(t.testdir({}), 's.json');
  const read = (file: object) => {
    writeFileSync(path, JSON.stringify(file));
    const told: string[] = [];
    const { sessions } = readAcceptorSessions(path, text => told.push(text.replace(path, 's.json')));
    return { sessions, told };
  };
  const names = { beginString: 'FIX.4.4', targetCompID: 'TW' };
  const { sessions, told } = read({
    senderCompID: 'ISLD',
    resetOnLogon: true,
    validateFieldsHaveValues: false,
    port: 1,
    sessions: [
      { ...names, resendRequestChunkSize: 5, validateUserDefinedFields: false },
      { ...names, resetOnLogon: 'yes' },
      { ...names, resetOnLogon: false, chunk: 5 },
      { ...names, schedule: { kind: 'daily', startTime: '08:00', endTime: '17:00' } },
      { ...names, schedule: 'daily' },
    ],
  });
  t.match(sessions[0]?.().settings, {
    ...names,
    senderCompID: 'ISLD',
    resetOnLogon: true,
    resendRequestChunkSize: 5,
    validation: { validateFieldsHaveValues: false, validateUserDefinedFields: false, validateFieldsOutOfOrder: true },
  });
  t.throws(() => sessions[1]?.(), { code: 'HR_FIX_SETTINGS', message: /resetOnLogon must be a boolean/ });
  t.equal(sessions[2]?.().settings.resetOnLogon, false);
  t.strictSame(sessions[3]?.().settings.schedule, { kind: 'daily', startTime: '08:00', endTime: '17:00' });
  t.throws(() => sessions[4]?.(), { code: 'HR_FIX_SETTINGS', message: /schedule must be an object/ });
  const passedOver = 'is no setting and is passed over; docs/fix.md lists them';
  t.strictSame(told, [`s.json: port ${passedOver}`, `s.json: sessions[2]: chunk ${passedOver}`]);
  for (const file of [{ sessions: [] }, { senderCompID: 'ISLD' }])
    t.throws(() => read(file), { code: 'HR_FIX_SETTINGS', message: /senderCompID and sessions are needed/ });
});

t.test(
  'over TLS a template serves the names of its file, each with the certificate that it asks for, and nobody else',
  needs(hasOpenssl ? undefined : 'needs openssl'),
  async t => {
    const folder = t.testdir({ 'desks.txt': 'DESK-1\nDESK-2\n' });
    const authority = new TestAuthority(folder);
    const venue = authority.issue('venue', 'venue.test', ['DNS:localhost']);
    const [desk, other] = [authority.issue('desk', 'desk.test'), authority.issue('other', 'other.test')];
    const template = { beginString: 'FIX.4.4', targetCompID: 'DESK-*', allowList: 'desks.txt' };
    const sessions = join(folder, 's.json');
    writeFileSync(
      sessions,
      JSON.stringify({ senderCompID: 'V', sessions: [{ ...template, certificateName: 'desk.test', sessionsMax: 2 }] }),
    );
    const files = ['--tls-cert', venue.cert ?? '', '--tls-key', venue.key ?? '', '--tls-ca', authority.ca];
    const command = ['fix-acceptor', '--port', '0', '--sessions', sessions, ...files];
    const child = spawn(process.execPath, [join(projectRoot, 'bin', 'headrace.js'), ...command]);
    t.teardown(() => child.kill('SIGKILL'));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(/:(\d+)\n/.exec(line.toString())?.[1]);
    const waits: string[] = [];
    const engine = new FixEngine({ application: { onMessage: () => 'taken' } });
    t.teardown(() => engine.close(0));
    const logOn = (senderCompID: string, tls: TlsOptions): ReturnType<FixEngine['addInitiator']> =>
      engine.addInitiator(
        { beginString: 'FIX.4.4', senderCompID, targetCompID: 'V' },
        {
          hosts: [{ host: '127.0.0.1', port }],
          tls: { ...tls, serverName: 'localhost' },
          onWait: () => void waits.push(senderCompID),
        },
      );
    const served = logOn('DESK-1', desk);
    const refused = [logOn('DESK-2', other), logOn('DESK-3', desk)];
    await until(() => served.session.state === 'active');
    await until(() => waits.includes('DESK-2') && waits.includes('DESK-3'));
    for (const { session } of refused) t.not(session.state, 'active');
    t.notOk(waits.includes('DESK-1'));
  },
);
