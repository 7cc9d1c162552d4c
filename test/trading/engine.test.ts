import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import t, { type Test } from 'tap';

import { VALIDATE_ALL, type FixMessage } from '../../src/codec/index.js';
import {
  EchoApplication,
  FixConnector,
  FixEngine,
  FixListener,
  backoffMs,
  type EngineSession,
  type FixApplication,
  type TlsOptions,
} from '../../src/trading/index.js';
import { fixBytes } from '../support/fix-session.js';
import { openRelay } from '../support/relay.js';
import { until } from '../support/until.js';

const HOST = '127.0.0.1';
const ACCEPTOR = { beginString: 'FIX.4.4', senderCompID: 'VENUE', targetCompID: 'DESK' };
const INITIATOR = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'VENUE', heartBtIntSeconds: 5 };
const FAST = { firstMs: 5, maxMs: 40 };

class Recorder implements FixApplication {
  readonly received: string[] = [];
  readonly refused: string[] = [];
  logons = 0;
  logouts = 0;

  onMessage(_session: EngineSession, message: FixMessage): 'taken' {
    this.received.push(message.textOf(11) ?? message.msgType);
    return 'taken';
  }

  onLogon(): void {
    this.logons++;
  }

  onLogout(): void {
    this.logouts++;
  }

  onRefused(_remote: string, reason: string): void {
    this.refused.push(reason);
  }
}

function sendOrder(session: EngineSession, clOrdID: string): number {
  return session.send('D', encoder => {
    encoder.field(11, clOrdID).field(21, '1').field(38, 100).field(40, '1').field(54, '1').field(55, 'IBM');
    encoder.timestampField(60, 1_767_323_045_000_000_000n, 3);
  });
}

async function openVenue(
  t: Test,
  tls?: TlsOptions,
): Promise<{ venue: Recorder; session: EngineSession; port: number }> {
  const venue = new Recorder();
  const engine = new FixEngine({ application: venue });
  t.teardown(() => engine.close(100));
  const session = engine.addAcceptor(ACCEPTOR);
  return { venue, session, port: await engine.listen({ host: HOST, port: 0, ...(tls && { tls }) }) };
}

t.test(
  'orders sent across ten cut connections arrive once each and in order, asked for again after each cut',
  async t => {
    const { venue, port } = await openVenue(t);
    const relay = await openRelay(t, port);
    const desk = new Recorder();
    const engine = new FixEngine({ application: desk });
    t.teardown(() => engine.close(100));
    const session = engine.addInitiator(INITIATOR, { hosts: [{ host: HOST, port: relay.port }], backoff: FAST });
    let sent = 0;
    for (let round = 1; round <= 10; round++) {
      await until(() => session.session.state === 'active');
      for (let count = 0; count < 20; count++) sendOrder(session, `C${++sent}`);
      relay.cut();
      await until(() => desk.logouts === round);
      sendOrder(session, `C${++sent}`);
    }
    await until(() => venue.received.length === sent);
    t.strictSame(
      venue.received,
      Array.from({ length: sent }, (_, index) => `C${index + 1}`),
    );
    t.ok(desk.logons >= 11, `${desk.logons} logons`);
  },
);

t.test('a wait is doubled from 100 ms to 5 s, its upper half left to chance', async t => {
  const backoff = { firstMs: 100, maxMs: 5_000 };
  const waits = [1, 2, 3, 7, 60].map(attempt => [
    backoffMs(backoff, attempt, () => 0),
    backoffMs(backoff, attempt, () => 0.5),
  ]);
  t.strictSame(waits, [
    [50, 75],
    [100, 150],
    [200, 300],
    [2_500, 3_750],
    [2_500, 3_750],
  ]);
});

t.test('an initiator tries its hosts in turn until one takes it', async t => {
  const { venue, port } = await openVenue(t);
  const closed = createServer();
  await new Promise<void>(resolve => closed.listen(0, HOST, resolve));
  const closedPort = (closed.address() as AddressInfo).port;
  await new Promise(resolve => closed.close(resolve));
  const waits: string[] = [];
  const engine = new FixEngine({ application: new Recorder() });
  t.teardown(() => engine.close(100));
  const hosts = [
    { host: HOST, port: closedPort },
    { host: HOST, port },
  ];
  engine.addInitiator(INITIATOR, { hosts, backoff: FAST, onWait: reason => waits.push(reason) });
  await until(() => venue.logons === 1);
  t.match(waits, [/ECONNREFUSED/]);
});

t.test('a second logon of a session, a stranger, noise and silence are closed without a word', async t => {
  const venue = new Recorder();
  const engine = new FixEngine({ application: venue });
  t.teardown(() => engine.close(100));
  engine.addAcceptor(ACCEPTOR);
  const port = await engine.listen({ host: HOST, port: 0, firstMessageTimeoutMs: 300 });
  const time = new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 17);
  const logon = (sender: string) => fixBytes('FIX.4.4', `35=A|34=1|49=${sender}|52=${time}|56=VENUE|98=0|108=30|`);
  const first = connect(port, HOST);
  first.write(logon('DESK'));
  const [answer] = (await once(first, 'data')) as [Buffer];
  t.match(answer.toString('latin1'), /35=A/);
  for (const bytes of [logon('DESK'), logon('STRANGER'), Buffer.alloc(9_000, 'x'), Buffer.alloc(0)]) {
    const socket = connect(port, HOST);
    const heard: Buffer[] = [];
    socket.on('data', data => heard.push(data));
    socket.write(bytes);
    await once(socket, 'close');
    t.strictSame(heard, []);
  }
  t.match(venue.refused, [/no free session/, /STRANGER/, /too long/, /no message came in time/]);
  first.destroy();
});

t.test('a peer that reads nothing is disconnected at the bound, and the others are not held up', async t => {
  const { session, port } = await openVenue(t);
  const slow = connect(port, HOST);
  slow.on('error', () => {});
  const time = new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 17);
  slow.write(fixBytes('FIX.4.4', `35=A|34=1|49=DESK|52=${time}|56=VENUE|98=0|108=30|`));
  await once(slow, 'data');
  slow.pause();
  const text = 'x'.repeat(60_000);
  for (let count = 0; session.isConnected && count < 2_000; count++) {
    session.send('B', encoder => encoder.field(148, text));
    await new Promise(resolve => setImmediate(resolve));
  }
  t.notOk(session.isConnected);
  slow.destroy();
});

t.test(
  'a peer that was away for 24 MB, more than may lie unread, gets all of it in order and then what is live',
  async t => {
    const { session, port } = await openVenue(t);
    const text = 'x'.repeat(60_000);
    for (let count = 0; count < 400; count++)
      session.send('B', encoder => encoder.field(148, `N${count}`).field(33, 1).field(58, text));
    const headlines: string[] = [];
    const desk = new FixEngine({
      application: {
        onMessage: (_session, message) => {
          headlines.push(message.textOf(148) ?? '');
          if (headlines.length === 1)
            session.send('B', encoder => encoder.field(148, 'LIVE').field(33, 1).field(58, 't'));
          return 'taken';
        },
      },
    });
    t.teardown(() => desk.close(0));
    desk.addInitiator(INITIATOR, { hosts: [{ host: HOST, port }], backoff: FAST });
    await until(() => headlines.at(-1) === 'LIVE');
    t.strictSame(headlines, [...Array.from({ length: 400 }, (_, count) => `N${count}`), 'LIVE']);
  },
);

t.test('the echo sends groups back in the dictionary’s order, and a possible resend only once', async t => {
  const engine = new FixEngine({ application: new EchoApplication() });
  t.teardown(() => engine.close(100));
  engine.addAcceptor({ ...ACCEPTOR, validation: { ...VALIDATE_ALL, validateUnorderedGroupFields: false } });
  const port = await engine.listen({ host: HOST, port: 0 });
  const echoed: string[] = [];
  const desk = new FixEngine({
    application: {
      onMessage: (_session, message) => {
        const text = Buffer.from(message.bytes.subarray(message.start, message.end)).toString('latin1');
        echoed.push(text.slice(text.indexOf('\x0111=') + 1, text.indexOf('\x0110=')).replaceAll('\x01', '|'));
        return 'taken';
      },
    },
  });
  t.teardown(() => desk.close(100));
  const session = desk.addInitiator(INITIATOR, { hosts: [{ host: HOST, port }] });
  await until(() => session.session.state === 'active');
  const send = (possResend: boolean) =>
    session.send('D', encoder => {
      if (possResend) encoder.field(97, 'Y');
      encoder.field(60, '20260102-03:04:05').field(453, 2).field(448, 'A').field(452, 1).field(447, 'D');
      encoder.field(448, 'B').field(447, 'D').field(452, 3).field(802, 1).field(523, 's').field(803, 1);
      encoder.field(11, 'G1').field(40, '1').field(54, '1');
    });
  send(false);
  send(true);
  send(false);
  await until(() => echoed.length === 2);
  const groups = '453=2|448=A|447=D|452=1|448=B|447=D|452=3|802=1|523=s|803=1';
  t.strictSame(echoed, Array(2).fill(`11=G1|40=1|54=1|60=20260102-03:04:05|${groups}`));
});

t.test('a port that is taken is named, a connector that is closed connects no more', async t => {
  const accept = () => undefined;
  const listener = await FixListener.open({ host: HOST, port: 0, accept });
  await t.rejects(FixListener.open({ host: HOST, port: listener.port, accept }), { code: 'HR_LISTEN' });
  await listener.close();
  let waits = 0;
  const hosts = [{ host: HOST, port: listener.port }];
  const connector = new FixConnector({
    hosts,
    backoff: FAST,
    onConnect: () => ({ onBytes: () => {}, onDrain: () => {}, onClose: () => {} }),
    onWait: () => waits++,
  });
  await until(() => waits >= 2);
  await connector.close();
  const after = waits;
  await new Promise(resolve => setTimeout(resolve, 100));
  t.equal(waits, after);
});
