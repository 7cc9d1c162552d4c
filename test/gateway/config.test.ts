import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { checkConfig, configReference, loadConfig, parseConfig } from '../../src/gateway/index.js';
import { nearestName, problemText } from '../../src/options/index.js';
import { headraceText } from '../support/headrace.js';
import { projectRoot } from '../support/project.js';

const SMALLEST = `version: 1
instance: desk-1
fix:
  client:
    sessions: [{ senderCompId: HEADRACE, targetCompId: DESK }]
  venue: { senderCompId: HEADRACE, targetCompId: VENUE }
`;

function problemsOf(text: string, environment: NodeJS.ProcessEnv = {}): string[] {
  return checkConfig(text, { file: 'g.yaml', environment }).problems.map(problemText);
}

const headrace = (...args: readonly string[]) => headraceText(args);

t.test('the smallest configuration fills every default', async t => {
  const { config, problems } = checkConfig(SMALLEST, { file: '/etc/desk/g.yaml', environment: {} });
  t.strictSame(problems, []);
  t.equal(config?.fix.client.port, 9880);
  t.equal(config?.journal.durability, 'group');
  t.equal(config?.page.port, 8080);
  t.equal(config?.dataDir, '/etc/desk/data', 'relative paths begin at the folder of the file');
  t.strictSame(config?.sinks, {}, 'a sink that is not named is not opened');
});

t.test('every problem comes at once, each at its line and column, with what was meant', async t => {
  const text = `version: 1
instance: desk-1
jurnal: { durability: group }
journal:
  durability: grupo
  retainGb: 0
fix:
  client:
    prot: 9880
    sessions: []
  venue: { senderCompId: HEADRACE }
risk:
  firm: { maxNotinal: 5, maxQuantity: 1.123456789 }
page: { port: 70000 }
topics: { orders.acepted: required }
transform:
  - { when: 'size(1, 2)', fields: { net: QTY * } }
  - { source: feed, fields: { bid: BID } }
`;
  t.strictSame(problemsOf(text), [
    'g.yaml:3:1: jurnal: unknown key; did you mean `journal`?',
    'g.yaml:5:15: journal.durability: expected none | os | group | each, but found the text "grupo"; did you mean `group`?',
    'g.yaml:6:13: journal.retainGb: must be at least 0.0625',
    'g.yaml:9:5: fix.client.prot: unknown key; did you mean `port`?',
    'g.yaml:10:15: fix.client.sessions: needs at least 1',
    'g.yaml:11:3: fix.venue.targetCompId: is required but missing',
    'g.yaml:13:11: risk.firm.maxNotinal: unknown key; did you mean `maxNotional`?',
    'g.yaml:13:39: risk.firm.maxQuantity: expected a plain number with at most 8 decimals, such as 1000000.00',
    'g.yaml:14:15: page.port: must be at most 65535',
    'g.yaml:15:11: topics.orders.acepted: unknown key; did you mean `orders.accepted`?',
    "g.yaml:17:13: transform[0].when: `size(1, 2)` is no expression at line 1, column 1: found no matching overload for 'size(int, int)'; it is called as size(string): int or size(bytes): int or size(list<dyn>): int or size(map<dyn, dyn>): int or string.size(): int or bytes.size(): int or list<dyn>.size(): int or map<dyn, dyn>.size(): int",
    'g.yaml:17:42: transform[0].fields.net: `QTY *` is no expression at line 1, column 6: Unexpected token: EOF',
    'g.yaml:18:15: transform[1].source: fix, feed and startOfDay bring no JSON records: a step takes those of an embedder’s source or of inject',
  ]);
});

t.test('values that do not go together are named where they stand', async t => {
  const rest = `page: { host: 0.0.0.0, port: 9880 }
journal: { durability: none }
risk: { sessions: { NOBODY: { messageRate: { count: 1, windowMs: 1 } } } }
startOfDya: {}
topics: { quotes: required }
sinks:
  websocket: { host: 0.0.0.0 }
  kafka: { brokers: ['k:9092'], ssl: { ca: /nowhere/ca.pem }, sasl: { mechanism: plain, username: u, password: { env: NOT_SET } } }
`;
  t.strictSame(problemsOf(SMALLEST + rest), [
    'g.yaml:4:3: fix.client.port: port 9880 is also page.port',
    'g.yaml:7:15: page.host: without admin.tokens only a loopback address may be bound',
    'g.yaml:8:24: journal.durability: a venue session needs at least `os`: `none` may lose sent orders',
    'g.yaml:9:29: risk.sessions.NOBODY: is no targetCompId of fix.client.sessions',
    'g.yaml:10:1: startOfDya: unknown key; did you mean `startOfDay`?',
    'g.yaml:11:19: topics.quotes: quotes are bounded by feed.retainGb and refuse no order: `bestEffort` only',
    'g.yaml:13:22: sinks.websocket.host: without admin.tokens only a loopback address may be bound',
    'g.yaml:14:44: sinks.kafka.ssl.ca: file /nowhere/ca.pem does not exist',
    'g.yaml:14:112: sinks.kafka.sasl.password: environment variable NOT_SET is not set',
  ]);
});

t.test('a schedule that cannot be kept is named by its key, and so is a certificate nobody is asked for', async t => {
  const text = `version: 1
instance: desk-1
fix:
  client:
    sessions:
      - senderCompId: H
        targetCompId: A
        schedule: { kind: daily, startTime: '08:00' }
      - { senderCompId: H, targetCompId: B, schedule: { kind: weekly, startTime: 8am, endTime: '17:00', startDay: monday, endDay: fryday } }
      - { senderCompId: H, targetCompId: C, schedule: { startTime: '08:00' } }
      - { senderCompId: H, targetCompId: D, schedule: { resetSeqTime: '17:00', timeZone: Europe/Atlantis } }
  venue: { senderCompId: H, targetCompId: V, hostPolicy: roundRobbin, failover: [{ host: v2 }] }
`;
  t.strictSame(problemsOf(text), [
    'g.yaml:8:9: fix.client.sessions[0].schedule.endTime: is required but missing',
    'g.yaml:9:131: fix.client.sessions[1].schedule.endDay: expected sunday | monday | tuesday | wednesday | thursday | friday | saturday, but found the text "fryday"; did you mean `friday`?',
    'g.yaml:10:68: fix.client.sessions[2].schedule.startTime: is not read by a schedule of kind nonStop',
    'g.yaml:11:90: fix.client.sessions[3].schedule.timeZone: is no time zone that is known, such as Europe/Berlin',
    'g.yaml:12:58: fix.venue.hostPolicy: expected roundRobin | firstAgain, but found the text "roundRobbin"; did you mean `roundRobin`?',
    'g.yaml:12:71: fix.venue.failover[0].port: is required but missing',
  ]);
  const bound = SMALLEST.replace('targetCompId: DESK', 'targetCompId: DESK, certificateName: desk.test');
  t.strictSame(problemsOf(bound), ['g.yaml:5:79: fix.client.sessions[0].certificateName: needs fix.client.tls.ca']);
});

t.test('layouts are compiled by the check, so that no worker finds them wrong later', async t => {
  const folder = t.testdir({ 'p.cpy': '       01 HEADER-RECORD.\n           05 REC-TYPE PIC X.\n' });
  const feed = (columns: string) => `feed: { layout: [${columns}] }\n`;
  const symbol = '{ name: symbol, size: 8 }';
  const rows: readonly [string, RegExp][] = [
    [feed(`${symbol}, { name: bid, size: 8, type: integer }`), /feed\.layout: the feed's layout has no column `price`/],
    [feed(`${symbol}, { name: price, size: 9 }`), /`price` cannot be of type text/],
    [
      feed(`{ name: symbol, size: 8, type: integer }, { name: price, size: 9, type: integer }`),
      /`symbol` cannot be of type integer/,
    ],
    [feed(`${symbol}, { name: price, size: 50, type: integer }`), /feed\.layout: .*50/],
    [
      feed(`${symbol}, { name: price, size: 9, type: integer }, { name: price, size: 9, type: integer }`),
      /feed\.layout: .*price/,
    ],
    [
      `startOfDay: { file: x, copybook: ${join(folder, 'p.cpy')}, recordType: REC-TYPE, header: { when: H, record: HEADER-RECORD, businessDate: NO-DATE }, position: { when: P, record: HEADER-RECORD, account: A, symbol: S, quantity: Q, averagePrice: P }, trailer: { when: T, record: HEADER-RECORD, positionCount: N } }\n`,
      /startOfDay\.copybook: HEADER-RECORD has no field NO-DATE/,
    ],
  ];
  for (const [text, expected] of rows) t.match(problemsOf(SMALLEST + text).join('\n'), expected, text.slice(0, 90));
});

t.test('cancelOnDisconnect has its defaults, and its problems are named where they stand', async t => {
  const smallest = (option: string) => SMALLEST.replace(/(targetCompId: [A-Z]+)/, `$1, cancelOnDisconnect: ${option}`);
  const read = checkConfig(smallest('{}'), { file: 'g.yaml', environment: {} });
  t.strictSame(read.config?.fix.client.sessions[0]?.cancelOnDisconnect, { graceMs: 5_000, onLogout: false });
  t.match(problemsOf(smallest('{ graceMs: -1, onLogOut: true }')), [
    /^g\.yaml:\d+:\d+: fix\.client\.sessions\[0\]\.cancelOnDisconnect\.graceMs: must be at least 0$/,
    /^g\.yaml:\d+:\d+: .*onLogOut: unknown key; did you mean `onLogout`\?$/,
  ]);
});

t.test('a number that is no money may have decimals', async t => {
  const text = `${SMALLEST}journal: { retainGb: 0.5 }\n`;
  t.equal(checkConfig(text, { file: 'g.yaml', environment: {} }).config?.journal.retainGb, 0.5);
});

t.test('variables are replaced inside values only, after parsing', async t => {
  const set = (value: string, environment: NodeJS.ProcessEnv) =>
    checkConfig(`${SMALLEST}page:\n  port: ${value}\ndataDir: "\${DIR:data}"\n`, { file: '/g.yaml', environment });
  t.equal(set('${PORT}', { PORT: '8099' }).config?.page.port, 8099, 'reads a whole number from PORT=8099');
  t.equal(set('${PORT:8081}', {}).config?.page.port, 8081, 'takes the default 8081');
  t.equal(set('8080', { DIR: 'a: {b: c}' }).config?.dataDir, '/a: {b: c}', 'a variable never becomes structure');
  t.equal(set('8080', { DIR: '$${X}' }).config?.dataDir, '/$${X}', 'what a variable holds is not replaced again');
  t.strictSame(problemsOf(`${SMALLEST}dataDir: x\${NOT_SET}\n`), [
    'g.yaml:7:10: dataDir: environment variable NOT_SET is not set and ${NOT_SET} has no default',
  ]);
  t.strictSame(problemsOf(`${SMALLEST}dataDir: \${not a name}\n`), [
    'g.yaml:7:10: dataDir: ${not a name} does not name an environment variable',
  ]);
  t.strictSame(problemsOf(`${SMALLEST}dataDir: $\${HOME}\n`), [], '$${ stands for ${');
});

t.test('money keeps every digit of the file', async t => {
  const firm = (text: string) =>
    checkConfig(`${SMALLEST}risk: { firm: ${text} }\n`, { file: 'g.yaml', environment: {} });
  t.equal(firm('{ maxNotional: 90071992547409.93 }').config?.risk.firm.maxNotional, '90071992547409.93');
  t.equal(firm('{ maxNotional: 1000000.00 }').config?.risk.firm.maxNotional, '1000000.00');
  t.equal(firm('{ maxNotional: "5" }').config?.risk.firm.maxNotional, '5');
  for (const bad of ['-1', '1e400', '.inf', '0x10.5', '99999999999999999999', '1,5', 'true', '[1]'])
    t.equal(firm(`{ maxNotional: "${bad}" }`).config, undefined, `refuses ${bad}`);
});

t.test('secrets are references, and what was written in their place is not shown', async t => {
  const token = (value: string, environment = { OPERATOR: 'x' }) =>
    problemsOf(`${SMALLEST}admin: { tokens: [{ token: ${value}, role: operator }] }\n`, environment);
  t.strictSame(token('{ env: OPERATOR }'), []);
  t.strictSame(token('{ env: OPERATOR }', { OPERATOR: '' }), [
    'g.yaml:7:28: admin.tokens[0].token: environment variable OPERATOR is not set',
  ]);
  const found = token('hunter2');
  t.strictSame(found, [
    'g.yaml:7:28: admin.tokens[0].token: a secret is a reference: { env: NAME } or { file: PATH }, never the secret itself',
  ]);
});

t.test('hostile files end as problems, not as crashes', async t => {
  const rows: readonly [string, RegExp][] = [
    ['', /expected a mapping, but found nothing/],
    ['[1, 2]', /expected a mapping, but found a list/],
    ['{', /g\.yaml:1:2: YAML: Flow map/],
    [`${SMALLEST}risk: &r\n  accounts: *r\n`, /risk\.accounts: \*r stands within its own anchor/],
    ['a: 1\na: 2\n', /YAML: Map keys must be unique/],
    [`${SMALLEST}dataDir: !evil x\n`, /g\.yaml:7:10: YAML: Unresolved tag: !evil/],
    [`${SMALLEST}__proto__: { a: 1 }\n`, /__proto__: unknown key/],
    [
      `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefgh'.replace(/./g, (key, at: number) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[at]}`).join()}]\n`)}`,
      /more than 100000 values/,
    ],
  ];
  for (const [text, expected] of rows)
    t.match(problemsOf(text).join('\n'), expected, JSON.stringify(text.slice(0, 24)));
});

t.test('did-you-mean finds near names only', async t => {
  t.equal(nearestName('prot', ['port', 'host']), 'port');
  t.equal(nearestName('MaxNotional', ['maxNotional']), 'maxNotional');
  t.equal(nearestName('zebra', ['port', 'host']), undefined);
});

t.test('an embedder gives an object and gets the same problems', async t => {
  const fix = {
    client: { sessions: [{ senderCompId: 'H', targetCompId: 'D' }] },
    venue: { senderCompId: 'H', targetCompId: 'V' },
  };
  const config = parseConfig({ version: 1, instance: 'a', fix, risk: { firm: { maxNotional: '1.50' } } }, '/srv');
  t.equal(config.dataDir, '/srv/data');
  t.equal(config.risk.firm.maxNotional, '1.50');
  t.throws(() => parseConfig({ version: 1, instance: 'a', fix, risk: { firm: { maxNotional: 1.5 } } }, '/srv'), {
    code: 'HR_CONFIG_INVALID',
    message: /risk\.firm\.maxNotional: expected a plain number/,
  });
});

t.test('a drop copy goes to another session, of the same version, that keeps what it gets', t => {
  const text = `version: 1
instance: a
fix:
  client:
    sessions:
      - { senderCompId: H, targetCompId: A }
      - { senderCompId: H, targetCompId: B, resetOnLogon: true }
      - { senderCompId: H, targetCompId: C, beginString: FIX.4.2 }
      - { senderCompId: H, targetCompId: D }
      - { senderCompId: H, targetCompId: E, resetOnDisconnect: true }
  venue: { senderCompId: H, targetCompId: V }
  dropCopy:
    - { from: A, to: B }
    - { from: A, to: C }
    - { from: X, to: A }
    - { from: venue, to: Y }
    - { from: venue, to: A }
    - { from: venue, to: D, messages: all }
    - { from: venue }
    - { from: E }
`;
  t.strictSame(problemsOf(text), [
    'g.yaml:13:22: fix.dropCopy[0].to: B has resetOnLogon or resetOnDisconnect: what is copied while it is away would be lost',
    'g.yaml:14:22: fix.dropCopy[1].to: C has FIX.4.2, and A FIX.4.4: a copy keeps its version',
    'g.yaml:15:15: fix.dropCopy[2].from: X is no targetCompId of fix.client.sessions, and not `venue`',
    'g.yaml:16:26: fix.dropCopy[3].to: Y is no targetCompId of fix.client.sessions, and not `topic`',
    'g.yaml:17:26: fix.dropCopy[4].to: A is copied itself',
    'g.yaml:20:15: fix.dropCopy[7].from: E has resetOnLogon or resetOnDisconnect: what it is not told while away has no copy; `from: venue` has all',
  ]);
  t.end();
});

t.test('the commands check and schema answer as documented', async t => {
  const folder = t.testdir({ 'bad.yaml': 'version: 2\n' });
  for (const file of ['gateway.yaml', 'positions.cpy'])
    copyFileSync(join(projectRoot, 'examples', 'desk', file), join(folder, file));
  const good = headrace('check', join(folder, 'gateway.yaml'));
  t.equal(good.status, 0, good.errors.join('\n'));
  t.equal(headrace('check', join(projectRoot, 'examples', 'desk', 'gateway.yaml')).status, 0, 'the example is right');
  const bad = headrace('check', join(folder, 'bad.yaml'));
  t.equal(bad.status, 78);
  t.match(bad.errors.join('\n'), /bad\.yaml:1:10: version: expected 1, but found 2/);
  const json = headrace('check', '--json', join(folder, 'bad.yaml'));
  t.equal(json.status, 78);
  t.match(JSON.parse(json.out), {
    ok: false,
    problems: [{ line: 1, column: 1, path: 'instance' }, { path: 'fix' }, { column: 10 }],
  });
  t.equal(headrace('check', join(folder, 'absent.yaml')).status, 78);
  t.match(JSON.parse(headrace('schema').out), { type: 'object', required: ['version', 'instance', 'fix'] });
});

t.test('the accounts of a second file join the configuration, and its problems name that file', async t => {
  const folder = t.testdir({ 'accounts.yaml': 'A1: { maxNotional: 5.00 }\nA2: { maxNotinal: 5 }\n' });
  writeFileSync(join(folder, 'g.yaml'), `${SMALLEST}risk: { accountsFile: accounts.yaml }\n`);
  t.throws(() => loadConfig(join(folder, 'g.yaml')), { message: /accounts\.yaml:2:7: A2\.maxNotinal: unknown key/ });
  writeFileSync(join(folder, 'accounts.yaml'), 'A1: { maxNotional: 5.00 }\n');
  t.strictSame(loadConfig(join(folder, 'g.yaml')).risk.accounts, { A1: { maxNotional: '5.00' } });
});

t.test('docs/config.md is written from the schema', async t => {
  const page = readFileSync(join(projectRoot, 'docs', 'config.md'), 'utf8');
  t.equal(page, configReference(), 'run `headrace schema --markdown > docs/config.md`');
});

t.test(
  'a message that its .proto file does not have is named at its place, and so is a file that is not there',
  async t => {
    const folder = t.testdir({ 'trade.proto': 'syntax = "proto3";\nmessage Trade { string id = 1; }\n' });
    const text = (proto: string, message: string): string =>
      `${SMALLEST}sinks:\n  kafka:\n    brokers: [a:1]\n    encoding:\n      application: { proto: ${proto}, message: ${message} }\n`;
    const file = join(folder, 'g.yaml');
    const problems = (yaml: string): string[] => checkConfig(yaml, { file, environment: {} }).problems.map(problemText);
    t.strictSame(problems(text('trade.proto', 'Trade')), []);
    t.strictSame(problems(text('trade.proto', 'Order')), [
      `${file}:11:51: sinks.kafka.encoding.application.message: ${join(folder, 'trade.proto')} has no message Order; it has Trade`,
    ]);
    t.match(problems(text('none.proto', 'Order'))[0], `${file}:11:29: sinks.kafka.encoding.application.proto: `);
  },
);
