import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { TradingSystemMessageBridge, type GatewayConfigInput, type SignalExecution } from '../../src/index.js';
import { fixBytes } from '../support/fix-session.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { openHttpPeer, openTcpPeer } from '../support/order-peers.js';
import { until } from '../support/until.js';

t.setTimeout(120_000);

type Signals = NonNullable<GatewayConfigInput['signals']>;

/** A desk of one account and one symbol, whose venue fills each order as a whole. */
function signalDesk(t: Test, signals: Signals, fillPercent = 100): GatewayDesk {
  const desk = new GatewayDesk({
    folder: join(t.testdirName, 'desk'),
    counterparty: { venueRejectPercent: 0, venueFillPercent: fillPercent, venuePartialFillPercent: 0 },
    change: config => {
      delete config.startOfDay;
      delete config.feed;
      config.signals = { account: 'ACC1', staleAfterMs: 60_000, ...signals };
      config.risk = {
        accounts: { ACC1: { maxPosition: '100' } },
        symbols: { AAPL: { maxQuantity: '60' } },
      };
    },
  });
  t.testdir();
  t.teardown(() => desk.close(0));
  return desk;
}

function signal(id: string, more: object = {}) {
  const given = { signal_id: id, signal_type: 'arbitrage', symbol: 'AAPL', action: 'BUY', quantity: '50' };
  return { ...given, price: '231.5', timestamp: Date.now(), ...more };
}

async function post(desk: GatewayDesk, path: string, body: string): Promise<{ status: number; answer: unknown }> {
  const url = `http://127.0.0.1:${desk.gateway.ports.page}${path}`;
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: response.status, answer: await response.json() };
}

async function executionBy(desk: GatewayDesk, id: string): Promise<SignalExecution> {
  const response = await fetch(`http://127.0.0.1:${desk.gateway.ports.page}/signals/${id}`);
  return (await response.json()) as SignalExecution;
}

/** What the clients' port sends to a Logon under a name: the first bytes, or nothing where it closes. */
function logon(port: number, name: string): Promise<string> {
  const target = name === 'PROBE' ? 'HEADRACE' : 'desk-1';
  const time = new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21);
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(fixBytes('FIX.4.4', `35=A|34=1|49=${name}|52=${time}|56=${target}|98=0|108=30|`));
  return new Promise(resolve => {
    let answer = '';
    socket.on('error', () => {});
    socket.on('data', piece => {
      answer += piece.toString('latin1');
      socket.destroy();
    });
    socket.on('close', () => resolve(answer));
  });
}

t.test(
  'a signal goes through gate and ledger to the FIX venue, is followed to its fill, and is known after a restart',
  async t => {
    const desk = signalDesk(t, { systems: { venue: { fix: {}, order: { tags: { 58: '"arb " + signal_id' } } } } });
    await desk.start();
    const bridge = new TradingSystemMessageBridge({ gateway: desk.gateway });
    t.match(await bridge.processSignal(signal('early')), { status: 'REJECTED', reason: /^venueDown/ });
    await desk.tradeQuietly();
    const answer = await bridge.processSignal(signal('s-1'));
    t.strictSame(answer, { status: 'SENT', signal_id: 's-1', system: 'venue', clientOrderId: 's-1' });
    await until(() => bridge.getExecution('s-1')?.isOver === true);
    t.match(bridge.getExecution('s-1'), { status: 'FILLED', cumQty: '50', leavesQty: '0', lastPx: '231.5' });
    t.match(await bridge.processSignal(signal('s-2', { quantity: '61' })), {
      status: 'REJECTED',
      reason: /^maxQuantity: 61 > 60/,
    });
    t.match(
      await bridge.processSignal(signal('s-3', { quantity: '51' })),
      { status: 'REJECTED', reason: /^maxPosition: 101 > 100/ },
      'what was filled counts as a position',
    );
    t.match(await bridge.processSignal(signal('s-4', { symbol: 'NONE' })), { status: 'REJECTED' });
    const { status, answer: http } = await post(
      desk,
      '/signals',
      JSON.stringify(signal('s-5', { quantity: 'Q' })).replace('"Q"', '0.12345678'),
    );
    t.match({ status, http }, { status: 200, http: { status: 'SENT', signal_id: 's-5' } });
    await until(() => bridge.getExecution('s-5')?.isOver === true);
    t.match(await executionBy(desk, 's-5'), { status: 'FILLED', cumQty: '0.12345678' });
    t.match(await post(desk, '/signals', '{"signal_id":"s-6"'), { status: 422, answer: { status: 'REJECTED' } });
    t.match(await post(desk, '/signals', JSON.stringify(signal('s-7', { signal_type: 'sandwich' }))), {
      status: 422,
      answer: { reason: /^policy answerable: sandwich is forbidden/ },
    });
    await desk.close();
    await desk.start();
    const after = new TradingSystemMessageBridge({ gateway: desk.gateway });
    t.strictSame(await after.processSignal(signal('s-1')), answer, 'the first answer, and no second order');
    t.match(after.getExecution('s-1'), { status: 'FILLED', cumQty: '50' });
    t.match(await after.processSignal(signal('s-2')), { status: 'REJECTED', reason: /^maxQuantity: 61 > 60/ });
    t.match(await after.processSignal(signal('s-7')), { status: 'REJECTED', reason: /^policy answerable/ });
  },
);

t.test('an order for a JSON address is judged, held and booked by the same gate', async t => {
  const peer = await openHttpPeer([
    { status: 200, body: '{"id":"J1"}' },
    { status: 422, body: 'no' },
  ]);
  t.teardown(() => peer.close());
  const desk = signalDesk(t, {
    systems: {
      desk: { json_api: { url: peer.url, response: { state: '"working"', orderId: 'body.?id.orValue("")' } } },
    },
  });
  await desk.start();
  const bridge = new TradingSystemMessageBridge({ gateway: desk.gateway });
  t.match(await bridge.processSignal(signal('j-1')), { status: 'SENT', system: 'desk' });
  t.match(bridge.getExecution('j-1'), { status: 'WORKING', orderId: 'J1' });
  t.match(await bridge.processSignal(signal('j-2')), { status: 'REJECTED', reason: /HTTP 422: no/ });
  t.match(await bridge.processSignal(signal('j-3', { quantity: '51' })), {
    status: 'REJECTED',
    reason: /^maxPosition: 101 > 100/,
  });
  t.equal(peer.requests.length, 2, 'the open order holds exposure, the rejected one released its own');
  const fill = JSON.stringify({ state: 'partially_filled', cumQty: 'Q', lastPx: '231' }).replace('"Q"', '20.5');
  t.match(await post(desk, '/signals/j-1/reports', fill), { status: 200, answer: { cumQty: '20.5', avgPx: '231' } });
  t.match(await post(desk, '/signals/j-1/reports', '{"state":"done"}'), { status: 422 });
  t.match(await post(desk, '/signals/j-2/reports', '{"state":"working"}'), { status: 422 });
  t.match(await post(desk, '/signals/none/reports', '{"state":"working"}'), { status: 404 });
  await bridge.reportExecution('j-1', { state: 'canceled' });
  t.match(bridge.getExecution('j-1'), { status: 'CANCELED', cumQty: '20.5', leavesQty: '0' });
  t.match(await bridge.processSignal(signal('j-4', { quantity: '60' })), { status: 'REJECTED', reason: /HTTP 422/ });
  await desk.gateway.view?.halt({ scope: 'symbol', id: 'AAPL', reason: 'auction' });
  t.match(await bridge.processSignal(signal('j-5', { quantity: '1' })), { status: 'REJECTED', reason: /^haltSymbol/ });
  t.equal(peer.requests.length, 3);
});

t.test(
  'an order that was on its way to a system when the gateway ended is UNKNOWN after it, and held until a report tells',
  async t => {
    const peer = await openHttpPeer([undefined]);
    t.teardown(() => peer.close());
    const desk = signalDesk(t, { systems: { desk: { json_api: { url: peer.url, timeoutMs: 60_000 } } } });
    await desk.start();
    void new TradingSystemMessageBridge({ gateway: desk.gateway }).processSignal(signal('u-1'));
    await until(() => peer.requests.length === 1);
    await desk.close(0);
    await desk.start();
    const bridge = new TradingSystemMessageBridge({ gateway: desk.gateway });
    t.match(await bridge.processSignal(signal('u-1')), { status: 'ERROR', sent: 'unknown' });
    t.match(bridge.getExecution('u-1'), { status: 'UNKNOWN', isOver: false, leavesQty: '50' });
    t.match(await bridge.processSignal(signal('u-2', { quantity: '51' })), { reason: /^maxPosition: 101 > 100/ });
    await bridge.reportExecution('u-1', { state: 'rejected', text: 'never came' });
    t.match(bridge.getExecution('u-1'), { status: 'REJECTED', isOver: true });
    t.equal(peer.requests.length, 1, 'nothing is sent a second time');
  },
);

t.test('a record over TCP is sent only after the gate, and nobody logs on as a session of our own', async t => {
  const peer = await openTcpPeer(12, '');
  t.teardown(() => peer.close());
  const fields = [
    { name: 'id', width: 4 },
    { name: 'qty', type: 'integer' as const, width: 8 },
  ];
  const desk = signalDesk(t, {
    systems: {
      host: {
        proprietary: {
          layout: { fields },
          fields: { id: 'order.clientOrderId', qty: 'order.quantity' },
          tcp: { host: '127.0.0.1', port: peer.port },
        },
      },
    },
  });
  await desk.start();
  const bridge = new TradingSystemMessageBridge({ gateway: desk.gateway });
  t.match(await bridge.processSignal(signal('p-1')), { status: 'SENT', system: 'host' });
  t.strictSame(peer.records, ['p-1 00000050']);
  t.match(bridge.getExecution('p-1'), { status: 'WORKING', cumQty: '0' });
  for (const name of ['HEADRACE-DIRECT', 'HEADRACE-PROGRAM', 'PROBE']) {
    const answer = await logon(desk.gateway.ports.clients, name);
    t.equal(answer.includes('\x0135=A\x01'), name === 'PROBE', `logon as ${name}`);
  }
});
