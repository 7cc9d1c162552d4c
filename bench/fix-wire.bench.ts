/**
 * Order in → order out over loopback TCP, open loop. The load is `headrace bench wire` in a process of its own, client and venue
 * in one thread; the target is started afresh for each cycle. Latency runs from the schedule to the read of the order at the venue
 * (for the echoes: back at the client), so it holds two loopback hops and the load's own wake-ups, the same for every target.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadResult } from '../src/cli/bench/load.js';
import { fixMessages, messageFile } from './fix-messages.js';
import type { Case, Contender, Missing, Question } from './harness.js';
import { projectRoot, workFolder } from './install.js';
import { bareEcho, ourGateway, quickfixRelay, type WireTargetKind } from './wire-targets.js';

const RATES = [10_000, 1_000];
const WARM_UP_SECONDS = 1;
const SECONDS = 3;
/** Long enough that a lane never sleeps between two orders of the slower rate. */
const SPIN_US = 1_000_000;

export const resultsFolder = join(projectRoot, 'bench', 'results');

function headrace(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = join(projectRoot, 'bin', 'headrace.js');
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.on('data', chunk => out.push(String(chunk)));
    child.stderr.on('data', chunk => err.push(String(chunk)));
    child.once('exit', code => {
      if (out.length > 0) resolve(out.join(''));
      else reject(new Error(`headrace bench ended with ${code}: ${err.join('').trim().split('\n').at(-1)}`));
    });
  });
}

interface WireRun {
  readonly kind: WireTargetKind;
  readonly rate: number;
  readonly messages: string;
  cycle: number;
}

/** One cycle: a fresh target, the load, and the histogram kept. */
async function wireCycle(run: WireRun): Promise<LoadResult> {
  const target = await run.kind.start();
  try {
    const name = run.kind.name.replace(/[^A-Za-z0-9]+/g, '-');
    const hgrm = join(resultsFolder, `${name}-${run.rate}-${run.cycle++}.hgrm`);
    const load = ['--target', `127.0.0.1:${target.port}`, '--rate', String(run.rate), '--messages', run.messages];
    const time = ['--warmup', String(WARM_UP_SECONDS), '--duration', String(SECONDS)];
    const venue = target.venuePort === undefined ? [] : ['--venue', String(target.venuePort)];
    const sides = ['--sender', 'CLIENT1', '--recipient', 'HEADRACE', '--json', '--hgrm', hgrm];
    const result = JSON.parse(await headrace(['bench', 'wire', ...load, ...time, ...venue, ...sides])) as LoadResult;
    const expected = run.rate * (WARM_UP_SECONDS + SECONDS);
    if (result.sent < expected || result.unanswered > 0)
      throw new Error(`${run.kind.name}: ${result.sent} of ${expected} sent, ${result.unanswered} unanswered`);
    return result;
  } finally {
    await target.stop();
  }
}

/** Two contenders from one run: the first measures and keeps the p99 that the second hands out, cycle by cycle. */
function contendersOf(kind: WireTargetKind, rate: number, messages: string): { p50: Contender; p99: Contender } {
  const run: WireRun = { kind, rate, messages, cycle: 0 };
  const p99s: number[] = [];
  const measure = async (): Promise<number> => {
    const { latency } = await wireCycle(run);
    p99s.push(latency.p99Us);
    return latency.p50Us;
  };
  const keptP99 = (): number => {
    const value = p99s.shift();
    if (value === undefined) throw new Error('the target failed when it was measured');
    return value;
  };
  return {
    p50: { name: kind.name, unit: 'µs p50', run: measure },
    p99: { name: kind.name, unit: 'µs p99', run: keptP99 },
  };
}

/** A target that does not start here, or does not pass orders, is missing, with the reason. */
async function tried(kind: WireTargetKind, messages: string): Promise<Missing | undefined> {
  try {
    await wireCycle({ kind, rate: 100, messages, cycle: 0 });
    return undefined;
  } catch (error) {
    return { name: kind.name, missing: error instanceof Error ? error.message : String(error) };
  }
}

type Sides = Record<'p50' | 'p99', Contender | Missing>;

/** The cases of one rate: the parked lane beside what sleeps, the spinning lane beside what spins, QuickFIX beside both. */
function casesAt(rate: number, sides: readonly Sides[]): Case[] {
  const [parked, spinning, quickfix, epoll, spin] = sides as [Sides, Sides, Sides, Sides, Sides];
  return (['p50', 'p99'] as const).flatMap(at => {
    const name = `${at} at ${rate.toLocaleString('en-US')} orders/s`;
    return [
      { name: `${name}, parked`, ours: parked[at], peers: [quickfix[at], epoll[at]] },
      { name: `${name}, spinning`, ours: spinning[at], peers: [quickfix[at], spin[at]] },
    ];
  });
}

async function* cases(progress: (text: string) => void): AsyncGenerator<Case> {
  mkdirSync(resultsFolder, { recursive: true });
  const messages = messageFile(workFolder('wire'), fixMessages('NewOrderSingle'));
  const kinds = [ourGateway(0), ourGateway(SPIN_US), quickfixRelay, bareEcho('epoll'), bareEcho('spin')];
  const missing = new Map<string, Missing>();
  for (const kind of kinds) {
    const reason = await tried(kind, messages);
    progress(`  ${kind.name}: ${reason?.missing ?? 'passes orders'}`);
    if (reason !== undefined) missing.set(kind.name, reason);
  }
  const sidesOf = (kind: WireTargetKind, rate: number): Sides => {
    const reason = missing.get(kind.name);
    return reason === undefined ? contendersOf(kind, rate, messages) : { p50: reason, p99: reason };
  };
  for (const rate of RATES) {
    yield* casesAt(
      rate,
      kinds.map(kind => sidesOf(kind, rate)),
    );
  }
}

export const fixWire: Question = { name: 'fix-wire', cases };
