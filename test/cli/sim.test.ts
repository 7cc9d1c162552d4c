import { spawn } from 'node:child_process';
import t, { type Test } from 'tap';

import { simCommand } from '../../src/cli/sim.js';
import { PLAY_DEFAULTS, PlatformRules, PlatformSimulator, platformProfiles } from '../../src/platforms/index.js';
import { freePort } from '../support/free-port.js';
import { HEADRACE, scratchFolder } from '../support/headrace.js';
import { until } from '../support/until.js';

const { file } = scratchFolder('headrace-sim');

const CONFIG = file(
  'platforms.yaml',
  `tradingPlatforms:
  crd:
    profile: charles_river
    session: { beginString: FIX.4.2, senderCompId: DESK, targetCompId: CRD, port: 1 }
    customTags: [{ tag: 20010, name: Desk, messages: [D, '8'] }]
`,
);

/** Runs the command in this process: what it prints, and the exit code it asks for. */
async function sim(t: Test, ...args: string[]): Promise<{ status: number; out: string }> {
  const printed = t.capture(console, 'log');
  const command = simCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    await command.parseAsync(args, { from: 'user' });
    const out = printed()
      .map(({ args: [text] }) => String(text))
      .join('\n');
    return { status: Number(process.exitCode ?? 0), out };
  } finally {
    process.exitCode = undefined;
    printed.restore();
  }
}

async function generic(t: Test): Promise<PlatformSimulator> {
  const rules = new PlatformRules(platformProfiles['generic']!, { beginString: 'FIX.4.4' });
  const names = { senderCompID: 'PLATFORM', targetCompID: 'DESK' };
  const platform = await PlatformSimulator.start({ ...PLAY_DEFAULTS, rules, beginString: 'FIX.4.4', ...names });
  t.teardown(() => platform.close());
  return platform;
}

t.test('--list names the profiles', async t => {
  const names = JSON.parse((await sim(t, '--list', '--json')).out) as { name: string }[];
  t.same(
    names.map(({ name }) => name),
    ['order_management', 'execution_management', 'risk_management', 'charles_river', 'generic'],
  );
  t.match((await sim(t, '--list')).out, /^order_management +an order management system.*\n/);
});

t.test('a simulator of a file of platforms passes the check of that file, and ends cleanly on Ctrl-C', async t => {
  const args = ['sim', 'crd', '--config', CONFIG, '--listen', '127.0.0.1:0', '--json'];
  const child = spawn(process.execPath, [HEADRACE, ...args]);
  t.teardown(() => child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  await until(() => said.err.includes('Ctrl-C ends it'));
  const [, place = ''] = /listens on ([\d.:]+)/.exec(said.err) ?? [];
  const check = await sim(t, 'crd', '--config', CONFIG, '--check', place);
  t.equal(check.status, 0, check.out);
  t.match(check.out, /^ok {6}logon .*\nok .*\n/);
  t.match(check.out, /charles_river on FIX\.4\.2: 8 of 8 passed$/);
  await t.rejects(sim(t, 'generic', '--listen', place), { code: 'HR_LISTEN' });
  child.kill('SIGINT');
  t.equal(await ended, 0);
  t.match(JSON.parse(said.out), { profile: 'charles_river', beginString: 'FIX.4.2', ordersReceived: 5, faults: 0 });
});

t.test('a check that fails ends with 1, one of a platform that is not there with 69', async t => {
  const platform = await generic(t);
  const check = await sim(t, 'order_management', '--check', `127.0.0.1:${platform.port}`, '--timeout-ms', '20000');
  t.equal(check.status, 1);
  t.match(check.out, /failed {2}an order without an account is rejected\n {8}reject: 35=8 in 8=FIX/);
  t.match(check.out, /order_management on FIX\.4\.4: 7 of 8 passed$/);
  const absent = await sim(t, 'generic', '--check', `127.0.0.1:${await freePort()}`, '--timeout-ms', '100', '--json');
  t.equal(absent.status, 69);
  t.match(JSON.parse(absent.out), { ok: false, scenarios: [{ name: 'logon', ok: false }] });
});

t.test('orders of its own end the run when all have ended', async t => {
  const platform = await generic(t);
  const place = `127.0.0.1:${platform.port}`;
  const names = ['--platform', 'DESK', '--desk', 'PLATFORM'];
  const ran = await sim(t, 'generic', '--connect', place, ...names, '--rate', '500', '--orders', '50', '--json');
  t.equal(ran.status, 0);
  t.match(JSON.parse(ran.out), { ordersSent: 50, sessionRejects: 0, faults: 0 });
});

t.test('wrong usage and a profile or version that is not there are said', async t => {
  const rows: readonly [readonly string[], RegExp][] = [
    [[], /name a profile/],
    [['generic', '--check', 'a:1', '--listen', 'b:1'], /exclude each other/],
    [['generic', '--reject-percent', '101'], /0 to 100/],
    [['generic', '--prices', 'ACME'], /ACME is not SYMBOL=PRICE/],
    [['no_such'], /no_such is no profile; there are order_management/],
    [['charles_river', '--begin-string', 'FIX.5.0'], /speaks FIX.4.4, FIX.4.2, not FIX.5.0/],
    [['risk_management', '--rate', '1'], /sends no orders/],
    [['generic', '--listen', 'here'], /"here" is not host:port/],
    [['oms', '--config', CONFIG], /has no platform oms; it has crd/],
    [['crd', '--config', CONFIG, '--begin-string', 'FIX.4.4'], /has FIX.4.2, not FIX.4.4/],
  ];
  for (const [args, said] of rows) await t.rejects(sim(t, ...args), { message: said }, args.join(' '));
});
