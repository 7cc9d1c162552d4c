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
  timeoutMs = 3_000,
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
