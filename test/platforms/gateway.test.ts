import t from 'tap';

import { TradingPlatformIntegrator } from '../../src/index.js';
import { TRADED } from '../../src/gateway/demo-desk.js';
import { PLAY_DEFAULTS, PlatformRules, PlatformSimulator, platformProfiles } from '../../src/platforms/index.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { until } from '../support/until.js';

t.test(
  'a platform that is a gateway judges by positions and journals; behind it a platform’s simulator is the venue',
  async t => {
    const rules = new PlatformRules(platformProfiles['order_management']!, { beginString: 'FIX.4.4' });
    const prices = new Map([['IBM', 21_460_000_000n]]);
    const names = { senderCompID: 'VENUE', targetCompID: 'HEADRACE' };
    const venue = await PlatformSimulator.start({ ...PLAY_DEFAULTS, prices, rules, beginString: 'FIX.4.4', ...names });
    const desk = new GatewayDesk({
      folder: t.testdir({ data: {} }),
      change: config => {
        config.fix = { ...config.fix, venue: { ...config.fix.venue, port: venue.port } };
      },
    });
    const reports: string[] = [];
    const program = new TradingPlatformIntegrator({
      application: {
        onMessage: (_platform, message) => {
          reports.push([11, 39, 14, 58].map(tag => message.textOf(tag) ?? '').join(' '));
          return 'taken';
        },
      },
    });
    t.teardown(async () => {
      await program.stop();
      await desk.close(0);
      await venue.close();
    });
    desk.writePositions();
    await desk.start();
    desk.startFeed();
    await until(() => desk.count('feed.quotes') >= TRADED.length && venue.isLoggedOn);
    const session = { senderCompId: 'PROBE', targetCompId: 'HEADRACE', port: desk.gateway.ports.clients ?? 0 };
    const opened = await program.initializeTradingPlatforms({ tradingPlatforms: { order_management: { session } } });
    t.match(opened, { order_management: { status: 'CONNECTED' } });
    const order = {
      symbol: 'IBM',
      side: 'BUY',
      orderType: 'LIMIT',
      quantity: '10',
      price: '214.60',
      account: 'ACC00001',
    };
    t.match(await program.sendOrder({ ...order, clientOrderId: 'A1' }), { status: 'SENT' });
    await until(() => reports.some(text => text.startsWith('A1 2 10')));
    t.match(await program.sendOrder({ ...order, clientOrderId: 'A2', quantity: '90000000' }), { status: 'SENT' });
    await until(() => reports.some(text => text.startsWith('A2 8 0 max')));
    t.equal(venue.counts.ordersReceived, 1, 'what the gateway refused never came to the venue');
    t.match(venue.counts, { faults: 0, sessionRejects: 0 });
  },
);
