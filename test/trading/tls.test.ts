import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { connect, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import t, { type Test } from 'tap';

import {
  FixConnector,
  FixEngine,
  type ConnectorOptions,
  type EngineSession,
  type FixApplication,
  type TlsOptions,
} from '../../src/trading/index.js';
import { TestAuthority, hasOpenssl } from '../support/certificates.js';
import { until } from '../support/until.js';

const HOST = '127.0.0.1';
const ACCEPTOR = { beginString: 'FIX.4.4', senderCompID: 'VENUE', targetCompID: 'DESK' };
const INITIATOR = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'VENUE' };
const FAST = { firstMs: 5, maxMs: 40 };
const TAKE: FixApplication = { onMessage: () => 'taken' };
const skip = !hasOpenssl && 'openssl makes the certificates';

class Venue {
  readonly refused: string[] = [];
  readonly reloads: string[] = [];
  readonly engine: FixEngine;
  readonly session: EngineSession;
  port = 0;

  constructor(t: Test, certificateName?: string) {
    const onRefused = (_remote: string, reason: string): void => void this.refused.push(reason);
    this.engine = new FixEngine({ application: { ...TAKE, onRefused } });
    t.teardown(() => this.engine.close(100));
    this.session = this.engine.addAcceptor(ACCEPTOR, certificateName === undefined ? {} : { certificateName });
  }

  async listen(tls: TlsOptions): Promise<this> {
    const onReload = (error?: Error): void => void this.reloads.push(error?.message ?? 'reloaded');
    this.port = await this.engine.listen({ host: HOST, port: 0, tls, onReload });
    return this;
  }

  connectWith(t: Test, tls: TlsOptions, onWait: (reason: string) => void = () => {}): EngineSession {
    const engine = new FixEngine({ application: TAKE });
    t.teardown(() => engine.close(100));
    return engine.addInitiator(INITIATOR, { hosts: [{ host: HOST, port: this.port }], tls, backoff: FAST, onWait });
  }
}

/** The certificate that a listener shows to a new connection. */
async function shownTo(port: number, options: ConnectionOptions): Promise<PeerCertificate> {
  const socket = connect({ host: HOST, port, servername: 'server.test', ...options });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

t.test(
  'a file that is not there fails the first attempt for good, and is told and tried again where triesOn says so',
  async t => {
    const waits: string[] = [];
    const options = {
      hosts: [{ host: '127.0.0.1', port: 1 }],
      tls: { ca: '/nonexistent/ca.pem' },
      backoff: { firstMs: 1, maxMs: 1 },
      onConnect: () => t.fail('nobody connects'),
      onWait: (reason: string) => void waits.push(reason),
    } as unknown as ConnectorOptions;
    t.throws(() => new FixConnector(options), { code: 'HR_TLS_FILE' });
    const connector = new FixConnector({ ...options, triesOn: true });
    await until(() => waits.length > 1);
    t.match(waits[1], '/nonexistent/ca.pem cannot be read');
    await connector.close();
  },
);

t.test('both ends show certificates; who shows none, or looks for another name, stays out', { skip }, async t => {
  const authority = new TestAuthority(t.testdir({}));
  const { ca } = authority;
  const venue = await new Venue(t).listen(authority.issue('server', 'server.test'));
  const client = authority.issue('client', 'client.test');
  const reasons: string[] = [];
  const bare = venue.connectWith(t, { ca, serverName: 'server.test' }, reason => reasons.push(reason));
  await until(() => reasons.length >= 3);
  t.not(bare.session.state, 'active');
  const named: string[] = [];
  const wrongName = venue.connectWith(t, { ...client, serverName: 'other.test' }, reason => named.push(reason));
  await until(() => named.some(reason => /altnames|other\.test/i.test(reason)));
  t.not(wrongName.session.state, 'active');
  t.equal(venue.session.session.state, 'disconnected');
  const session = venue.connectWith(t, { ...client, serverName: 'server.test' });
  await until(() => session.session.state === 'active');
});

t.test(
  'a session bound to a certificate name takes it as common or alternative name, and no other',
  { skip },
  async t => {
    const authority = new TestAuthority(t.testdir({}));
    const server = authority.issue('server', 'server.test');
    const clients: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
      ['common', 'desk.test', [], undefined],
      ['alternative', 'x', ['DNS:y.test', 'DNS:desk.test'], undefined],
      ['uri', 'z', ['URI:desk.test'], undefined],
      ['other', 'other.test', ['DNS:desk.test.evil'], 'certificate of other.test, desk.test.evil, not desk.test'],
      ['hidden', 'a', ['URI:http://a/, DNS:desk.test'], 'certificate of a, http://a/, DNS:desk.test, not desk.test'],
    ];
    for (const [file, commonName, alternativeNames, refusal] of clients) {
      const venue = await new Venue(t, 'desk.test').listen(server);
      const tls = { ...authority.issue(file, commonName, alternativeNames), serverName: 'server.test' };
      const session = venue.connectWith(t, tls);
      await until(() => session.session.state === 'active' || venue.refused.length > 0);
      t.equal(venue.refused[0], refusal, file);
    }
    const { key = '', cert = '' } = server;
    const unasked = await new Venue(t, 'desk.test').listen({ key, cert });
    unasked.connectWith(t, { ca: authority.ca, serverName: 'server.test' });
    await until(() => unasked.refused.length > 0);
    t.equal(unasked.refused[0], 'no certificate, desk.test is needed');
  },
);

t.test(
  'a changed certificate is shown to new connections; sessions go on, and a broken file changes nothing',
  { skip },
  async t => {
    const folder = t.testdir({});
    const authority = new TestAuthority(folder);
    const { key = '', cert = '' } = authority.issue('server', 'server.test');
    const server = { key, cert };
    const venue = await new Venue(t).listen(server);
    const session = venue.connectWith(t, { ca: authority.ca, serverName: 'server.test' });
    await until(() => session.session.state === 'active');
    const options = { rejectUnauthorized: false };
    t.equal((await shownTo(venue.port, options)).serialNumber, '01');
    const next = authority.issue('next', 'server.test');
    copyFileSync(next.key ?? '', key);
    copyFileSync(next.cert ?? '', cert);
    await until(() => venue.reloads.includes('reloaded'));
    t.equal((await shownTo(venue.port, options)).serialNumber, '02');
    writeFileSync(cert, 'no certificate');
    venue.reloads.length = 0;
    venue.engine.reloadCertificates();
    t.match(venue.reloads, [/PEM|no start line/i]);
    t.equal((await shownTo(venue.port, options)).serialNumber, '02');
    t.equal(session.session.state, 'active');
    t.equal(
      session.send('B', encoder => encoder.field(148, 'still here').field(33, 1).field(58, 't')),
      2,
    );
    await until(() => venue.session.session.nextInSeqNum === 3);
  },
);

t.test('minVersion keeps TLS 1.2 out, ciphers those that are not named', { skip }, async t => {
  const authority = new TestAuthority(t.testdir({}));
  const { key = '', cert = '' } = authority.issue('server', 'server.test');
  const newest = await new Venue(t).listen({ key, cert, minVersion: 'TLSv1.3' });
  const old: ConnectionOptions = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' };
  await t.rejects(shownTo(newest.port, old), /version/i);
  t.equal((await shownTo(newest.port, { rejectUnauthorized: false })).serialNumber, '01');
  const narrow = await new Venue(t).listen({ key, cert, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
  await t.rejects(shownTo(narrow.port, { ...old, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }), /handshake/i);
  t.equal((await shownTo(narrow.port, { ...old, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).serialNumber, '01');
});
