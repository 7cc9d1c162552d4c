import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { startDashboard } from '../../src/dashboard/index.js';
import { Access, type AccessToken } from '../../src/http/index.js';
import { openLog } from '../../src/observe/index.js';
import { browserMissing, openBrowser } from '../support/browser.js';
import { FakeView } from '../support/fake-view.js';
import { projectRoot } from '../support/project.js';
import { eventually, needs } from '../support/servers.js';

t.setTimeout(400_000);

const log = openLog('test', { level: 'silent' });

async function open(t: Test, tokens: readonly AccessToken[] = []) {
  const view = new FakeView();
  const dashboard = await startDashboard({ host: '127.0.0.1', port: 0, view, access: new Access(tokens), log });
  t.teardown(() => dashboard.close());
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${dashboard.port}${path}`, init);
  return { view, dashboard, ask };
}

function post(method: 'POST' | 'DELETE', body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}

t.test('liveness and readiness', async t => {
  const { view, ask } = await open(t);
  t.equal((await ask('/livez')).status, 200);
  t.equal((await ask('/readyz')).status, 200);
  view.reasons = ['the venue session is not logged on'];
  const notReady = await ask('/readyz?verbose');
  t.equal(notReady.status, 503);
  t.strictSame(await notReady.json(), { ready: false, reasons: ['the venue session is not logged on'] });
});

t.test('metrics take the counters over whole, at every scrape', async t => {
  const { view, ask } = await open(t);
  Object.assign(view.events, { accepted: 7, refused: 3, executions: 5 });
  view.broken['maxNotional'] = 3;
  view.pass(10);
  await ask('/metrics');
  view.events['accepted'] = 8;
  const text = await (await ask('/metrics')).text();
  const lines = [
    'headrace_orders_total{verdict="accepted"} 8',
    'headrace_orders_total{verdict="refused"} 3',
    'headrace_refusals_total{rule="maxNotional"} 3',
    'headrace_lane_events{event="executions"} 5',
    'headrace_stage_passes_total{stage="gate"} 10',
    'headrace_transform_records_total{source="trades",direction="in"} 9',
    'headrace_transform_records_total{source="trades",direction="out"} 7',
    'headrace_transform_refused_total{source="trades",step="transform[0]"} 1',
    'headrace_transform_refused_total{source="trades",step="record"} 1',
    'headrace_transform_dead_letters_total{source="trades"} 2',
    'headrace_transform_seconds_total{source="trades"} 0.25',
    'headrace_reader_lag_frames{sink="kafka",log="ledger"} 1234',
    'headrace_journal_sequence{log="ledger",state="synced"} 1300',
    'headrace_ring_fill_ratio{ring="prices"} 0.5',
    'headrace_session_up{session="VENUE",side="venue"} 0',
    'headrace_websocket_clients 3',
    'headrace_websocket_conflated_total 5',
    'headrace_ready 1',
  ];
  for (const line of lines) t.ok(text.split('\n').includes(line), line);
  t.match(text, /headrace_stage_latency_seconds\{stage="gate",quantile="0\.99"\} 0\.00000[23]/);
});

t.test('docs/operations.md names every metric, and none that is not there', async t => {
  const { ask } = await open(t);
  const text = await (await ask('/metrics')).text();
  const served = [...text.matchAll(/^# TYPE (headrace_\S+)/gm)].map(match => match[1]);
  const page = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');
  const documented = [...page.matchAll(/`(headrace_[a-z_]+)`/g)].map(match => match[1]);
  t.strictSame([...new Set(documented)].sort(), served.sort());
});

t.test('a halt is posted, listed and ended', async t => {
  const { view, ask } = await open(t);
  const halt = { scope: 'account', id: 'ACC1', reason: 'fat finger' };
  const answer = await ask('/admin/halts', post('POST', halt));
  t.strictSame(await answer.json(), { sequence: 1_325, lastSentSequence: 1_299 });
  t.match(await (await ask('/admin/halts')).json(), { halts: [halt] });
  t.equal((await ask('/admin/halts', post('DELETE', halt))).status, 200);
  t.strictSame(view.asked, []);
  const bad: readonly unknown[] = [
    {},
    { scope: 'world', id: '', reason: 'x' },
    { scope: 'account', id: '', reason: 'x' },
    { scope: 'firm', id: 'A', reason: 'x' },
    { scope: 'firm', reason: '' },
    { scope: 'firm', reason: 'x', more: 1 },
    [],
  ];
  for (const body of bad) t.equal((await ask('/admin/halts', post('POST', body))).status, 400, JSON.stringify(body));
  t.equal(
    (await ask('/admin/halts', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })).status,
    400,
  );
  t.equal((await ask('/admin/halts', post('POST', { ...halt, reason: 'x'.repeat(20_000) }))).status, 413);
  t.strictSame(view.asked, [], 'nothing was halted');
});

t.test('tokens: a viewer looks, an operator halts, nobody else does either', async t => {
  const { ask } = await open(t, [
    { token: 'see', role: 'viewer' },
    { token: 'act', role: 'operator' },
  ]);
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const halt = { scope: 'firm', reason: 'x' };
  t.equal((await ask('/livez')).status, 200, 'liveness needs none');
  for (const path of ['/', '/metrics', '/live', '/admin/halts', '/page.js'])
    t.equal((await ask(path)).status, 401, path);
  t.equal((await ask('/metrics', { headers: as('see') })).status, 200);
  t.equal((await ask('/metrics', { headers: as('guess') })).status, 401);
  t.equal((await ask('/admin/halts', post('POST', halt, as('see')))).status, 401);
  t.equal((await ask('/admin/halts', post('POST', halt, as('act')))).status, 200);
  const entered = await ask('/?token=see', { redirect: 'manual' });
  t.equal(entered.status, 302);
  const cookie = entered.headers.get('set-cookie') ?? '';
  t.match(cookie, /^headrace_token=see; HttpOnly; SameSite=Strict/);
  t.equal((await ask('/', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status, 200);
});

/** fetch does not let a caller lie about Host. */
function statusWith(port: number, headers: Record<string, string>, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/admin/halts', method, headers }, response => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

t.test('without tokens only loopback is bound, and no other site gets in', async t => {
  const { dashboard } = await open(t);
  const open0 = startDashboard({ host: '0.0.0.0', port: 0, view: new FakeView(), access: new Access([]), log });
  await t.rejects(open0, { code: 'HR_CONFIG_OPEN_PAGE' });
  t.equal(await statusWith(dashboard.port, { host: 'evil.example' }), 403, 'a name that was made to point here');
  t.equal(await statusWith(dashboard.port, { host: 'localhost:1' }), 200);
  t.equal(await statusWith(dashboard.port, { host: '[::1]:1' }), 200);
  t.equal(await statusWith(dashboard.port, { host: '127.0.0.2' }), 200);
  t.equal(await statusWith(dashboard.port, { host: '127.0.0.1.evil.example' }), 403);
  t.equal(await statusWith(dashboard.port, { host: 'localhost', origin: 'https://evil.example' }, 'DELETE'), 403);
  const again = startDashboard({
    host: '127.0.0.1',
    port: dashboard.port,
    view: new FakeView(),
    access: new Access([]),
    log,
  });
  await t.rejects(again, { code: 'HR_LISTEN' });
});

t.test('Chromium reads live numbers from the page', { ...needs(browserMissing), timeout: 390_000 }, async t => {
  const { view, dashboard } = await open(t);
  const browser = await openBrowser(t);
  const page = await browser.newPage();
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on('request', request => requests.push(request.url()));
  page.on('pageerror', error => errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  await page.setViewport({ width: 390, height: 844, isMobile: true });
  const load = setInterval(() => {
    view.events['accepted'] = (view.events['accepted'] ?? 0) + 100;
    view.broken['maxNotional'] = (view.broken['maxNotional'] ?? 0) + 1;
    view.pass(1);
  }, 100);
  t.teardown(() => clearInterval(load));
  await page.goto(`http://127.0.0.1:${dashboard.port}/`);
  const textOf = (selector: string) => page.$eval(selector, element => element.textContent ?? '');
  await eventually('a rate of about 1,000 a second', async () => {
    const rate = Number((await textOf('#rate-accepted')).replaceAll(',', ''));
    return rate > 300 && rate < 3_000;
  });
  t.equal(await textOf('#ready'), 'ready');
  t.match(await textOf('#stages'), /gate.*3/);
  t.match(await textOf('#refusals'), /maxNotional\d+/);
  t.match(await textOf('#sessions'), /DESKclientactive4243/);
  t.match(await textOf('#instance'), /^desk-1 · 0\.1\.0 · business date 2026-11-23$/);
  t.match(await textOf('#readers'), /kafkaledger1,234/);
  t.match(
    await textOf('#orders'),
    /ACC1<img src=x onerror=alert\(1\)>buy10012\.5C-77maxNotional/,
    'text is never HTML',
  );
  const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  t.ok((overflow as number) <= 0, 'a phone scrolls it up and down only');
  view.reasons = ['the journal is full'];
  await eventually('the reason shows', async () => (await textOf('#reasons')).includes('the journal is full'));
  t.equal(await textOf('#ready'), 'not ready');
  if (process.env['HEADRACE_SCREENSHOT'])
    await page.screenshot({ path: process.env['HEADRACE_SCREENSHOT'], fullPage: true });
  t.ok(
    requests.every(url => url.startsWith(`http://127.0.0.1:${dashboard.port}/`) || url.startsWith('data:')),
    'nothing comes from elsewhere',
  );
  t.strictSame(errors, []);
});
