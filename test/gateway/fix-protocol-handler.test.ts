import t, { type Test } from 'tap';

import type { FixMessage } from '../../src/codec/index.js';
import { FIXProtocolHandler, type OrderToSend } from '../../src/index.js';
import type { GateLimits } from '../../src/risk/index.js';
import { FixEngine, type EngineSession } from '../../src/trading/index.js';
import { freePort } from '../support/free-port.js';
import { scratchFolder } from '../support/headrace.js';
import { until } from '../support/until.js';

const { file, at } = scratchFolder('headrace-handler');

const ORDER: OrderToSend = {
  clientOrderId: 'A1',
  symbol: 'ACME',
  side: 'BUY',
  orderType: 'LIMIT',
  quantity: '100',
  price: '12.50',
};

/** A venue that keeps what it gets, by version. */
async function venue(t: Test, versions: readonly string[]): Promise<{ port: number; received: string[] }> {
  const received: string[] = [];
  const onMessage = (_session: EngineSession, message: FixMessage): 'taken' => {
    const tags = [35, 1, 11, 21, 38, 40, 44, 54, 55, 59];
    received.push(
      tags.flatMap(tag => (message.textOf(tag) === undefined ? [] : [`${tag}=${message.textOf(tag)}`])).join(' '),
    );
    return 'taken';
  };
  const engine = new FixEngine({ application: { onMessage } });
  for (const beginString of versions) engine.addAcceptor({ beginString, senderCompID: 'VENUE', targetCompID: 'DESK' });
  t.teardown(() => engine.close(0));
  return { port: await engine.listen({ host: '127.0.0.1', port: 0 }), received };
}

async function open(
  t: Test,
  port: number,
  versions: readonly string[],
  limits: GateLimits = {},
): Promise<FIXProtocolHandler> {
  const sessions = versions.map(version => `[SESSION]\nBeginString=${version}\n`).join('');
  const settings = file(
    `${port}.cfg`,
    `[DEFAULT]
ConnectionType=initiator
SenderCompID=DESK
TargetCompID=VENUE
SocketConnectHost=127.0.0.1
SocketConnectPort=${port}
HeartBtInt=30
ReconnectInterval=1
FileStorePath=store-${port}
HttpAcceptPort=1
${sessions}`,
  );
  const handler = new FIXProtocolHandler({ settings, limits });
  t.teardown(() => handler.close());
  await handler.start();
  await until(() => handler.sessions.every(({ session }) => session.state === 'active'));
  return handler;
}

t.test('an order is sent as NewOrderSingle under the next number, and goes on with its store', async t => {
  const { port, received } = await venue(t, ['FIX.4.4']);
  const handler = await open(t, port, ['FIX.4.4']);
  t.same(
    handler.findings.map(({ key, kind }) => [key, kind]),
    [['HttpAcceptPort', 'unsupported']],
  );
  t.same(await handler.sendOrder(ORDER), { status: 'SENT', clientOrderId: 'A1', msgSeqNum: 2 });
  const market = {
    ...ORDER,
    clientOrderId: 'A2',
    side: 'SELL',
    orderType: 'MARKET',
    price: undefined,
    timeInForce: 'IOC',
    account: 'X',
    quantity: 7n,
  };
  t.match(await handler.sendOrder(market), { status: 'SENT', msgSeqNum: 3 });
  await until(() => received.length === 2);
  t.same(received, ['35=D 11=A1 38=100 40=2 44=12.5 54=1 55=ACME', '35=D 1=X 11=A2 38=7 40=1 54=2 55=ACME 59=3']);
  await handler.close();
  const again = await open(t, port, ['FIX.4.4']);
  const sent = await again.sendOrder({ ...ORDER, clientOrderId: 'A3' });
  t.ok(sent.status === 'SENT' && sent.msgSeqNum > 4, JSON.stringify(sent));
});

t.test('with several sessions one must be named; HandlInst goes where the version wants it', async t => {
  const versions = ['FIX.4.0', 'FIX.4.2'];
  const { port, received } = await venue(t, versions);
  const handler = await open(t, port, versions);
  await t.rejects(handler.sendOrder(ORDER), { code: 'HR_NO_FIX_SESSION', message: /several are logged on/ });
  await t.rejects(handler.sendOrder({ ...ORDER, session: 'FIX.4.4:A->B' }), {
    code: 'HR_NO_FIX_SESSION',
    message: /FIX\.4\.0:DESK->VENUE/,
  });
  for (const version of versions)
    t.match(await handler.sendOrder({ ...ORDER, session: `${version}:DESK->VENUE` }), { status: 'SENT' });
  await until(() => received.length === 2);
  t.same(received, Array(2).fill('35=D 11=A1 21=1 38=100 40=2 44=12.5 54=1 55=ACME'));
});

t.test('an order beyond a limit is refused by rule, value and limit, and nothing is sent', async t => {
  const { port, received } = await venue(t, ['FIX.4.4']);
  const limits = { firm: { maxNotional: '1000' }, symbols: { ACME: { maxQuantity: '50' } }, restricted: ['BAN'] };
  const handler = await open(t, port, ['FIX.4.4'], limits);
  const rows: readonly [Partial<OrderToSend>, object][] = [
    [{ clientOrderId: 'R1' }, { rule: 'maxQuantity', value: '100', limit: '50' }],
    [
      { clientOrderId: 'R2', symbol: 'OTHER' },
      { rule: 'maxNotional', value: '1250.00', limit: '1000.00' },
    ],
    [{ clientOrderId: 'R3', symbol: 'BAN', quantity: 1 }, { rule: 'restricted' }],
    [{ clientOrderId: '' }, { rule: 'clientOrderId' }],
    [{ clientOrderId: 'x'.repeat(48) }, { rule: 'clientOrderId' }],
    [{ symbol: 'A\u0001B' }, { rule: 'symbol' }],
    [{ side: 'UP' }, { rule: 'side', value: 'UP' }],
    [{ orderType: 'STOP' }, { rule: 'orderType' }],
    [{ timeInForce: 'SOON' }, { rule: 'timeInForce' }],
    [{ quantity: '-1' }, { rule: 'quantity', value: '-1' }],
    [{ quantity: '0.000000001' }, { rule: 'quantity' }],
    [{ quantity: Number.NaN }, { rule: 'quantity' }],
    [{ price: undefined }, { rule: 'price' }],
    [{ orderType: 'MARKET' }, { rule: 'price', limit: 'none of a market order' }],
  ];
  for (const [fields, expected] of rows) {
    const result = await handler.sendOrder({ ...ORDER, ...fields });
    t.match(result, { status: 'REFUSED', ...expected }, JSON.stringify(fields));
  }
  t.match(await handler.sendOrder({ ...ORDER, quantity: '10' }), { status: 'SENT', msgSeqNum: 2 });
  t.match(await handler.sendOrder({ ...ORDER, quantity: '10' }), { status: 'REFUSED', rule: 'duplicateClOrdId' });
  const market = { ...ORDER, orderType: 'MARKET', price: undefined, quantity: '10' };
  t.match(
    await handler.sendOrder({ ...market, clientOrderId: 'M1' }),
    { status: 'REFUSED', rule: 'priceCollar' },
    'no price to measure it by',
  );
  handler.referencePrice('ACME', '101');
  t.match(await handler.sendOrder({ ...market, clientOrderId: 'M2' }), {
    status: 'REFUSED',
    rule: 'maxNotional',
    value: '1010.00',
  });
  handler.referencePrice('ACME', 99);
  t.match(await handler.sendOrder({ ...market, clientOrderId: 'M3' }), { status: 'SENT', msgSeqNum: 3 });
  t.throws(() => handler.referencePrice('ACME', '-1'), { code: 'HR_CONFIG' });
  await until(() => received.length === 2);
});

t.test('without a session that is logged on nothing can be sent', async t => {
  const settings = file(
    'acceptor.cfg',
    `[SESSION]
ConnectionType=acceptor
BeginString=FIX.4.4
SenderCompID=DESK
TargetCompID=C1
SocketAcceptAddress=127.0.0.1
SocketAcceptPort=${await freePort()}
`,
  );
  const handler = new FIXProtocolHandler({ settings });
  await t.rejects(handler.sendOrder(ORDER), {
    code: 'HR_NO_FIX_SESSION',
    message: /none is logged on of FIX\.4\.4:DESK->C1/,
  });
  await handler.start();
  await t.rejects(handler.sendOrder(ORDER), { code: 'HR_NO_FIX_SESSION', retryable: true });
  await handler.close();
});

t.test('a wrong settings file throws all its faults; limits that need executions are refused', async t => {
  const wrong = file('wrong.cfg', '[SESSION]\nBeginString=FIX.4.4\nCheckLatency=maybe\n');
  t.throws(() => new FIXProtocolHandler({ settings: wrong }), {
    code: 'HR_FIX_SETTINGS',
    message: /wrong\.cfg:3 CheckLatency[^]*|SenderCompID/,
  });
  t.throws(() => new FIXProtocolHandler({ settings: at('none.cfg') }), {
    code: 'HR_FIX_SETTINGS',
    message: /cannot be read/,
  });
  const held = { everyAccount: { maxPosition: '5' } };
  t.throws(() => new FIXProtocolHandler({ settings: file('empty.cfg', ''), limits: held }), {
    code: 'HR_CONFIG',
    message: /maxPosition/,
  });
});
