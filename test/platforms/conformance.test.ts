import t, { type Test } from 'tap';

import {
  CHECK_WORDS,
  PLAY_DEFAULTS,
  PROFILE_NAMES,
  PlatformRules,
  PlatformSimulator,
  platformProfiles,
  runConformance,
  type ConformanceResult,
  type PlatformProfile,
  type PlayOptions,
} from '../../src/platforms/index.js';
import { EchoApplication, FixEngine } from '../../src/trading/index.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

async function simulator(
  t: Test,
  rules: PlatformRules,
  beginString: string,
  play: Partial<PlayOptions> = {},
): Promise<PlatformSimulator> {
  const started = await PlatformSimulator.start({
    ...PLAY_DEFAULTS,
    ...play,
    rules,
    beginString,
    senderCompID: 'PLATFORM',
    targetCompID: 'DESK',
  });
  t.teardown(() => started.close());
  return started;
}

async function check(
  rules: PlatformRules,
  beginString: string,
  port: number,
  timeoutMs = 30_000,
): Promise<ConformanceResult> {
  const host = { host: '127.0.0.1', port };
  const names = { senderCompID: 'DESK', targetCompID: 'PLATFORM' };
  return runConformance({ rules, beginString, ...names, host, words: CHECK_WORDS, timeoutMs });
}

for (const name of PROFILE_NAMES) {
  const profile = platformProfiles[name] as PlatformProfile;
  for (const beginString of profile.beginStrings) {
    t.test(`${name} on ${beginString}: its simulator passes every scenario of its script`, async t => {
      const rules = new PlatformRules(profile, { beginString });
      const platform = await simulator(t, rules, beginString);
      const result = await check(rules, beginString, platform.port);
      t.same(
        result.scenarios.filter(({ ok }) => !ok),
        [],
      );
      const isFor = (versions: readonly string[] | undefined): boolean => versions?.includes(beginString) ?? true;
      t.equal(result.scenarios.length, 1 + profile.script.filter(({ versions }) => isFor(versions)).length);
      t.equal(platform.counts.faults, 0);
      t.equal(result.ok, true);
    });
  }
}

t.test('a platform that answers otherwise fails by scenario, step and what it said', async t => {
  const echo = new FixEngine({ application: new EchoApplication() });
  t.teardown(() => echo.close(0));
  echo.addAcceptor({ beginString: 'FIX.4.4', senderCompID: 'PLATFORM', targetCompID: 'DESK' });
  const port = await echo.listen({ host: '127.0.0.1', port: 0 });
  const rules = new PlatformRules(platformProfiles['order_management'] as PlatformProfile, { beginString: 'FIX.4.4' });
  const { ok, scenarios } = await check(rules, 'FIX.4.4', port, 2_000);
  t.equal(ok, false);
  t.match(scenarios[0], { name: 'logon', ok: true });
  t.match(scenarios[1], { ok: false, steps: 1, step: 'new', reason: /^35=D in 8=FIX\.4\.4\|9=/ });
  t.match(scenarios[4], { ok: false, step: 'cancel reject', reason: /^35=j in / });
  // Our own session rejects an order without an account, so that the script never sees it.
  t.match(scenarios[5], { ok: false, step: 'reject', reason: 'no 3 or j came within 2000 ms' });
});

t.test('a platform of other rules fails where they differ; a silent one and an absent one in their time', async t => {
  const profile = platformProfiles['order_management'] as PlatformProfile;
  const rules = new PlatformRules(profile, { beginString: 'FIX.4.4' });
  const lax = new PlatformRules(platformProfiles['generic'] as PlatformProfile, { beginString: 'FIX.4.4' });
  const platform = await simulator(t, lax, 'FIX.4.4', { prices: new Map([['IBM', 1n]]) });
  const failed = (await check(rules, 'FIX.4.4', platform.port)).scenarios.filter(({ ok }) => !ok);
  t.same(
    failed.map(({ name, step }) => `${name}: ${step}`),
    [
      'an order rests, is asked for, replaced and cancelled: new',
      'a market order is filled: new',
      'an order without an account is rejected: reject',
      'a filled order is allocated to two accounts: new',
      'an allocation that does not add up is rejected: new',
    ],
  );
  const absent = await check(rules, 'FIX.4.4', await freePort(), 200);
  t.same(absent.scenarios, [
    { name: 'logon', ok: false, steps: 0, step: 'logon', reason: 'not logged on within 200 ms' },
  ]);
});

t.test(
  'a simulator sends orders by seed and rate, allocates what is filled, and both sides count the same',
  async t => {
    const counted: object[] = [];
    for (const beginString of ['FIX.4.4', 'FIX.4.2']) {
      const rules = new PlatformRules(platformProfiles['charles_river'] as PlatformProfile, { beginString });
      const venue = await simulator(t, rules, beginString, { seed: 7, rejectPercent: 20 });
      const buySide = await PlatformSimulator.start({
        ...PLAY_DEFAULTS,
        seed: 11,
        ordersPerSecond: 1_000,
        ordersMax: 100,
        rules,
        beginString,
        senderCompID: 'DESK',
        targetCompID: 'PLATFORM',
        connect: { host: '127.0.0.1', port: venue.port },
      });
      t.teardown(() => buySide.close());
      const { counts: sent } = buySide;
      const { counts: taken } = venue;
      const out = () => [
        sent.ordersSent,
        sent.cancelsSent,
        sent.allocationsSent,
        taken.reportsSent,
        taken.fillsSent,
        taken.allocationAnswersSent,
      ];
      const into = () => [
        taken.ordersReceived,
        taken.cancelsReceived,
        taken.allocationsReceived,
        sent.reportsReceived,
        sent.fillsReceived,
        sent.allocationAnswersReceived,
      ];
      await until(() => buySide.isDone && out().join() === into().join());
      t.equal(sent.ordersSent, 100);
      t.ok(sent.allocationsSent > 50, `${sent.allocationsSent} allocations`);
      t.same(
        [sent.faults, taken.faults, sent.sessionRejects, taken.sessionRejects, taken.unsupported],
        [0, 0, 0, 0, 0],
      );
      // What is rejected hangs on the seed alone; what a cancel still finds, on time.
      counted.push({ orders: taken.ordersReceived, cancels: taken.cancelsReceived });
    }
    t.same(counted[0], counted[1], 'the same seed, the same orders and cancels');
  },
);

t.test('a profile that sends no orders is refused a rate', async t => {
  const rules = new PlatformRules(platformProfiles['risk_management'] as PlatformProfile, { beginString: 'FIX.4.4' });
  await t.rejects(simulator(t, rules, 'FIX.4.4', { ordersPerSecond: 1 }), { code: 'HR_FIX_SETTINGS' });
});
