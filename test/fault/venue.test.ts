import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';

import { projectRoot } from '../support/project.js';

const folder = join(projectRoot, 'test', 'fault');
const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed';

t.test(
  'the counterparties of the kill test find out gateways that lose, double or invent orders',
  { skip },
  async t => {
    const { status, stdout, stderr } = spawnSync('python3', [join(folder, 'venue_selftest.py')], { timeout: 120_000 });
    t.equal(status, 0, stderr.toString().slice(-2000));
    t.equal(
      stdout
        .toString()
        .split('\n')
        .filter(line => line.startsWith('ok ')).length,
      10,
      stdout.toString(),
    );
  },
);

t.test('they obey commands and report when asked to quit', { skip }, async t => {
  const args = [join(folder, 'venue.py'), '--venue-port', '0', '--gateway', '127.0.0.1:1'];
  const child = spawn('python3', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => JSON.parse((await lines.next()).value as string);
  t.match(await next(), { event: 'listening', port: Number });
  child.stdin.write('{"cmd":"start","rate":10}\n{"cmd":"pause"}\n');
  t.strictSame(await next(), { event: 'ok', cmd: 'start' });
  t.strictSame(await next(), { event: 'ok', cmd: 'pause' });
  child.stdin.write('{"cmd":"quit"}\n');
  t.match(await next(), { event: 'report', lostCount: 0, doubled: [], client: { sent: 0 }, venue: { orders: 0 } });
  const [code] = await once(child, 'exit');
  t.equal(code, 0);
});
