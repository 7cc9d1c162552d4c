import { join } from 'node:path';
import t from 'tap';

import { TOPICS } from '../../src/model/index.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { SocketClient } from '../support/socket-client.js';
import { until } from '../support/until.js';

t.setTimeout(400_000);

const WAIT_MS = 120_000;

for (const slowClient of ['conflate', 'disconnect'] as const)
  t.test(`slow WebSocket clients under ${slowClient} cost the fast one nothing`, { timeout: 390_000 }, async t => {
    const desk = new GatewayDesk({
      folder: join(t.testdir({})),
      quotesPerSecond: 20_000,
      change: config => {
        config.sinks = { websocket: { port: 0, slowClient, bufferBytes: 262_144 } };
      },
    });
    t.teardown(() => desk.close(0));
    desk.writePositions();
    const gateway = await desk.start();
    const told = (name: string): number => gateway.view?.websocket()[name] ?? 0;
    const open = async (): Promise<SocketClient> => {
      const client = await SocketClient.open(gateway.ports.websocket);
      client.subscribe('quotes', 0);
      await until(() => client.messages.some(message => message.op === 'subscribed'));
      return client;
    };
    const fast = await open();
    const slow = [await open(), await open()];
    for (const client of slow) client.socket.pause();
    await desk.trade();
    await until(() => told(slowClient === 'conflate' ? 'slowdowns' : 'disconnected') >= slow.length, WAIT_MS);
    await until(() => slowClient === 'disconnect' || told('conflated') > 0, WAIT_MS);
    const accepted = desk.count('accepted');
    await until(() => desk.count('accepted') > accepted + 50, WAIT_MS);
    await desk.endTrade();
    await until(() => desk.count('feed.received') === desk.count('feed.quotes'));
    const quotes = TOPICS.indexOf('quotes');
    const expected = desk.frames('feed').filter(frame => frame.topic === quotes);
    const positions = expected.map(frame => frame.sequence);
    await until(() => fast.positions('quotes').length >= positions.length, WAIT_MS);
    t.strictSame(fast.positions('quotes'), positions, `the fast client got all ${positions.length} frames`);
    t.strictSame(fast.gaps(), []);
    for (const client of slow) client.socket.resume();
    if (slowClient === 'disconnect') {
      await until(() => slow.every(client => client.closeCode !== undefined));
      t.equal(told('disconnected'), slow.length);
      t.equal(told('clients'), 1);
    } else {
      const last = positions.at(-1);
      await until(() => slow.every(client => client.positions('quotes').at(-1) === last), WAIT_MS);
      for (const client of slow) t.ok(client.gaps().length > 0, 'a slow client is told what it did not get');
      const skipped = slow.flatMap(client => client.gaps()).reduce((sum, gap) => sum + (gap.skipped ?? 0), 0);
      t.equal(skipped, told('conflated'), 'what was conflated is what was told as gaps');
    }
    await desk.close();
  });
