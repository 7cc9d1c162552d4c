import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';

import { chooseDriver, loadUws } from '../../src/http/index.js';
import { openLog } from '../../src/observe/index.js';
import { sinkOptions, WebSocketTopics, type WebSocketOptions } from '../../src/publish/index.js';
import { FakeLog, renderFake } from '../support/fake-log.js';
import { eventually } from '../support/servers.js';
import { SocketClient } from '../support/socket-client.js';

t.setTimeout(240_000);

const uwsReason = await loadUws();
const DRIVERS = ['uws', 'ws'] as const;

type DriverName = (typeof DRIVERS)[number];

async function open(t: Test, driver: DriverName, set: Partial<WebSocketOptions> = {}, authorizes?: () => boolean) {
  const ledger = new FakeLog();
  const options = sinkOptions.websocket.unwrap().parse({ port: 0, driver, ...set });
  const log = openLog('test', { level: 'silent' });
  const shared = { options, logs: [ledger], render: renderFake, instance: 'test', log };
  const topics = await WebSocketTopics.open({ ...shared, authorizes });
  t.teardown(() => topics.close());
  return { ledger, topics };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function catchUpThenLive(t: Test, driver: DriverName): Promise<void> {
  const { ledger, topics } = await open(t, driver);
  for (let n = 1; n <= 3_000; n++) ledger.append(n % 3 === 0 ? 'orders.refused' : 'orders.accepted', `K${n} x`);
  topics.wake();
  const early = await SocketClient.open(topics.port);
  t.match(early.messages[0], { op: 'hello', protocol: 1, server: 'headrace' });
  early.subscribe('orders.accepted', 0);
  const load = setInterval(() => {
    for (let n = 0; n < 7; n++) ledger.append('orders.accepted', `K${n} live`);
    topics.wake();
  }, 1);
  const others = await Promise.all(range(1, 10).map(() => SocketClient.open(topics.port)));
  for (const [index, client] of others.entries()) {
    client.subscribe('orders.accepted', 100 * index + 1);
    await new Promise(resolve => setTimeout(resolve, 3));
  }
  const tail = await SocketClient.open(topics.port);
  tail.subscribe('orders.accepted', 'tail');
  await eventually('the log is long', () => ledger.frames.length > 6_000);
  clearInterval(load);
  const last = ledger.append('orders.accepted', 'K last');
  topics.wake();
  const accepted = range(1, last).filter(n => n > 3_000 || n % 3 !== 0);
  for (const [index, client] of [early, ...others].entries()) {
    await eventually('the last frame', () => client.positions('orders.accepted').at(-1) === last);
    const from = index === 0 ? 1 : 100 * (index - 1) + 1;
    const expected = accepted.filter(n => n >= from);
    t.strictSame(client.positions('orders.accepted'), expected, `every frame once from ${from} on`);
    t.equal(client.positions('orders.refused').length, 0, 'one topic is a filter');
  }
  const [first] = tail.positions('orders.accepted');
  t.strictSame(tail.positions('orders.accepted'), range(first ?? 0, last), 'the tail begins late and misses nothing');
  t.equal(ledger.openReaders, 1, 'readers of the past are closed');
}

async function slowClient(t: Test, driver: DriverName, policy: 'conflate' | 'disconnect'): Promise<void> {
  const { ledger, topics } = await open(t, driver, { slowClient: policy, bufferBytes: 65_536 });
  const [fast, slow] = [await SocketClient.open(topics.port), await SocketClient.open(topics.port)];
  for (const client of [fast, slow]) client.subscribe('quotes', 'tail');
  await eventually('both are subscribed', () => topics.counters.snapshot().subscriptions === 2);
  slow.socket.pause();
  const padding = 'x'.repeat(8_000);
  for (let n = 1; n <= 4_000; n++) {
    ledger.append('quotes', `S${n % 10} ${n}:${padding}`);
    topics.wake();
    if (n % 20 === 0)
      await eventually('the fast client keeps up', () => (fast.positions('quotes').at(-1) ?? 0) > n - 100);
  }
  await eventually('the fast client has all', () => fast.positions('quotes').at(-1) === 4_000);
  t.strictSame(fast.positions('quotes'), range(1, 4_000), 'the fast client misses nothing');
  const counts = topics.counters.snapshot();
  slow.socket.resume();
  if (policy === 'disconnect') {
    t.equal(counts.disconnected, 1);
    await eventually('the slow client is cut', () => slow.closeCode !== undefined);
    t.equal(slow.closeCode, 1006);
    return;
  }
  t.equal(counts.disconnected, 0);
  t.ok(counts.slowdowns >= 1 && counts.conflated > 100, `conflated ${counts.conflated} messages`);
  await eventually('the slow client gets the newest', () => slow.positions('quotes').at(-1) === 4_000);
  const got = slow.positions('quotes');
  const rises = got.every((position, index) => index === 0 || position > (got[index - 1] as number));
  t.ok(rises, 'positions rise');
  t.strictSame(got.slice(-10), range(3_991, 4_000), 'the newest of each of the ten symbols');
  const skipped = slow.gaps().reduce((sum, gap) => sum + (gap.skipped ?? 0), 0);
  t.equal(got.length + skipped, 4_000, 'what was skipped is told and counted');
  ledger.append('quotes', 'S1 after');
  topics.wake();
  await eventually('it is live again', () => slow.positions('quotes').at(-1) === 4_001);
}

const HOSTILE: readonly [unknown, string][] = [
  ['not json', 'bad-request'],
  ['null', 'bad-request'],
  ['[]', 'bad-request'],
  [{ op: 'drop', topic: 'quotes' }, 'bad-request'],
  [{ op: 'subscribe', topic: 5, from: 1 }, 'bad-request'],
  [{ op: 'subscribe', topic: 'constructor', from: 1 }, 'unknown-topic'],
  [{ op: 'subscribe', topic: '', from: 1 }, 'unknown-topic'],
  [{ op: 'subscribe', topic: 'quotes', from: -1 }, 'bad-position'],
  [{ op: 'subscribe', topic: 'quotes', from: 1.5 }, 'bad-position'],
  [{ op: 'subscribe', topic: 'quotes', from: '1' }, 'bad-position'],
  [{ op: 'subscribe', topic: 'quotes', from: 1e15 }, 'bad-position'],
  [{ op: 'unsubscribe', topic: 'quotes' }, 'not-subscribed'],
];

async function hostileMessages(t: Test, driver: DriverName): Promise<void> {
  const { ledger, topics } = await open(t, driver);
  ledger.append('quotes', 'S x');
  topics.wake();
  const client = await SocketClient.open(topics.port);
  for (const [message] of HOSTILE) client.send(message);
  client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
  await eventually('every bad request is answered', () => client.errors().length === HOSTILE.length + 1);
  t.strictSame(client.errors(), [...HOSTILE.map(([, code]) => code), 'bad-request']);
  client.subscribe('quotes', 1);
  client.subscribe('quotes', 'tail');
  await eventually('the second subscription is refused', () => client.errors().includes('already-subscribed'));
  await eventually('the client is still served', () => client.positions('quotes').length === 1);
  for (let n = 0; n < 30; n++) client.send('again');
  await eventually('it is cut in the end', () => client.closeCode !== undefined);
  t.equal(client.closeCode, 1008);

  const big = await SocketClient.open(topics.port);
  big.send('x'.repeat(100_000));
  await eventually('a long message ends the connection', () => big.closeCode !== undefined);

  const raw = connect(topics.port, '127.0.0.1');
  raw.on('error', () => {});
  raw.write(
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: \r\n\r\n\xff\xff',
  );
  setTimeout(() => raw.destroy(), 200);
  await once(raw, 'close');
  const after = await SocketClient.open(topics.port);
  t.equal(after.messages[0]?.op, 'hello', 'the server goes on');
}

async function foreignOrigin(t: Test, driver: DriverName): Promise<void> {
  const { topics } = await open(t, driver, { clientsMax: 2 });
  const foreign = await SocketClient.open(topics.port, { origin: 'https://evil.example' });
  t.ok(foreign.closeCode !== undefined && foreign.messages.length === 0, 'a page of another site is refused');
  const broken = await SocketClient.open(topics.port, { origin: 'null' });
  t.equal(broken.messages.length, 0);
  await SocketClient.open(topics.port, { origin: 'http://localhost:8080' });
  await SocketClient.open(topics.port);
  const third = await SocketClient.open(topics.port);
  t.equal(third.messages.length, 0, 'a client more than clientsMax is refused');
  t.equal(topics.counters.snapshot().refused, 3);
}

async function reboundName(t: Test, driver: DriverName): Promise<void> {
  const { topics } = await open(t, driver);
  const headers = { origin: `http://evil.example:${topics.port}`, host: `evil.example:${topics.port}` };
  const rebound = await SocketClient.open(topics.port, headers);
  t.equal(rebound.messages.length, 0, 'a name that was made to point here is refused while nobody needs a token');
  const withToken = await open(t, driver, {}, () => true);
  const entered = await SocketClient.open(withToken.topics.port, headers);
  t.equal(entered.messages[0]?.op, 'hello', 'with tokens the token decides');
}

async function brokenLog(t: Test, driver: DriverName): Promise<void> {
  const { ledger, topics } = await open(t, driver);
  for (let n = 1; n <= 10; n++) ledger.append('executions', 'K x');
  topics.wake();
  const live = await SocketClient.open(topics.port);
  live.subscribe('executions', 'tail');
  await eventually('it is live', () => topics.counters.snapshot().subscriptions === 1);
  const { openReader } = ledger;
  ledger.openReader = () => {
    throw new Error('EMFILE');
  };
  const early = await SocketClient.open(topics.port);
  early.subscribe('executions', 1);
  await eventually('the client whose log cannot be opened is cut', () => early.closeCode !== undefined);
  ledger.openReader = from => ({ ...openReader.call(ledger, from), position: 1, poll: () => assert.fail('EIO') });
  const late = await SocketClient.open(topics.port);
  late.subscribe('executions', 1);
  await eventually('the client whose log cannot be read is cut', () => late.closeCode !== undefined);
  ledger.openReader = openReader;
  const last = ledger.append('executions', 'K y');
  topics.wake();
  await eventually('the others go on', () => live.positions('executions').includes(last));
  const again = await SocketClient.open(topics.port);
  again.subscribe('executions', 1);
  await eventually('who comes again gets all', () => again.positions('executions').length === last);
}

async function closing(t: Test, driver: DriverName): Promise<void> {
  const { topics } = await open(t, driver);
  const client = await SocketClient.open(topics.port);
  const { port } = topics;
  await t.rejects(open(t, driver, { port }), { code: 'HR_LISTEN' }, 'a second server cannot take its port');
  await topics.close();
  await eventually('the client is told', () => client.closeCode !== undefined);
  t.equal(client.closeCode, 1001);
  const again = await open(t, driver, { port });
  t.equal(again.topics.port, port, 'the port is free again');
  await topics.close();
}

for (const driver of DRIVERS) {
  const skip = driver === 'uws' && typeof uwsReason === 'string' && `uWebSockets.js does not load: ${uwsReason}`;
  t.test(`the ${driver} driver`, { skip, timeout: 120_000 }, async t => {
    const timeout = 60_000;
    await t.test('catches up, then live, with no gap and nothing twice', { timeout }, t => catchUpThenLive(t, driver));
    await t.test('conflates for a slow client alone', { timeout }, t => slowClient(t, driver, 'conflate'));
    await t.test('disconnects a slow client alone', { timeout }, t => slowClient(t, driver, 'disconnect'));
    await t.test('answers hostile messages and goes on', { timeout }, t => hostileMessages(t, driver));
    await t.test('refuses other sites and too many clients', { timeout }, t => foreignOrigin(t, driver));
    await t.test('refuses a rebound name', { timeout }, t => reboundName(t, driver));
    await t.test('cuts only who reads a log that fails', { timeout }, t => brokenLog(t, driver));
    await t.test('says 1001 and frees its port on closing', { timeout }, t => closing(t, driver));
  });
}

t.test('auto takes uWebSockets.js where it loads', async t => {
  const chosen = await chooseDriver('auto');
  t.equal(chosen.name, typeof uwsReason === 'string' ? 'ws' : 'uws');
});

t.test('without tokens only a loopback address is bound', async t => {
  await t.rejects(open(t, 'ws', { host: '0.0.0.0' }), { code: 'HR_OPEN_HOST' });
  await t.resolves(open(t, 'ws', { host: '0.0.0.0' }, () => true));
});
