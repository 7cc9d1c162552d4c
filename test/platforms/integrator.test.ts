import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import {
  TradingPlatformIntegrator,
  type PlatformOptionsInput,
  type TradingPlatformIntegratorOptions,
} from '../../src/index.js';
import { checkPlatforms } from '../../src/gateway/index.js';
import {
  PLAY_DEFAULTS,
  PROFILE_NAMES,
  PlatformRules,
  PlatformSimulator,
  platformProfiles,
  type OwnRules,
  type PlatformProfile,
} from '../../src/platforms/index.js';
import { FixEngine } from '../../src/trading/index.js';
import { TestAuthority, hasOpenssl } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';
import { headraceText, scratchFolder } from '../support/headrace.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';
import { until } from '../support/until.js';

const { file, folder } = scratchFolder('headrace-platforms');

const ORDER = {
  clientOrderId: 'A1',
  symbol: 'ACME',
  side: 'BUY',
  orderType: 'MARKET',
  quantity: '100',
  account: 'A001',
};
const FURTHER: Readonly<Record<string, Record<string, string>>> = {
  execution_management: { '100': 'NYSE', '20001': 'VWAP' },
  risk_management: { '15': 'USD' },
};

async function simulator(t: Test, name: string, own: Partial<OwnRules> = {}): Promise<PlatformSimulator> {
  const profile = platformProfiles[name] as PlatformProfile;
  const beginString = own.beginString ?? profile.beginStrings[0] ?? '';
  const rules = new PlatformRules(profile, { ...own, beginString });
  const names = { senderCompID: 'PLATFORM', targetCompID: 'DESK' };
  const platform = await PlatformSimulator.start({ ...PLAY_DEFAULTS, rules, beginString, ...names });
  t.teardown(() => platform.close());
  return platform;
}

function integrator(t: Test, options: TradingPlatformIntegratorOptions = {}): TradingPlatformIntegrator {
  const made = new TradingPlatformIntegrator(options);
  t.teardown(() => made.stop());
  return made;
}

function session(port: number, more: object = {}): PlatformOptionsInput['session'] {
  return { senderCompId: 'DESK', targetCompId: 'PLATFORM', port, ...more };
}

t.test('every profile connects to its simulator, and an order that it asks for goes out and is filled', async t => {
  const platforms = await Promise.all(PROFILE_NAMES.map(name => simulator(t, name)));
  const reports: string[] = [];
  const desk = integrator(t, {
    application: {
      onMessage: (platform, message) => {
        reports.push(`${platform} ${message.msgType} ${message.textOf(39)}`);
        return 'taken';
      },
    },
  });
  const tradingPlatforms = Object.fromEntries(
    PROFILE_NAMES.map((name, index) => [name, { session: session(platforms[index]!.port) }]),
  );
  const opened = await desk.initializeTradingPlatforms({ tradingPlatforms });
  for (const name of PROFILE_NAMES)
    t.match(opened[name], { status: 'CONNECTED', profile: name, session: 'FIX.4.4:DESK->PLATFORM' });
  for (const platform of PROFILE_NAMES) {
    const order = { ...ORDER, clientOrderId: `${platform}-1`, platform, fields: FURTHER[platform] };
    t.same(await desk.sendOrder(order), { status: 'SENT', clientOrderId: `${platform}-1`, msgSeqNum: 2 }, platform);
    await until(() => reports.includes(`${platform} 8 2`));
  }
  t.match(desk.status()['generic'], { status: 'CONNECTED', ordersSent: 1, ordersRefused: 0, rejectsReceived: 0 });
  await t.rejects(desk.sendOrder(ORDER), { code: 'HR_NO_FIX_SESSION', message: /name one: several are connected/ });
});

t.test('one bad platform does not stop the others: each says what is wrong with it', async t => {
  const platform = await simulator(t, 'generic');
  const closed = await freePort();
  const desk = integrator(t);
  const opened = await desk.initializeTradingPlatforms({
    tradingPlatforms: {
      generic: { session: session(platform.port) },
      charles_river: { session: session(closed), connectTimeoutMs: 300 },
      elsewhere: { session: session(1) },
      risk_management: { session: session(1, { beginString: 'FIX.4.0' }) },
      execution_management: { session: session(-1) },
      order_management: { session: session(1), messages: { D: { defaults: { 38: '5' } } } },
    },
  });
  t.match(opened['generic'], { status: 'CONNECTED' });
  t.match(opened['charles_river'], {
    status: 'FAILED',
    code: 'HR_NO_FIX_SESSION',
    error: /within 300 ms.*ECONNREFUSED/,
  });
  t.match(opened['elsewhere'], { status: 'FAILED', error: /elsewhere is the name of no profile/ });
  t.match(opened['risk_management'], { status: 'FAILED', error: /speaks FIX.4.4, FIX.4.2, not FIX.4.0/ });
  t.match(opened['execution_management'], {
    status: 'FAILED',
    error: /tradingPlatforms.execution_management: session.port/,
  });
  t.match(opened['order_management'], { status: 'FAILED', error: /messages.D.defaults: 38 is judged/ });
  t.match(await desk.sendOrder(ORDER), { status: 'SENT' }, 'the only one connected needs no name');
  await t.rejects(desk.sendOrder({ ...ORDER, platform: 'charles_river' }), { code: 'HR_NO_FIX_SESSION' });
  await t.rejects(desk.initializeTradingPlatforms({ tradingPlatforms: {} }), {
    code: 'HR_CONFIG',
    message: /open already/,
  });
});

t.test('a platform that comes later is connected, and orders go then', async t => {
  const port = await freePort();
  const desk = integrator(t);
  const opened = await desk.initializeTradingPlatforms({
    tradingPlatforms: { generic: { session: session(port, { reconnectSeconds: 1 }), connectTimeoutMs: 100 } },
  });
  t.match(opened['generic'], { status: 'FAILED' });
  t.match(desk.status()['generic'], { status: 'DISCONNECTED' });
  const rules = new PlatformRules(platformProfiles['generic'] as PlatformProfile, { beginString: 'FIX.4.4' });
  const names = { senderCompID: 'PLATFORM', targetCompID: 'DESK' };
  const listen = { host: '127.0.0.1', port };
  const late = await PlatformSimulator.start({ ...PLAY_DEFAULTS, rules, beginString: 'FIX.4.4', ...names, listen });
  t.teardown(() => late.close());
  await until(() => desk.status()['generic']?.status === 'CONNECTED');
  t.match(await desk.sendOrder(ORDER), { status: 'SENT' });
});

t.test('orders of all platforms pass one gate, and the rules of their platform before it', async t => {
  const [oms, ems] = [await simulator(t, 'order_management'), await simulator(t, 'execution_management')];
  const desk = integrator(t, { limits: { firm: { maxQuantity: '500' }, restricted: ['BAN'] } });
  await desk.initializeTradingPlatforms({
    tradingPlatforms: {
      order_management: { session: session(oms.port) },
      execution_management: { session: session(ems.port) },
    },
  });
  const [platform, other] = ['order_management', 'execution_management'];
  const rows: readonly [object, object][] = [
    [
      { platform, quantity: '501' },
      { rule: 'maxQuantity', value: '501', limit: '500' },
    ],
    [{ platform: other, quantity: '501', fields: { '100': 'XNYS' } }, { rule: 'maxQuantity' }],
    [{ platform, symbol: 'BAN' }, { rule: 'restricted' }],
    [
      { platform, account: undefined },
      { rule: 'D.1', limit: 'Account: Required tag missing' },
    ],
    [{ platform: other }, { rule: 'D.100', limit: 'ExDestination: Required tag missing' }],
    [{ platform, symbol: undefined }, { rule: 'symbol' }],
    [
      { platform, fields: { price: '1' } },
      { rule: 'fields', value: 'NaN' },
    ],
    [
      { platform, fields: { '1.5': '1' } },
      { rule: 'fields', value: '1.5' },
    ],
    [{ platform, fields: { '055': 'BAN' } }, { rule: 'fields.55' }],
    [{ platform, fields: { '354': '500', '355': 'x' } }, { rule: 'D.fields' }],
    [
      { platform, fields: { '78': '1' } },
      { rule: 'D.78', limit: /Incorrect NumInGroup/ },
    ],
    [
      { platform, fields: { '152': '1000000' } },
      { rule: 'fields.152', value: '1000000' },
    ],
    [{ platform, fields: { '38': '1000000' } }, { rule: 'fields.38' }],
    [{ platform, fields: { '49': 'X' } }, { rule: 'fields.49' }],
    [
      { platform, fields: { '20001': 'VWAP' } },
      { rule: 'D.20001', limit: /Invalid tag number/ },
    ],
    [{ platform, fields: { '58': 'a\x01b' } }, { rule: 'D.fields' }],
  ];
  for (const [index, [change, expected]] of rows.entries())
    t.match(
      await desk.sendOrder({ ...ORDER, clientOrderId: `R${index}`, ...change }),
      { status: 'REFUSED', ...expected },
      JSON.stringify(change),
    );
  t.match(
    await desk.sendOrder({ ...ORDER, clientOrderId: 'R3', platform }),
    { status: 'SENT' },
    'a refused id is free',
  );
  await until(() => oms.counts.ordersReceived === 1);
  t.equal(ems.counts.ordersReceived, 0);
  t.match(desk.status()[platform!], { ordersSent: 1, ordersRefused: 14 });
});

t.test('rules and custom tags of the config: renamed, filled in, required, forbidden, in the dictionary', async t => {
  const own = {
    beginString: 'FIX.4.2',
    messages: {
      D: { required: [20_010], forbidden: [18], defaults: { '15': 'USD' }, values: { '55': { 'ACME US': 'ACME' } } },
    },
    customTags: [{ tag: 20_010, name: 'Desk', type: 'STRING' as const, values: ['EQ', 'FI'], messages: ['D', '8'] }],
  };
  const platform = await simulator(t, 'generic', own);
  const desks: string[] = [];
  const desk = integrator(t, {
    application: {
      onMessage: (_platform, message) => {
        desks.push(`${message.textOf(55)} ${message.textOf(20_010)} ${message.textOf(39)}`);
        return 'taken';
      },
    },
  });
  const { beginString, ...rules } = own;
  const config = { profile: 'generic' as const, session: session(platform.port, { beginString }), ...rules };
  const opened = await desk.initializeTradingPlatforms({ tradingPlatforms: { mine: config } });
  t.match(opened, { mine: { status: 'CONNECTED', profile: 'generic', session: 'FIX.4.2:DESK->PLATFORM' } });
  const order = { ...ORDER, symbol: 'ACME US' };
  t.match(await desk.sendOrder(order), { rule: 'D.20010', limit: 'Desk: Required tag missing' });
  t.match(await desk.sendOrder({ ...order, fields: { '20010': 'XX' } }), {
    rule: 'D.20010',
    value: 'XX',
    limit: /Value is incorrect/,
  });
  t.match(await desk.sendOrder({ ...order, fields: { '20010': 'EQ', '18': '1' } }), {
    rule: 'D.18',
    limit: 'ExecInst: forbidden by generic',
  });
  t.match(await desk.sendOrder({ ...order, fields: { '20010': 'EQ' } }), { status: 'SENT' });
  await until(() => desks.includes('ACME EQ 2'));
});

t.test('an allocation is refused where its accounts do not add up, else accepted, reported and confirmed', async t => {
  const platform = await simulator(t, 'charles_river');
  const answers: string[] = [];
  const desk = integrator(t, {
    application: {
      onMessage: (_platform, message) => {
        if (message.msgType !== '8') answers.push(`${message.msgType} ${message.textOf(70)} ${message.textOf(80)}`);
        return 'taken';
      },
    },
  });
  await desk.initializeTradingPlatforms({ tradingPlatforms: { charles_river: { session: session(platform.port) } } });
  const block = {
    allocationId: 'AL1',
    orders: ['A1'],
    symbol: 'ACME',
    side: 'BUY',
    quantity: '100',
    averagePrice: '100.125',
    tradeDate: '20260102',
  };
  const accounts = (first: string, second: string) => [
    { account: 'F1', quantity: first },
    { account: 'F2', quantity: second },
  ];
  const rows: readonly [object, object][] = [
    [{ accounts: accounts('60', '40.00000001') }, { rule: 'accounts', value: '100.00000001', limit: /^100, / }],
    [{ accounts: accounts('60', '0') }, { rule: 'accounts[1].quantity' }],
    [{ accounts: [] }, { rule: 'accounts' }],
    [{ accounts: accounts('60', '40'), type: 'CANCEL' }, { rule: 'originalAllocationId' }],
    [{ accounts: accounts('60', '40'), orders: [] }, { rule: 'orders' }],
    [
      { accounts: accounts('60', '40'), tradeDate: '2026-01-02' },
      { rule: 'tradeDate', limit: 'a day as YYYYMMDD' },
    ],
    [{ accounts: accounts('60', '40'), symbol: undefined }, { rule: 'symbol' }],
    [{ accounts: accounts('60', '40'), allocationId: 'A\x01' }, { rule: 'J.fields' }],
  ];
  for (const [change, expected] of rows)
    t.match(
      await desk.sendAllocation({ ...block, accounts: [], ...change }),
      { status: 'REFUSED', ...expected },
      JSON.stringify(change),
    );
  t.match(await desk.sendAllocation({ ...block, accounts: accounts('60', '40') }), { status: 'SENT', msgSeqNum: 2 });
  await until(() => answers.length === 4);
  t.same(answers, ['P AL1 undefined', 'AS AL1 60', 'AK AL1 60', 'AK AL1 40']);
  t.equal(platform.counts.faults, 0);
  const report = { allocationReportId: 'R1', allocationId: 'AL1', tradeDate: '20260102', status: 'ACCEPTED' as const };
  t.match(await desk.answerAllocationReport(report), { status: 'SENT', msgSeqNum: 3 });
  const confirmation = { confirmId: 'C1', tradeDate: '20260102', status: 'REJECTED' as const, text: 'wrong account' };
  t.match(await desk.answerConfirmation(confirmation), { status: 'SENT', msgSeqNum: 4 });
  t.match(await desk.answerConfirmation({ ...confirmation, confirmId: '' }), { status: 'REFUSED', rule: 'confirmId' });
  await until(() => platform.counts.answersReceived === 2);
  t.match(platform.counts, { unsupported: 0, sessionRejects: 0 });
  t.match(desk.status()['charles_river'], { allocationsSent: 1, messagesReceived: 4, rejectsReceived: 0 });
});

t.test(
  'a YAML file configures platforms, its numbers and secrets as elsewhere; one that logs on to us is served',
  async t => {
    const port = await freePort();
    const path = file(
      'platforms.yaml',
      `tradingPlatforms:
  order_management:
    session: { role: acceptor, port: ${port}, senderCompId: DESK, targetCompId: PLATFORM, store: store }
    messages: { D: { defaults: { 58: 20 } } }
`,
    );
    const rules = new PlatformRules(platformProfiles['order_management'] as PlatformProfile, {
      beginString: 'FIX.4.4',
    });
    const names = { senderCompID: 'PLATFORM', targetCompID: 'DESK' };
    const connect = { host: '127.0.0.1', port };
    const platform = await PlatformSimulator.start({
      ...PLAY_DEFAULTS,
      rules,
      beginString: 'FIX.4.4',
      ...names,
      connect,
    });
    t.teardown(() => platform.close());
    const desk = integrator(t);
    const opened = await desk.initializeTradingPlatforms(path);
    t.match(opened['order_management'], { status: 'CONNECTED' });
    t.match(await desk.sendOrder(ORDER), { status: 'SENT' });
    await until(() => platform.counts.fillsSent > 0);
    await desk.stop();
    t.same(desk.status(), {});
    await t.rejects(desk.initializeTradingPlatforms(file('bad.yaml', 'tradingPlatform: {}\n')), {
      code: 'HR_CONFIG_INVALID',
    });
  },
);

t.test('headrace check tells every problem of a file of platforms at its place', async t => {
  const session = 'session: { senderCompId: DESK, targetCompId: X, port: 9100 }';
  const wrong = file(
    'wrong.yaml',
    `tradingPlatforms:
  charles_river:
    session: { senderCompId: DESK, targetCompId: X, prt: 9100 }
  mine:
    ${session}
`,
  );
  const ran = headraceText(['check', wrong, '--json']);
  t.equal(ran.status, 78);
  t.match(JSON.parse(ran.out), {
    ok: false,
    problems: [
      { line: 3, message: 'is required but missing', path: 'tradingPlatforms.charles_river.session.port' },
      { line: 3, message: 'unknown key', suggestion: 'port' },
      { line: 4, message: /mine is the name of no profile/ },
    ],
  });
  const rules = file('rules.yaml', `tradingPlatforms:\n  generic:\n    ${session}\n    messages: { ZZ: {} }\n`);
  const refused = headraceText(['check', rules]);
  t.match(refused.errors.join(' '), /rules.yaml:2:3.*messages.ZZ: FIX.4.4 has no message ZZ/);
  const right = file('right.yaml', `tradingPlatforms:\n  generic:\n    ${session}\n`);
  t.match(headraceText(['check', right]), { status: 0, out: `${right}: ok\n` });
});

t.test(
  'a session over TLS with a certificate, its files beside the config',
  needs(hasOpenssl ? undefined : 'openssl is missing'),
  async t => {
    const authority = new TestAuthority(folder);
    authority.issue('desk', 'desk.test');
    const tls = authority.issue('oms', 'oms.test', ['DNS:oms.test']);
    const engine = new FixEngine({ application: { onMessage: () => 'taken' } });
    t.teardown(() => engine.close(0));
    const names = { senderCompID: 'PLATFORM', targetCompID: 'DESK' };
    engine.addAcceptor({ beginString: 'FIX.4.4', ...names }, { certificateName: 'desk.test' });
    const port = await engine.listen({ host: '127.0.0.1', port: 0, tls });
    const path = file(
      'tls.yaml',
      `tradingPlatforms:
  order_management:
    session:
      { senderCompId: DESK, targetCompId: PLATFORM, port: ${port},
        tls: { cert: desk.pem, key: desk.key, ca: ca.pem, serverName: oms.test } }
`,
    );
    const desk = integrator(t);
    t.match(await desk.initializeTradingPlatforms(path), { order_management: { status: 'CONNECTED' } });
  },
);

t.test('the configurations of docs/platforms.md are right', async t => {
  const page = readFileSync(join(projectRoot, 'docs', 'platforms.md'), 'utf8');
  const [platforms = '', services = ''] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);
  process.env['CRD_PASSWORD'] = 'x';
  t.teardown(() => delete process.env['CRD_PASSWORD']);
  t.same(checkPlatforms(platforms, 'docs.yaml'), []);
  const session = '    session: { senderCompId: DESK, targetCompId: CRD, port: 9100 }\n';
  const whole = `tradingPlatforms:\n  charles_river:\n${session}${services.replace(/^ *tls:.*\n/m, '')}`;
  t.match(whole, /baseUrl/);
  t.same(checkPlatforms(whole, 'docs.yaml'), []);
  t.match(checkPlatforms(whole.replace('kind: soap', 'kind: sope'), 'docs.yaml'), [
    { line: 9, message: /Expected 'rest' \| 'soap'/ },
  ]);
});
