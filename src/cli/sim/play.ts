import { PLAY_DEFAULTS, PlatformSimulator, type SimulatorCounts } from '../../platforms/index.js';
import { EXIT_SOME_BAD } from '../program.js';
import { addressOf } from './flags.js';
import type { Side } from './side.js';

export interface PlayFlags {
  readonly listen?: string;
  readonly connect?: string;
  readonly seed: number;
  readonly rate: number;
  readonly orders: number;
  readonly seconds?: number;
  readonly rejectPercent: number;
  readonly fillParts: number;
  readonly prices?: ReadonlyMap<string, bigint>;
  readonly json?: boolean;
}

const DEFAULT_LISTEN = '127.0.0.1:9884';
const LOOK_MS = 200;

/** Plays the platform until Ctrl-C, the time is over, or all orders have ended; then says what was sent and received. */
export async function playSimulator({ rules, beginString, platform, desk }: Side, flags: PlayFlags): Promise<void> {
  const { connect, listen = DEFAULT_LISTEN, seed, rate, orders, rejectPercent, fillParts, prices } = flags;
  const say = (text: string): void => void (flags.json ? process.stderr : process.stdout).write(`headrace: ${text}\n`);
  const simulator = await PlatformSimulator.start({
    ...PLAY_DEFAULTS,
    ...(prices && { prices }),
    seed,
    rejectPercent,
    fillPartsMax: Math.max(fillParts, 1),
    ordersPerSecond: rate,
    ordersMax: orders,
    rules,
    beginString,
    senderCompID: platform,
    targetCompID: desk,
    ...(connect === undefined ? { listen: addressOf(listen) } : { connect: addressOf(connect) }),
    onEvent: (kind, text) => {
      if (SAID.has(kind)) say(`${kind}: ${text}`);
    },
  });
  const place =
    connect === undefined ? `listens on ${addressOf(listen).host}:${simulator.port}` : `connects to ${connect}`;
  say(`${rules.profile.name} on ${beginString}, ${platform} to ${desk}, ${place}; Ctrl-C ends it`);
  await ended(simulator, flags);
  await simulator.close();
  const { counts } = simulator;
  if (flags.json) console.log(JSON.stringify({ profile: rules.profile.name, beginString, seed, ...counts }));
  else
    for (const [name, count] of Object.entries(counts)) if (count > 0) console.log(`${words(name).padEnd(28)}${count}`);
  if (counts.faults > 0 || counts.sessionRejects > 0) process.exitCode = EXIT_SOME_BAD;
}

/** Events worth a line; the others are in the counts. */
const SAID = new Set(['logon', 'logout', 'disconnect', 'reject', 'warning', 'fault']);

function ended(simulator: PlatformSimulator, { seconds }: PlayFlags): Promise<void> {
  const startMs = Date.now();
  return new Promise(resolve => {
    const finish = (): void => {
      clearInterval(timer);
      for (const signal of SIGNALS) process.off(signal, finish);
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      resolve();
    };
    const timer = setInterval(() => {
      showProgress(simulator.counts);
      if (simulator.isDone || (seconds !== undefined && Date.now() - startMs >= seconds * 1_000)) finish();
    }, LOOK_MS);
    for (const signal of SIGNALS) process.on(signal, finish);
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function showProgress({ ordersReceived, ordersSent, fillsSent, fillsReceived }: SimulatorCounts): void {
  if (!process.stderr.isTTY) return;
  const line = `orders ${ordersReceived} in, ${ordersSent} out; fills ${fillsSent} out, ${fillsReceived} in`;
  process.stderr.write(`\r${line}\x1b[K`);
}

/** `ordersReceived` as words. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
