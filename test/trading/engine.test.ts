import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
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

/** A TCP relay that can be cut, between an initiator and an acceptor. */
async function openRelay(t: Test, targetPort: number): Promise<{ port: number; cut(): void; connections: number }> {
  const sockets = new Set<Socket>();
  const relay = { port: 0, connections: 0, cut: () => sockets.forEach(socket => socket.destroy()) };
  const server = createServer(socket => {
    relay.connections++;
    const target = connect(targetPort, HOST);
    for (const end of [socket, target]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => sockets.delete(end));
    }
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(0, HOST, resolve));
  relay.port = (server.address() as AddressInfo).port;
  t.teardown(() => {
    relay.cut();
    server.close();
  });
  return relay;
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

function makeCertificates(folder: string): { ca: string; server: TlsOptions; client: TlsOptions } {
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA');
  for (const name of ['server', 'client']) {
    run('req', ...key.slice(0, 5), '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}.test`);
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
    );
  }
  const pems = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) });
  return { ca: join(folder, 'ca.pem'), server: pems('server'), client: pems('client') };
}

const openssl = spawnSync('openssl', ['version']).status === 0;

t.test('over TLS both ends show certificates, and who shows none stays out', { skip: !openssl }, async t => {
  const { ca, server, client } = makeCertificates(t.testdir({}));
  const { venue, port } = await openVenue(t, { ...server, ca });
  const reasons: string[] = [];
  const connectWith = (tls: TlsOptions) => {
    const engine = new FixEngine({ application: new Recorder() });
    t.teardown(() => engine.close(100));
    const hosts = [{ host: HOST, port }];
    return engine.addInitiator(INITIATOR, { hosts, tls, backoff: FAST, onWait: reason => reasons.push(reason) });
  };
  const bare = connectWith({ ca, serverName: 'server.test' });
  await until(() => reasons.length >= 3);
  t.equal(venue.logons, 0);
  t.not(bare.session.state, 'active');
  const wrongName = connectWith({ ca, ...client, serverName: 'other.test' });
  const before = reasons.length;
  await until(() => reasons.slice(before).some(reason => /altnames|other\.test/i.test(reason)));
  t.not(wrongName.session.state, 'active');
  const session = connectWith({ ca, ...client, serverName: 'server.test' });
  await until(() => venue.logons === 1);
  t.equal(sendOrder(session, 'T1'), 2);
  await until(() => venue.received.includes('T1'));
});

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
