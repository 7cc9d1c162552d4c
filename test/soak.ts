import { run as convertMemory } from './fault/convert-memory.js';
import { run as gatewayKill } from './fault/gateway-kill.js';
import { run as journalFlip } from './fault/journal-flip.js';
import { run as journalFull } from './fault/journal-full.js';
import { run as journalKill } from './fault/journal-kill.js';
import { run as journalPower } from './fault/journal-power.js';
import { run as resendMemory } from './fault/resend-memory.js';
import { fuzzes } from './fuzz/index.js';
import type { CampaignOptions, CampaignReport } from './support/campaign.js';
import type { Fuzz } from './support/fuzz.js';

type Run = (options: CampaignOptions) => CampaignReport | Promise<CampaignReport>;

export interface Campaign {
  readonly name: string;
  /** Without options the whole campaign, on the native part where it is built. Failures set the exit code. */
  readonly run: (options?: Partial<CampaignOptions>) => Promise<CampaignReport>;
}

/** A campaign at its whole size; the seed comes from HEADRACE_SEED. */
function whole(name: string, rounds: number, run: Run): Campaign {
  const seed = Number(process.env['HEADRACE_SEED'] ?? 20261123);
  return {
    name,
    async run(options = {}) {
      const report = await run({ rounds, seed, native: 'prefer', ...options });
      if (report.failures.length > 0) process.exitCode = 1;
      return report;
    },
  };
}

/** The same on the TypeScript twin. */
function twin(name: string, rounds: number, run: Run): Campaign {
  return whole(`${name}-twin`, rounds, options => run({ ...options, native: 'off' }));
}

/** A fuzz, the inputs of `npm run fuzz -- NAME SEED INPUTS`. */
function fuzzed(fuzz: Fuzz): Campaign {
  return whole(`fuzz-${fuzz.name}`, 1_000_000, async ({ seed, rounds }) => {
    const { name, inputs, failure } = await fuzz.run(seed, rounds);
    const failures = failure === undefined ? [] : [`npm run fuzz -- ${name} ${seed} ${rounds}: ${failure.what}`];
    return { name, rounds, outcomes: { inputs }, failures };
  });
}

/** Every campaign: the faults one line each, then the fuzzes. */
export const campaigns: readonly Campaign[] = [
  whole('journal-kill', 500, journalKill),
  whole('journal-power', 2000, journalPower),
  whole('journal-flip', 5000, journalFlip),
  whole('journal-full', 50, journalFull),
  whole('gateway-kill', 200, gatewayKill),
  whole('gateway-kill-group', 50, options => gatewayKill({ ...options, durability: 'group' })),
  whole('gateway-kill-recovery', 50, options => gatewayKill({ ...options, victim: 'recovery' })),
  whole('gateway-cut-connections', 200, options => gatewayKill({ ...options, victim: 'connections' })),
  whole('gateway-cut-resending', 200, options =>
    gatewayKill({ ...options, victim: 'connections', resendOrdersWithinMs: 60_000 }),
  ),
  twin('journal-kill', 500, journalKill),
  twin('journal-power', 2000, journalPower),
  twin('journal-flip', 5000, journalFlip),
  twin('journal-full', 50, journalFull),
  whole('convert-memory', 1, convertMemory),
  whole('resend-memory', 1_000_000, resendMemory),
  ...fuzzes.map(fuzzed),
];
