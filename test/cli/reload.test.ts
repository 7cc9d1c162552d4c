import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { TestAuthority, hasOpenssl } from '../support/certificates.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';
import { until } from '../support/until.js';

t.setTimeout(60_000);

t.test(
  'SIGHUP to headrace run reads certificates again, says so, and the gateway goes on to its SIGTERM',
  needs(hasOpenssl ? undefined : 'needs openssl'),
  async t => {
    const folder = t.testdir({});
    const { cert = '', key = '' } = new TestAuthority(folder).issue('port', 'port.test');
    const file = join(folder, 'g.yaml');
    const client = { port: 0, tls: { cert, key }, sessions: [{ senderCompId: 'H', targetCompId: 'D' }] };
    const fix = { client, venue: { port: 1, senderCompId: 'H', targetCompId: 'V' } };
    writeFileSync(file, JSON.stringify({ version: 1, instance: 'a', fix, page: { port: 0 } }));
    const child = spawn(process.execPath, [join(projectRoot, 'bin', 'headrace.js'), 'run', file]);
    t.teardown(() => child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += String(data)));
    const ended = new Promise(resolve => child.once('exit', resolve));
    await until(() => said.includes('"ready"'));
    t.notMatch(said, 'certificates were read again');
    child.kill('SIGHUP');
    await until(() => said.includes('certificates were read again'));
    child.kill('SIGTERM');
    t.equal(await ended, 0);
  },
);
