import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { TradingSystemMessageBridge, type ProgramBridgeOptions, type SignalInput } from '../../src/index.js';
import { freePort } from '../support/free-port.js';
import { openHttpPeer, openTcpPeer, type PeerAnswer } from '../support/order-peers.js';

const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

function signal(more: Readonly<Record<string, unknown>> = {}): SignalInput {
  const given = { signal_id: 's-1', signal_type: 'arbitrage', symbol: 'ACME', action: 'BUY', quantity: '12.5' };
  return { ...given, timestamp: NOW_MS, ...more } as SignalInput;
}

function bridgeOf(options: ProgramBridgeOptions = {}): TradingSystemMessageBridge {
  return new TradingSystemMessageBridge({ nowMs: () => NOW_MS, native: 'off', ...options });
}

type JsonApi = NonNullable<NonNullable<ProgramBridgeOptions['systems']>[string]['json_api']>;

async function httpBridge(
  t: Test,
  answers: readonly PeerAnswer[],
  more: Partial<JsonApi> = {},
  options: ProgramBridgeOptions = {},
) {
  const peer = await openHttpPeer(answers);
  t.teardown(() => peer.close());
  const api = { url: peer.url, retryMs: 1, timeoutMs: 300, ...more };
  return { peer, bridge: bridgeOf({ systems: { desk: { json_api: api } }, ...options }) };
}

t.test('a signal that is not fit is REJECTED with the field, its value and what is expected', async t => {
  const bridge = bridgeOf({
    types: ['momentum'],
    policies: [{ name: 'desk-7', forbid: ['liquidation'], reason: 'no licence' }],
  });
  const rows: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ signal_id: '' }, 'signal_id: "" is not text of 1 to 128 characters'],
    [{ signal_id: 7 }, 'signal_id: 7 is not text of 1 to 128 characters'],
    [
      { signal_type: 'rumour' },
      'signal_type: "rumour" is none of arbitrage, liquidation, sandwich, frontrun, momentum',
    ],
    [
      { signal_type: 'sandwich' },
      'policy answerable: sandwich is forbidden until signals.answerable names who answers for it',
    ],
    [
      { signal_type: 'frontrun' },
      'policy answerable: frontrun is forbidden until signals.answerable names who answers for it',
    ],
    [{ signal_type: 'liquidation' }, 'policy desk-7: liquidation is forbidden: no licence'],
    [{ symbol: '' }, 'symbol: "" is not text of 1 to 31 characters'],
    [{ symbol: 'A\x01B' }, 'symbol: "A\\u0001B" is not text of 1 to 31 characters'],
    [{ action: 'HOLD' }, 'action: "HOLD" is none of BUY, SELL, SELL_SHORT'],
    [
      { quantity: '0' },
      'quantity: "0" is not a number above 0 of at most 8 decimals: text, a bigint, or a whole number',
    ],
    [{ quantity: '-1' }, 'quantity: "-1" is not a number above 0'],
    [{ quantity: 0.1 }, 'quantity: 0.1 is not a number above 0'],
    [{ quantity: 2 ** 53 }, 'quantity: 9007199254740992 is not a number above 0'],
    [{ quantity: '0.000000001' }, 'quantity: "0.000000001" is not a number above 0'],
    [{ quantity: '92233720368.54775808' }, 'quantity: "92233720368.54775808" is not a number above 0'],
    [{ quantity: '1e3' }, 'quantity: "1e3" is not a number above 0'],
    [{ price: '-2' }, 'price: "-2" is not a number above 0'],
    [{ timestamp: NOW_MS - 5_001 }, 'timestamp: stale, 5001 ms old > 5000 ms'],
    [{ timestamp: NOW_MS + 1_001 }, 'timestamp: 1001 ms ahead of the clock > 1000 ms'],
    [{ timestamp: '2026-11-23 12:00' }, 'timestamp: "2026-11-23 12:00" is neither milliseconds since 1970'],
    [{ timestamp: '2026-11-23T12:00:00' }, 'timestamp: "2026-11-23T12:00:00" is neither milliseconds since 1970'],
    [{ note: 'x'.repeat(17_000) }, 'the signal has'],
    [{ note: () => 1 }, 'a field cannot be read: a value of type function'],
    [{}, 'no route holds for it: signals.routes lead to no trading system'],
  ];
  for (const [index, [more, reason]] of rows.entries()) {
    const answer = await bridge.processSignal(signal({ signal_id: `r-${index}`, ...more }));
    t.match(answer, { status: 'REJECTED' }, reason);
    t.ok('reason' in answer && answer.reason.startsWith(reason), `${reason} | ${JSON.stringify(answer)}`);
  }
  for (const none of [undefined, null, 'text', [], 5]) {
    const answer = await bridge.processSignal(none as unknown as SignalInput);
    t.strictSame(answer, { status: 'REJECTED', reason: 'a signal is an object' });
  }
});

t.test('a signal becomes a POST with the digits it has; IOC, MARKET without a price', async t => {
  const { bridge, peer } = await httpBridge(t, [{ status: 200, body: '{}' }]);
  const answer = await bridge.processSignal(signal({ quantity: '12345678901.12345678', account: 'ACC1' }));
  t.strictSame(answer, { status: 'SENT', signal_id: 's-1', system: 'desk', clientOrderId: 's-1' });
  t.equal(
    peer.requests[0]?.body,
    '{"clientOrderId":"s-1","symbol":"ACME","side":"BUY","orderType":"MARKET","timeInForce":"IOC",' +
      '"quantity":12345678901.12345678,"account":"ACC1","signal_id":"s-1","signal_type":"arbitrage"}',
  );
  t.equal(peer.requests[0]?.headers['idempotency-key'], 's-1');
  t.match(bridge.getExecution('s-1'), {
    status: 'WORKING',
    isOver: false,
    quantity: '12345678901.12345678',
    cumQty: '0',
  });
  t.equal(bridge.getExecution('other'), undefined);
});

t.test(
  'the same signal_id again, also at once and when it is stale by then, gives the first answer and sends nothing',
  async t => {
    let nowMs = NOW_MS;
    const { bridge, peer } = await httpBridge(t, [{ status: 200, body: '{}' }], {}, { nowMs: () => nowMs });
    const [first, second] = await Promise.all([bridge.processSignal(signal()), bridge.processSignal(signal())]);
    nowMs += 60_000;
    t.strictSame([first, second, await bridge.processSignal(signal({ quantity: '99' }))], [first, first, first]);
    t.equal(first.status, 'SENT');
    t.equal(peer.requests.length, 1);
  },
);

t.test('template, order, authorization and response follow the configuration', async t => {
  process.env['SIGNAL_TEST_TOKEN'] = 'secret-7';
  const { bridge, peer } = await httpBridge(t, [{ status: 201, body: '{"id":"X9","done":12.5,"px":100.10000001}' }], {
    auth: { bearer: { env: 'SIGNAL_TEST_TOKEN' } },
    headers: { 'x-desk': 'seven' },
    template: { 'order.qty': 'order.quantity', 'order.px': 'order.price', venue: '"XETR"', why: 'signal_type' },
    response: { state: '"filled"', orderId: 'body.id', cumQty: 'body.done', lastPx: 'body.px' },
  });
  t.match(await bridge.processSignal(signal({ price: '100.5', edge: '0.2' })), { status: 'SENT' });
  t.equal(peer.requests[0]?.body, '{"order":{"qty":12.5,"px":100.5},"venue":"XETR","why":"arbitrage"}');
  t.match(peer.requests[0]?.headers, { authorization: 'Bearer secret-7', 'x-desk': 'seven' });
  t.match(bridge.getExecution('s-1'), {
    status: 'FILLED',
    isOver: true,
    orderId: 'X9',
    cumQty: '12.5',
    leavesQty: '0',
    lastPx: '100.10000001',
    avgPx: '100.10000001',
    reports: 1,
  });
});

t.test('503 is tried again with the same key; 422 is REJECTED in the system’s words', async t => {
  const later = await httpBridge(t, [
    { status: 503, body: '' },
    { status: 503, body: '' },
    { status: 200, body: '{}' },
  ]);
  t.match(await later.bridge.processSignal(signal()), { status: 'SENT' });
  t.strictSame(
    later.peer.requests.map(({ headers }) => headers['idempotency-key']),
    ['s-1', 's-1', 's-1'],
  );
  const no = await httpBridge(t, [{ status: 422, body: 'unknown symbol' }]);
  t.match(await no.bridge.processSignal(signal()), {
    status: 'REJECTED',
    reason: 'system desk: HTTP 422: unknown symbol',
  });
  t.match(no.bridge.getExecution('s-1'), { status: 'REJECTED', isOver: true, leavesQty: '0' });
});

t.test('where nobody knows whether the order is there, ERROR says so; where it cannot be there, too', async t => {
  const silent = await httpBridge(t, [undefined], { attempts: 2, timeoutMs: 60 });
  const answer = await silent.bridge.processSignal(signal());
  t.match(answer, { status: 'ERROR', sent: 'unknown', error: /^system desk: .*\(attempt 2 of 2\)$/ });
  t.match(silent.bridge.getExecution('s-1'), { status: 'UNKNOWN', isOver: false, leavesQty: '12.5' });
  t.match(
    await silent.bridge.reportExecution('s-1', { state: 'filled', lastPx: '7' }),
    { status: 'FILLED', isOver: true },
    'a later report tells',
  );
  const odd = await httpBridge(t, [{ status: 200, body: 'ok' }], { response: { state: 'body.state' } });
  t.match(await odd.bridge.processSignal(signal()), { status: 'ERROR', sent: 'unknown' });
  const away = bridgeOf({
    systems: { desk: { json_api: { url: `http://127.0.0.1:${await freePort()}/`, attempts: 2, retryMs: 1 } } },
  });
  t.match(await away.processSignal(signal()), { status: 'ERROR', sent: /^no$/ });
  t.match(away.getExecution('s-1'), { status: 'ERROR', isOver: true });
  const noSession = bridgeOf({ systems: { venue: { fix: {} } } });
  t.match(await noSession.processSignal(signal()), { status: 'ERROR', sent: /^no$/, error: /no FIX sessions/ });
});

t.test('each order is judged by the limits before anything is sent', async t => {
  const limits = { firm: { maxQuantity: '10' } };
  const { bridge, peer } = await httpBridge(t, [{ status: 200, body: '{}' }], {}, { limits });
  t.match(await bridge.processSignal(signal()), { status: 'REJECTED', reason: 'maxQuantity: 12.5 > 10' });
  t.equal(peer.requests.length, 0);
  t.throws(() => bridgeOf({ limits: { everyAccount: { maxPosition: '5' } } }), { code: 'HR_CONFIG' });
});

t.test('later reports add up: fills, then the end; what cannot be booked is refused', async t => {
  const { bridge } = await httpBridge(t, [{ status: 200, body: '{}' }]);
  await bridge.processSignal(signal({ quantity: '10' }));
  await bridge.reportExecution('s-1', { state: 'partially_filled', cumQty: '4', lastPx: '10' });
  t.match(bridge.getExecution('s-1'), { status: 'PARTIALLY_FILLED', cumQty: '4', leavesQty: '6', avgPx: '10' });
  await t.rejects(bridge.reportExecution('s-1', { state: 'partially_filled', cumQty: '3', lastPx: '10' }), {
    code: 'HR_SIGNAL_REPORT',
  });
  await t.rejects(bridge.reportExecution('s-1', { state: 'filled', cumQty: '11', lastPx: '10' }), /quantity/);
  await t.rejects(bridge.reportExecution('s-1', { state: 'filled' }), /lastPx: a fill needs its price/);
  await t.rejects(bridge.reportExecution('s-2', { state: 'filled' }), { code: 'HR_SIGNAL_UNKNOWN' });
  await bridge.reportExecution('s-1', { state: 'canceled', cumQty: '6', lastPx: '11', text: 'IOC' });
  t.match(bridge.getExecution('s-1'), {
    status: 'CANCELED',
    isOver: true,
    cumQty: '6',
    leavesQty: '0',
    lastPx: '11',
    avgPx: '10.33333333',
    reports: 4,
    text: 'IOC',
  });
});

t.test(
  'the first route that holds chooses the system; records of a layout go over TCP, their answer is read',
  async t => {
    // 20 + 1 + 12 characters, then the answer: OK or NO, 10 digits of quantity, 12 of price.
    const peer = await openTcpPeer(33, 'OK0000010000000000010050');
    t.teardown(() => peer.close());
    const answer = {
      layout: {
        fields: [
          { name: 'state', width: 2 },
          { name: 'done', type: 'decimal' as const, width: 10, scale: 3 },
          { name: 'px', type: 'decimal' as const, width: 12, scale: 2 },
        ],
      },
      response: { state: 'body.state == "OK" ? "filled" : "rejected"', cumQty: 'body.done', lastPx: 'body.px' },
    };
    const host = {
      layout: {
        fields: [
          { name: 'id', width: 20 },
          { name: 'side', width: 1 },
          { name: 'quantity', type: 'decimal' as const, width: 12, scale: 3 },
        ],
      },
      fields: { id: 'order.clientOrderId', side: 'action == "BUY" ? "B" : "S"', quantity: 'order.quantity' },
      tcp: { host: '127.0.0.1', port: peer.port, timeoutMs: 2_000 },
      answer,
    };
    const file = join(t.testdir(), 'orders.txt');
    const bridge = bridgeOf({
      systems: {
        host: { proprietary: host },
        batch: { proprietary: { ...host, tcp: undefined, answer: undefined, file } },
      },
      routes: [{ when: 'quantity < 11', to: 'host' }, { to: 'batch' }],
    });
    t.match(await bridge.processSignal(signal({ quantity: 10n })), { status: 'SENT', system: 'host' });
    t.strictSame(peer.records, ['s-1                 B000000010000']);
    t.match(bridge.getExecution('s-1'), { status: 'FILLED', cumQty: '10', lastPx: '100.5' });
    t.match(await bridge.processSignal(signal({ signal_id: 's-2' })), { status: 'SENT', system: 'batch' });
    t.equal(readFileSync(file, 'latin1'), 's-2                 B000000012500');
    const long = await bridge.processSignal(signal({ signal_id: 'i'.repeat(21) }));
    t.match(long, { status: 'ERROR', sent: /^no$/, error: /^system batch: its record cannot be written: / });
  },
);

t.test('a copybook lays out the record in EBCDIC', async t => {
  const folder = t.testdir();
  writeFileSync(
    join(folder, 'order.cpy'),
    '       01 ORDER-RECORD.\n          05 ID PIC X(4).\n          05 QTY PIC S9(5)V99 COMP-3.\n',
  );
  const file = join(folder, 'orders.ebc');
  const bridge = bridgeOf({
    folder,
    systems: {
      host: {
        proprietary: {
          layout: { copybook: 'order.cpy' },
          fields: { ID: 'order.clientOrderId', QTY: 'order.quantity' },
          file: 'orders.ebc',
        },
      },
    },
  });
  t.match(await bridge.processSignal(signal({ signal_id: 'AB12' })), { status: 'SENT' });
  t.equal(readFileSync(file).toString('hex'), 'c1c2f1f20001250c');
});

t.test('what is remembered is bounded: the one over for longest goes first, an open one never', async t => {
  const { bridge, peer } = await httpBridge(t, [{ status: 200, body: '{}' }], {}, { rememberedMax: 2 });
  await bridge.processSignal(signal({ signal_id: 'a' }));
  await bridge.processSignal(signal({ signal_id: 'b', action: 'HOLD' }));
  await bridge.processSignal(signal({ signal_id: 'c' }));
  t.equal(bridge.getExecution('b'), undefined);
  t.match(bridge.getExecution('a'), { status: 'WORKING' });
  t.match(await bridge.processSignal(signal({ signal_id: 'd' })), {
    status: 'REJECTED',
    reason: 'rememberedMax: all 2 signals that are remembered are open',
  });
  t.equal(peer.requests.length, 2);
});

t.test('the configuration is refused with the place and what is expected', t => {
  const rows: readonly [object, RegExp][] = [
    [{ systems: { a: {} } }, /exactly one of fix, json_api and proprietary/],
    [{ systems: { a: { fix: {} }, b: { fix: {} } } }, /several systems need routes that choose/],
    [{ routes: [{ to: 'x' }] }, /is none of signals.systems: there are none/],
    [{ preset: 'none' }, /name types, or a preset/],
    [{ policies: [{ name: 'p', forbid: ['x'] }] }, /is no type that is taken: arbitrage/],
    [{ systems: { a: { fix: {}, order: { tags: { 38: '"1"' } } } } }, /is no tag, or one that the session/],
    [{ systems: { a: { fix: {}, order: { price: 'price +' } } } }, /is no expression at line 1/],
    [{ systems: { a: { json_api: { url: 'ftp://x/' } } } }, /[Uu]rl|URL/],
  ];
  for (const [options, expected] of rows)
    t.throws(() => bridgeOf(options as ProgramBridgeOptions), { message: expected });
  t.end();
});

t.test('sandwich is taken once the configuration names who answers for it', async t => {
  const answerable = { sandwich: 'Head of Desk' };
  const { bridge } = await httpBridge(t, [{ status: 200, body: '{}' }], {}, { answerable });
  t.match(await bridge.processSignal(signal({ signal_type: 'sandwich' })), { status: 'SENT' });
  t.match(await bridge.processSignal(signal({ signal_id: 's-2', signal_type: 'frontrun' })), { status: 'REJECTED' });
});
