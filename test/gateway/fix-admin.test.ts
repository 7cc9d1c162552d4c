import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { browserMissing, openBrowser } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { HEADRACE, scratchFolder } from '../support/headrace.js';
import { eventually, needs } from '../support/servers.js';

t.setTimeout(400_000);

const { folder, at, file } = scratchFolder('headrace-fix-admin');
const [VIEWER, ADMIN] = [file('viewer', 'see\n'), file('admin', 'own\n')];
const tokens = [
  { token: { file: VIEWER }, role: 'viewer' as const },
  { token: { file: ADMIN }, role: 'admin' as const, name: 'chief' },
];
const CLIENT = 'FIX.4.4:HEADRACE->DESK';

function deskWithTokens(name: string): GatewayDesk {
  const change: ConstructorParameters<typeof GatewayDesk>[0]['change'] = config => void (config.admin = { tokens });
  const desk = new GatewayDesk({ folder: join(folder, name), ordersPerSecond: 400, change });
  desk.writePositions();
  return desk;
}

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** `headrace fix …` beside the gateway of this process, which must be able to answer meanwhile. */
function fix(desk: GatewayDesk, args: readonly string[], tokenFile = ADMIN): Promise<Ran> {
  const url = `http://127.0.0.1:${desk.gateway.ports.page}`;
  return run(['fix', ...args, '--url', url, '--token-file', tokenFile]);
}

function run(args: readonly string[]): Promise<Ran> {
  return new Promise(resolve => {
    execFile(process.execPath, [HEADRACE, ...args], (failed, out, error) => {
      resolve({ status: failed === null ? 0 : Number(failed.code), out, error });
    });
  });
}

async function post(desk: GatewayDesk, command: string, body: object = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${desk.gateway.ports.page}/admin/fix/sessions/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer own' },
    body: JSON.stringify(body),
  });
  return response.json();
}

t.test(
  'headrace fix commands a gateway, which stands the same after a restart and has all of it in its journal',
  async t => {
    const desk = deskWithTokens('cli');
    t.teardown(() => desk.close(0));
    await desk.start();
    t.match(
      (await fix(desk, ['sessions'], VIEWER)).out,
      /^session +side +state +next in .*\n.*VENUE +venue .*\n.*DESK +client/,
    );
    t.match(await fix(desk, ['set-seq', 'DESK', '--in', '41', '--out', '52', '--reason', 'by phone']), {
      status: 0,
      out: /^FIX\.4\.4:HEADRACE->DESK: next in 41, next out 52, enabled; ledger \d+\n$/,
    });
    t.match(await fix(desk, ['disable', 'PROBE', '--json']), { status: 0, out: /"enabled":false/ });
    const refused = /HR_UNAUTHORIZED: needs the token of an admin/;
    t.match(await fix(desk, ['reset', 'DESK'], VIEWER), { status: 1, error: refused });
    t.match(await post(desk, 'DESK/test-request'), { code: 'HR_FIX_SESSION_DOWN', detail: /is not logged on$/ });
    await desk.close(0);
    await desk.start();
    t.match((await fix(desk, ['show', CLIENT])).out, /enabled +true\nnextInSeqNum +41\nnextOutSeqNum +52\n/);
    t.match(desk.gateway.view?.sessions()[2], { name: /PROBE$/, enabled: false });
    t.match(await post(desk, 'PROBE/enable'), { enabled: true });
    t.match(await post(desk, 'DESK/reset'), { nextInSeqNum: 1, nextOutSeqNum: 1 });
    await desk.close(0);
    const found = await run(['audit', 'search', desk.dataDir, '--type', 'operator', '--json']);
    const records = found.out
      .trim()
      .split('\n')
      .map(line => JSON.parse((JSON.parse(line) as { text: string }).text) as object);
    t.match(records, [
      {
        who: 'chief',
        role: 'admin',
        operation: 'setSequence',
        session: CLIENT,
        result: 'done',
        reason: 'by phone',
        after: [41, 52],
      },
      { who: 'chief', operation: 'disable', session: /PROBE$/, result: 'done' },
      { who: 'viewer-1', operation: /^POST .*DESK\/reset$/, result: 'refused', code: 'HR_UNAUTHORIZED' },
      { who: 'chief', operation: 'testRequest', result: 'refused', code: 'HR_FIX_SESSION_DOWN' },
      { who: 'chief', operation: 'enable', result: 'done' },
      { who: 'chief', operation: 'reset', result: 'done', after: [1, 1] },
    ]);
    t.equal(records.length, 6);
  },
);

t.test('no gateway is 69, and a configuration that leaves the port open 78', async t => {
  const port = await freePort();
  const smallest = [
    'version: 1',
    'instance: x',
    'fix:',
    '  client: { sessions: [{ senderCompId: A, targetCompId: B }] }',
    '  venue: { host: h, port: 1, senderCompId: A, targetCompId: V }',
  ];
  const config = file('open.yaml', [...smallest, 'page: { port: 0 }', ''].join('\n'));
  t.match(await run(['fix', 'sessions', '--config', config]), { status: 78, error: /page\.port is 0, .* give --url/ });
  const fixed = file('fixed.yaml', [...smallest, `page: { port: ${port} }`, ''].join('\n'));
  t.match(await run(['fix', 'sessions', '--config', fixed]), {
    status: 69,
    error: new RegExp(`HR_NO_GATEWAY: no gateway answers at http://127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`),
  });
});

t.test('while orders flow, counters add up, and what was sent is replayed to a file', { timeout: 300_000 }, async t => {
  const desk = deskWithTokens('page');
  t.teardown(() => desk.close(0));
  const gateway = await desk.start();
  await desk.trade();
  await eventually('orders are accepted', async () => desk.count('accepted') > 20);
  await eventually('600 messages are sent', async () => sent(desk) > 601, 60_000);
  t.match(await fix(desk, ['replay', 'DESK', '--from', '1', '--to', '600', '--out', at('sent.fix')]), { status: 0 });
  const lines = readFileSync(at('sent.fix'), 'latin1').trimEnd().split('\n');
  t.strictSame(
    lines.map(line => Number(/\x0134=(\d+)\x01/.exec(line)?.[1])),
    Array.from({ length: 600 }, (_, index) => index + 1),
  );
  const held = { code: 'HR_FIX_ORDERS_IN_FLIGHT', detail: /^\d+ open orders of .*; cancel them, or force it$/ };
  t.match(await post(desk, 'VENUE/reset'), held);
  t.match(await post(desk, 'DESK/test-request'), { testReqId: /^HR-\d+$/ });
  await desk.endTrade();
  await eventually('both are away', async () => (gateway.view?.sessions() ?? []).every(({ isUp }) => !isUp));
  const text = await (
    await fetch(`http://127.0.0.1:${gateway.ports.page}/metrics`, { headers: { authorization: 'Bearer see' } })
  ).text();
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
  const event = (name: string) => sum(new RegExp(`^headrace_lane_events\\{event="${name}"\\} (\\d+)$`, 'gm'));
  const messages = (direction: string) =>
    sum(new RegExp(`^headrace_session_messages_total\\{.*direction="${direction}".*\\} (\\d+)$`, 'gm'));
  t.ok(messages('in') > 100);
  t.equal(messages('in'), event('messagesIn'));
  t.equal(messages('out'), event('messagesOut'));
  const samples = sum(/^headrace_session_latency_samples_total\{.*direction="in"\} (\d+)$/gm);
  t.equal(samples, messages('in'), 'each message in is timed');
  t.ok(sum(/^headrace_session_latency_seconds_total\{.*direction="out"\} (\S+)$/gm) > 0);
  t.equal(sum(/^headrace_session_buffered_bytes\{.*\} (\d+)$/gm), 0);
});

function sent(desk: GatewayDesk): number {
  return desk.gateway.view?.sessions().find(({ name }) => name === CLIENT)?.nextOutSeqNum ?? 0;
}

t.test(
  'Chromium commands a session, once it was confirmed',
  { ...needs(browserMissing), timeout: 390_000 },
  async t => {
    const desk = deskWithTokens('browser');
    t.teardown(() => desk.close(0));
    const gateway = await desk.start();
    const browser = await openBrowser(t);
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(String(error)));
    page.on('console', message => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${gateway.ports.page}/?token=own`);
    const row = `tr[data-session="${CLIENT}"]`;
    const button = (command: string) => `${row} button[data-command="${command}"]`;
    const textOf = (selector: string) => page.$eval(selector, element => element.textContent ?? '');
    const shows = (selector: string, pattern: RegExp) =>
      eventually(
        `${selector} shows ${String(pattern)}`,
        async () => pattern.test(await textOf(selector).catch(() => '')),
        30_000,
      );
    const click = async (selector: string) => page.evaluate(`document.querySelector('${selector}').click()`);
    await shows(row, /client/);
    await click(button('disable'));
    t.match(await textOf('#confirm-text'), `disable: ${CLIENT}?`);
    await click('#confirm button');
    await click(button('sequence'));
    await page.$eval('#confirm-out', element => void (element.value = '77'));
    await page.$eval('#confirm-reason', element => void (element.value = 'from the page'));
    await click('#confirm-do');
    await shows('#session-answer', /set numbers: .*DESK done, ledger \d+/);
    await shows(row, /177/);
    await click(button('disable'));
    await click('#confirm-do');
    await shows(row, /disconnected, disabled/);
    t.match(
      gateway.view?.sessions().find(({ name }) => name === CLIENT),
      { enabled: false, nextOutSeqNum: 77 },
    );
    t.strictSame(errors, []);
    await page.close();
  },
);
