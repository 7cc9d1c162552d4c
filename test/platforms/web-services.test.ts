import { spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { XMLParser } from 'fast-xml-parser';
import t, { type Test } from 'tap';

import { Decimal } from '../../src/model/index.js';
import { PlatformWebServices, platformOptions } from '../../src/platforms/index.js';
import { TestAuthority, hasOpenssl } from '../support/certificates.js';
import { scratchFolder } from '../support/headrace.js';
import { findProgram, needs } from '../support/servers.js';

const { folder, at, file } = scratchFolder('headrace-web-services');

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Nothing is answered, or the connection is closed. */
  readonly silent?: boolean;
  readonly cut?: boolean;
}

/** A service that keeps what it is asked and gives its answers in turn, the last one again and again. */
async function service(
  t: Test,
  answers: readonly Answer[],
  open: (listener: RequestListener) => Server = createServer,
): Promise<{ origin: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = open((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const {
        status = 200,
        headers = {},
        body: said = '',
        silent,
        cut,
      } = answers[Math.min(asked.length, answers.length - 1)]!;
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      if (cut) request.socket.destroy();
      else if (!silent) response.writeHead(status, headers).end(said);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const ENDPOINTS = {
  position: { kind: 'rest', method: 'GET', path: '/positions/{account}?as={asOf}' },
  order: { kind: 'rest', path: '/orders' },
  compliance: {
    kind: 'soap',
    path: '/services/Compliance',
    operation: 'CheckOrder',
    namespace: 'urn:example:compliance',
  },
  modern: {
    kind: 'soap',
    path: '/services/Modern',
    operation: 'CheckOrder',
    namespace: 'urn:example:modern',
    version: '1.2',
    action: 'urn:check',
  },
};

function client(baseUrl: string, more: object = {}): PlatformWebServices {
  const given = { baseUrl, endpoints: ENDPOINTS, retryFirstMs: 5, timeoutMs: 20_000, ...more };
  const session = { senderCompId: 'A', targetCompId: 'B', port: 1 };
  const { webServices } = platformOptions.parse({ profile: 'charles_river', session, webServices: given });
  return new PlatformWebServices(webServices!, folder);
}

t.test('REST: values go into path, query and body; numbers of the answer keep their digits', async t => {
  const body = '{"quantity": 1234567890123456789.10, "lots": [1, 2], "open": true, "note": null}';
  const { origin, asked } = await service(t, [{ body }]);
  const services = client(`${origin}/api/`, { headers: { 'X-Desk': 'EQ' } });
  const got = await services.call('position', { account: 'A/1 ', asOf: '2026-01-02', currency: 'USD' });
  t.same(JSON.parse(JSON.stringify(got.body)), {
    quantity: '1234567890123456789.10',
    lots: [1, 2],
    open: true,
    note: null,
  });
  t.equal((got.body as { quantity: Decimal }).quantity instanceof Decimal, true);
  t.equal(asked[0]?.line, 'GET /api/positions/A%2F1%20?as=2026-01-02&currency=USD');
  t.equal(asked[0]?.headers['x-desk'], 'EQ');
  await services.call('order', { symbol: 'ACME', quantity: Decimal.from('0.10000000'), id: 9007199254740993n });
  t.equal(asked[1]?.line, 'POST /api/orders');
  t.equal(asked[1]?.body, '{"symbol":"ACME","quantity":"0.10000000","id":"9007199254740993"}');
  t.match(asked[1]?.headers['idempotency-key'], /^[0-9a-f-]{36}$/);
});

t.test('a call that fails is made again under the same idempotency key, a bounded number of times', async t => {
  const { origin, asked } = await service(t, [
    { status: 503 },
    { cut: true },
    { status: 429, headers: { 'retry-after': '0' } },
    { body: '{"ok":1}' },
  ]);
  const services = client(origin);
  t.match(await services.call('order', {}, { idempotencyKey: 'K1' }), {
    status: 200,
    body: { ok: 1 },
    attempts: 4,
    idempotencyKey: 'K1',
  });
  t.same(
    asked.map(({ headers }) => headers['idempotency-key']),
    ['K1', 'K1', 'K1', 'K1'],
  );
  const down = await service(t, [{ status: 503, body: 'later' }]);
  await t.rejects(client(down.origin, { retries: 2 }).call('order'), {
    code: 'HR_PLATFORM_STATUS',
    message: 'order: the service answered 503: later',
    retryable: true,
  });
  t.equal(down.asked.length, 3);
  const refusing = await service(t, [{ status: 422, body: 'no such account' }]);
  await t.rejects(client(refusing.origin).call('order'), { code: 'HR_PLATFORM_STATUS', retryable: false });
  t.equal(refusing.asked.length, 1, 'a refusal is not asked for again');
});

t.test('no answer in time, an answer that is cut off, too long or no JSON: each has its own error', async t => {
  const silent = await service(t, [{ silent: true }]);
  await t.rejects(client(silent.origin, { timeoutMs: 300, retries: 1 }).call('order'), {
    code: 'HR_PLATFORM_TIMEOUT',
    message: /order: POST .*: no answer within 300 ms; 2 attempts/,
  });
  t.equal(silent.asked.length, 2);
  const cut = await service(t, [{ cut: true }]);
  await t.rejects(client(cut.origin, { retries: 0 }).call('order'), { code: 'HR_PLATFORM_HTTP' });
  const long = await service(t, [{ body: `"${'x'.repeat(2_000)}"` }]);
  await t.rejects(client(long.origin, { retries: 0, responseMaxKb: 1 }).call('order'), {
    code: 'HR_PLATFORM_HTTP',
    message: /longer than 1024 bytes/,
  });
  const odd = await service(t, [{ body: '{"a":' }]);
  await t.rejects(client(odd.origin).call('order'), { code: 'HR_PLATFORM_ANSWER', message: /no JSON at byte 5/ });
  await t.rejects(client(odd.origin).call('nothing'), {
    code: 'HR_CONFIG',
    message: /it has position, order, compliance/,
  });
  await t.rejects(client(odd.origin).call('position', { asOf: '1' }), {
    code: 'HR_CONFIG',
    message: /no value account/,
  });
  await t.rejects(client(odd.origin).call('position', { asOf: '1', account: '..' }), { code: 'HR_CONFIG' });
});

const SAID = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>';
const END = '</s:Body></s:Envelope>';

t.test('SOAP: the envelope holds the values as text, escaped; the answer comes without prefixes', async t => {
  const answer = `${SAID}<c:CheckOrderResponse xmlns:c="urn:x"><c:limit>1000000.10</c:limit><c:rule>a &amp; b</c:rule></c:CheckOrderResponse>${END}`;
  const { origin, asked } = await service(t, [{ body: answer }]);
  const services = client(origin);
  const got = await services.call('compliance', {
    account: 'A<1>&"',
    legs: [{ symbol: 'ACME', quantity: Decimal.from('10.50') }, { symbol: 'IBM' }],
  });
  t.match(got.body, { limit: '1000000.10', rule: 'a & b' });
  t.match(asked[0]?.headers, {
    'content-type': 'text/xml; charset=utf-8',
    soapaction: '"urn:example:compliance/CheckOrder"',
  });
  const sent = new XMLParser({ ignoreAttributes: false, parseTagValue: false }).parse(asked[0]!.body) as object;
  t.same(sent, {
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    'soap:Envelope': {
      '@_xmlns:soap': 'http://schemas.xmlsoap.org/soap/envelope/',
      'soap:Body': {
        CheckOrder: {
          '@_xmlns': 'urn:example:compliance',
          account: 'A<1>&"',
          legs: [{ symbol: 'ACME', quantity: '10.50' }, { symbol: 'IBM' }],
        },
      },
    },
  });
  await services.call('modern', {});
  t.equal(asked[1]?.headers['content-type'], 'application/soap+xml; charset=utf-8; action="urn:check"');
  t.match(asked[1]?.body, /http:\/\/www.w3.org\/2003\/05\/soap-envelope/);
});

const READ_BY_PYTHON = `
import json, sys, xml.etree.ElementTree as tree
def plain(e): return [e.tag, e.text or '', [plain(child) for child in e]]
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;
const python = findProgram('python3');

t.test(
  'SOAP: Python reads the same elements, namespaces and values',
  needs(python === undefined ? 'python3 is missing' : undefined),
  async t => {
    const { origin, asked } = await service(t, [{ body: `${SAID}${END}` }]);
    const note = 'a<b>&"\' \u00e9\u20ac\ud83d\ude00\r\n]]>';
    await client(origin).call('compliance', { note, leg: [{ quantity: '1.10' }, { quantity: 2n }], empty: '' });
    const { stdout } = spawnSync(python!, ['-c', READ_BY_PYTHON], { input: asked[0]!.body, encoding: 'utf8' });
    const [ours, soap] = ['{urn:example:compliance}', '{http://schemas.xmlsoap.org/soap/envelope/}'];
    const leg = (quantity: string) => [`${ours}leg`, '', [[`${ours}quantity`, quantity, []]]];
    const operation = [
      `${ours}CheckOrder`,
      '',
      [[`${ours}note`, note, []], leg('1.10'), leg('2'), [`${ours}empty`, '', []]],
    ];
    t.same(JSON.parse(stdout), [`${soap}Envelope`, '', [[`${soap}Body`, '', [operation]]]]);
  },
);

t.test(
  'SOAP: a Fault is an error with its code and reason and is not tried again; what is no envelope is refused',
  async t => {
    const fault = `${SAID}<s:Fault><faultcode>s:Client</faultcode><faultstring>account closed</faultstring></s:Fault>${END}`;
    const faulty = await service(t, [{ status: 500, body: fault }]);
    await t.rejects(client(faulty.origin).call('compliance'), {
      code: 'HR_PLATFORM_FAULT',
      message: 'compliance: s:Client: account closed',
      details: { code: 's:Client', reason: 'account closed' },
    });
    t.equal(faulty.asked.length, 1);
    const reason =
      '<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">no</s:Text></s:Reason></s:Fault>';
    const newer = await service(t, [{ status: 500, body: `${SAID}${reason}${END}` }]);
    await t.rejects(client(newer.origin).call('modern'), { message: 'modern: s:Sender: no' });
    const bombs = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${SAID}<r>&b;</r>${END}`;
    for (const body of [bombs, '<html><body>gateway</body></html>', 'no xml <', `${SAID}<a></b>${END}`]) {
      const { origin } = await service(t, [{ body }]);
      await t.rejects(client(origin).call('compliance'), { code: 'HR_PLATFORM_ANSWER' }, body);
    }
    for (const values of [{ 'a b': '1' }, { a: 'x\x00' }, { a: [['1']] }])
      await t.rejects(client(faulty.origin).call('compliance', values), { code: 'HR_PLATFORM_VALUE' });
  },
);

t.test('who calls is said by basic or bearer, secrets by reference', async t => {
  const { origin, asked } = await service(t, [{}]);
  file('secret.txt', 'p:ä\n');
  await client(origin, { auth: { basic: { username: 'desk', password: { file: 'secret.txt' } } } }).call('order');
  await client(origin, { auth: { bearer: { file: 'secret.txt' } } })
    .call('position', { account: '1', asOf: '2' })
    .catch(() => {});
  t.equal(asked[0]?.headers.authorization, `Basic ${Buffer.from('desk:p:ä').toString('base64')}`);
  t.throws(() => client(origin, { auth: { bearer: { env: 'HEADRACE_NOT_SET' } } }), { code: 'HR_CONFIG_SECRET' });
});

t.test(
  'mTLS: the service sees our certificate, and we take only one of our authorities',
  needs(hasOpenssl ? undefined : 'openssl is missing'),
  async t => {
    const authority = new TestAuthority(folder);
    const ours = authority.issue('service', 'localhost', ['DNS:service.test']);
    authority.issue('desk', 'desk');
    const pem = (path: string | undefined): Buffer => readFileSync(path!);
    const options = {
      cert: pem(ours.cert),
      key: pem(ours.key),
      ca: pem(ours.ca),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const { origin, asked } = await service(t, [{ body: '{}' }], listener => createTls(options, listener));
    const url = origin.replace('http:', 'https:');
    const tls = { ca: 'ca.pem', cert: 'desk.pem', key: 'desk.key', serverName: 'service.test' };
    t.match(await client(url, { tls }).call('order'), { status: 200 });
    await t.rejects(client(url, { tls: { ...tls, cert: undefined, key: undefined }, retries: 0 }).call('order'), {
      code: 'HR_PLATFORM_HTTP',
    });
    await t.rejects(client(url, { tls: { ...tls, serverName: 'other.test' }, retries: 0 }).call('order'), {
      code: 'HR_PLATFORM_HTTP',
      message: /other.test/,
    });
    await t.rejects(client(url, { tls: { cert: 'desk.pem', key: 'desk.key' }, retries: 0 }).call('order'), {
      code: 'HR_PLATFORM_HTTP',
    });
    t.throws(() => client(url, { tls: { ca: at('none.pem') } }), { code: 'HR_TLS_FILE' });
    t.equal(asked.length, 1);
  },
);

/** A live installation: its address, and the config of one call that only reads. */
const live = process.env['HEADRACE_CHARLES_RIVER'];

t.test(
  'a live Charles River answers a call',
  { skip: live === undefined && 'HEADRACE_CHARLES_RIVER is not set' },
  async t => {
    const { webServices, call, values } = JSON.parse(readFileSync(live!, 'utf8')) as {
      webServices: object;
      call: string;
      values: Record<string, string>;
    };
    const session = { senderCompId: 'A', targetCompId: 'B', port: 1 };
    const options = platformOptions.parse({ profile: 'charles_river', session, webServices });
    t.match(await new PlatformWebServices(options.webServices!, folder).call(call, values), { status: 200 });
  },
);
