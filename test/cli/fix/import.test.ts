import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';

import { loadConfig } from '../../../src/gateway/index.js';
import { headraceText, scratchFolder } from '../../support/headrace.js';

// Each case starts a process; a busy machine takes seconds for one.
t.setTimeout(300_000);

const { file, at } = scratchFolder('headrace-fix-import');

const ACCEPTOR = file(
  'acceptor.cfg',
  `[DEFAULT]
ConnectionType=acceptor
SocketAcceptPort=9880
SenderCompID=DESK \${x
FileStorePath=store
[SESSION]
BeginString=FIX.4.4
TargetCompID=C1
[SESSION]
BeginString=FIX.4.2
TargetCompID=C: 2
CheckLatency=Y
`,
);
const VENUE = `[SESSION]
ConnectionType=initiator
BeginString=FIX.4.4
SenderCompID=DESK
TargetCompID=EXCHANGE
SocketConnectHost=10.0.0.1
SocketConnectPort=9823
HeartBtInt=20
ReconnectInterval=90
`;

t.test('two settings files become one configuration that our own check takes', async t => {
  const { status, errors } = headraceText([
    'fix',
    'import',
    ACCEPTOR,
    file('venue.cfg', VENUE),
    '-o',
    at('gateway.yaml'),
  ]);
  t.equal(status, 0);
  t.match(errors.join('\n'), /acceptor\.cfg:5 FileStorePath: .*headrace fix import-store/);
  const { fix, instance } = loadConfig(at('gateway.yaml'));
  t.equal(instance, 'DESK');
  t.match(fix.client, { host: '0.0.0.0', port: 9880 });
  t.same(
    fix.client.sessions.map(({ beginString, senderCompId, targetCompId }) => [beginString, senderCompId, targetCompId]),
    [
      ['FIX.4.4', 'DESK ${x', 'C1'],
      ['FIX.4.2', 'DESK ${x', 'C: 2'],
    ],
  );
  t.match(fix.venue, {
    host: '10.0.0.1',
    port: 9823,
    heartbeatSec: 20,
    targetCompId: 'EXCHANGE',
    reconnectMs: { first: 60_000, max: 90_000 },
  });
});

t.test(
  'what the gateway does not do as it is asked is named with its line, in the report and in the YAML: exit 1',
  async t => {
    const more = file('more.cfg', `${VENUE}LogonTimeout=7\nProxyHost=p\nSpeed=9\n`);
    const { status, out } = headraceText(['fix', 'import', more, ACCEPTOR, '--json']);
    t.equal(status, 1);
    const report = JSON.parse(out) as {
      findings: { line: number; kind: string; file: string }[];
      yaml: string;
      ok: boolean;
    };
    const ofMore = report.findings.filter(finding => finding.file === more).map(({ line, kind }) => `${line} ${kind}`);
    t.same(ofMore, ['10 unsupported', '11 unsupported', '12 unknown']);
    t.equal(report.ok, true);
    t.match(report.yaml, /# {3}.*more\.cfg:11 ProxyHost: /);
  },
);

t.test('times, further addresses and resets are carried into the YAML: exit 0', async t => {
  const times = file(
    'times.cfg',
    `${VENUE}StartTime=08:00:00\nEndTime=17:30:00\nWeekdays=Mon,Fri\nTimeZone=Europe/Berlin\nResetOnLogon=Y\nSocketConnectHost1=b\nSocketConnectPort1=1\n`,
  );
  const { status, errors } = headraceText(['fix', 'import', times, ACCEPTOR, '-o', at('times.yaml')]);
  t.notMatch(errors.join('\n'), /times\.cfg/);
  t.equal(status, 0);
  t.match(loadConfig(at('times.yaml')).fix.venue, {
    schedule: {
      kind: 'daily',
      startTime: '08:00:00',
      endTime: '17:30:00',
      weekdays: ['monday', 'friday'],
      timeZone: 'Europe/Berlin',
    },
    resetOnLogon: true,
    resetOnLogout: false,
    failover: [{ host: 'b', port: 1 }],
  });
});

t.test(
  'a second venue and another port are left out by name; --venue chooses, and every version is served',
  async t => {
    const many = file(
      'many.cfg',
      `${VENUE}${VENUE.replace('EXCHANGE', 'OTHER')}[SESSION]
ConnectionType=acceptor
SocketAcceptPort=9881
BeginString=FIX.4.0
SenderCompID=DESK
TargetCompID=OLD
`,
    );
    const { status, errors } = headraceText([
      'fix',
      'import',
      many,
      ACCEPTOR,
      '--venue',
      'OTHER',
      '-o',
      at('many.yaml'),
    ]);
    t.equal(status, 1);
    t.match(
      errors.join('\n'),
      /many\.cfg:2 ConnectionType: FIX\.4\.4:DESK->EXCHANGE is left out: a gateway has one venue/,
    );
    t.match(loadConfig(at('many.yaml')).fix.client.sessions, [{ beginString: 'FIX.4.0', targetCompId: 'OLD' }]);
    t.equal(loadConfig(at('many.yaml')).fix.venue.targetCompId, 'OTHER');
  },
);

t.test('half a configuration is written with what is missing as a comment: exit 78', async t => {
  const { status, errors } = headraceText(['fix', 'import', ACCEPTOR, '-o', at('half.yaml')]);
  t.equal(status, 78);
  t.match(errors.join('\n'), /fix\.venue/);
  t.match(readFileSync(at('half.yaml'), 'utf8'), /# venue: no initiator/);
});

t.test('a wrong settings file writes nothing: exit 65; one that is not there: 66', async t => {
  const wrong = file('wrong.cfg', `${VENUE}ResetOnLogon=maybe\n`);
  const { status, errors } = headraceText(['fix', 'import', wrong, '-o', at('wrong.yaml')]);
  t.equal(status, 65);
  t.match(errors.join('\n'), /wrong\.cfg:10 ResetOnLogon: "maybe" must be Y or N/);
  t.notOk(existsSync(at('wrong.yaml')));
  t.equal(headraceText(['fix', 'import', at('none.cfg')]).status, 66);
  t.equal(headraceText(['fix', 'import', ACCEPTOR, '-o', ACCEPTOR]).status, 78);
});
