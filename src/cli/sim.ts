import { Command } from 'commander';

import { PROFILE_NAMES, platformProfiles, runConformance, type ConformanceResult } from '../platforms/index.js';
import { atLeastZero, positive } from './arguments.js';
import { EXIT_SOME_BAD, EXIT_UNAVAILABLE } from './program.js';
import { chooseSide, type SideFlags } from './sim/side.js';
import { playSimulator, type PlayFlags } from './sim/play.js';
import { addressOf, percent, symbolPrices, wholeNumber } from './sim/flags.js';

const EXAMPLES = `
Profiles: ${PROFILE_NAMES.join(', ')}; --list says what each is.

Without --check it plays the platform: it takes orders, rejects those of symbols that it does not know, fills market orders and limit orders as good as its price
in parts, lets the others rest, and answers allocations, position and status requests as the profile has them. What it does hangs on --seed alone. With --rate it
sends orders of its own to the desk, and allocates what was filled. It ends on Ctrl-C, after --seconds, or when --orders have been sent and have ended.

With --check it plays the desk, and runs the profile's conformance script against a platform: both numbers are reset, and the orders pass no gate, so give
it a platform for tests.

Examples:
  headrace sim order_management --listen 127.0.0.1:9884
  headrace sim charles_river --connect 127.0.0.1:9880 --platform CLIENT --desk HEADRACE --rate 50 --orders 1000 --json
  headrace sim charles_river --check 127.0.0.1:9884 --account A001 --symbol ACME
  headrace sim crd --config platforms.yaml --check crd.example:9100
  headrace sim --list

Exit codes: 0 all went well, 1 a scenario failed, or messages were rejected as wrong; 69 the port, or the platform, cannot be had.`;

interface Flags extends SideFlags, PlayFlags {
  readonly list?: boolean;
  readonly check?: string;
  readonly account: string;
  readonly symbol: string;
  readonly refusedSymbol: string;
  readonly lowPrice: string;
  readonly timeoutMs: number;
}

async function sim(name: string | undefined, flags: Flags, command: Command): Promise<void> {
  if (flags.list) return list(flags.json ?? false);
  if (name === undefined) command.error('error: name a profile, or --list them');
  if ([flags.check, flags.listen, flags.connect].filter(place => place !== undefined).length > 1)
    command.error('error: --check, --listen and --connect exclude each other');
  const side = chooseSide(name, flags);
  if (flags.check === undefined) return playSimulator(side, flags);
  const { account, symbol, refusedSymbol: refused, lowPrice: low, timeoutMs } = flags;
  const result = await runConformance({
    rules: side.rules,
    beginString: side.beginString,
    senderCompID: side.desk,
    targetCompID: side.platform,
    username: side.username,
    password: side.password,
    host: addressOf(flags.check),
    words: { account, symbol, refused, low },
    timeoutMs,
    onScenario: scenario => {
      if (flags.json) return;
      const { ok, name: title, steps, step, reason } = scenario;
      console.log(ok ? `ok      ${title} (${steps} steps)` : `failed  ${title}\n        ${step}: ${reason}`);
    },
  });
  if (flags.json) console.log(JSON.stringify(result));
  else console.log(summary(result));
  process.exitCode = exitCode(result);
}

function summary({ profile, beginString, scenarios }: ConformanceResult): string {
  const passed = scenarios.filter(({ ok }) => ok).length;
  return `${profile} on ${beginString}: ${passed} of ${scenarios.length} passed`;
}

function exitCode({ ok, scenarios }: ConformanceResult): number {
  if (ok) return 0;
  return scenarios[0]?.ok === false ? EXIT_UNAVAILABLE : EXIT_SOME_BAD;
}

function list(json: boolean): void {
  const rows = PROFILE_NAMES.flatMap(name => platformProfiles[name] ?? []).map(profile => ({
    name: profile.name,
    summary: profile.summary,
    versions: profile.beginStrings,
    scenarios: profile.script.length,
  }));
  if (json) return console.log(JSON.stringify(rows));
  for (const { name, summary: what, versions, scenarios } of rows)
    console.log(`${name.padEnd(22)}${what}; ${versions.join(', ')}; ${scenarios} scenarios`);
}

/** `headrace sim`: the counterparty of a trading platform's profile, and its conformance script. */
export function simCommand(): Command {
  return new Command('sim')
    .description('Plays a trading platform by a profile, or checks one by its conformance script.')
    .argument('[profile]', 'a profile; with --config a platform of that file')
    .option('--list', 'list the profiles')
    .option('--check <host:port>', 'run the conformance script against the platform there')
    .option('--listen <host:port>', 'listen there for the desk; port 0 takes a free one (default: 127.0.0.1:9884)')
    .option('--connect <host:port>', 'connect to the desk there')
    .option('--config <file>', 'file of platforms, YAML: its rules, names and version')
    .option('--begin-string <version>', "version of FIX; the profile's usual one unless given")
    .option('--platform <compid>', "the platform's CompID (default: PLATFORM)")
    .option('--desk <compid>', "the desk's CompID (default: DESK)")
    .option('--seed <number>', 'seed of what is left to chance', wholeNumber, 1)
    .option('--rate <number>', 'orders a second that it sends itself', atLeastZero, 0)
    .option('--orders <number>', 'orders that it sends at most; 0: no end', wholeNumber, 0)
    .option('--seconds <number>', 'end after so long', positive)
    .option('--reject-percent <number>', 'orders of known symbols that it rejects, of a hundred', percent, 0)
    .option('--fill-parts <number>', 'parts that a fill comes in at most', wholeNumber, 3)
    .option('--prices <list>', 'symbols that it knows, and their prices: ACME=100.00,IBM=187.25', symbolPrices)
    .option('--account <name>', 'account of the orders of --check', 'A001')
    .option('--symbol <name>', 'symbol that trades, for --check', 'ACME')
    .option('--refused-symbol <name>', 'symbol that is not known, for --check', 'NOSUCH')
    .option('--low-price <price>', 'price that no buy order is filled at, for --check', '0.01')
    .option('--timeout-ms <number>', 'how long --check waits for an answer', positive, 5_000)
    .option('--json', 'one JSON object at the end instead of text')
    .addHelpText('after', EXAMPLES)
    .action(sim);
}
