/**
 * How a question is asked. A question holds cases; a case sets one contender of ours beside its peers; a round runs one cycle
 * of each of them, alternating, and the figures are medians over the rounds. A cycle of each goes before and is thrown away.
 *
 * A contender is one of two kinds. `X-ours.ts` exports plain functions that return one, e.g.
 * `export function nativeRowsDecode(): Timed { return { name: 'headrace, native rows', unit: 'records/s', operations: 4096, call } }`:
 * - Timed: runs inside this process and benchmark.js times it: `call()` does `operations` operations and returns something made
 *   of its results, so nothing is optimised away. Its value is operations a second, so the unit ends in `/s`.
 * - Rated: times itself, in this process, a worker or a child process: `run()` does one cycle (about half a second of work) and
 *   returns the value in `unit`. Units ending in `/s` are better when higher, all others (`ns`, `µs p50`) when lower.
 * `name` says what runs and how (`headrace, native, sync a 1,000`); `close()` lets go of files, threads and processes.
 * A thing that cannot run here throws in its factory with the reason; it is then reported as missing.
 */
import Benchmark from 'benchmark';

interface Named {
  readonly name: string;
  readonly unit: string;
  close?(): void | Promise<void>;
}

/** Timed by benchmark.js: `call` does `operations` operations. */
export interface Timed extends Named {
  readonly operations: number;
  call(): unknown;
}

/** Times itself: `run` does one cycle and returns the value in `unit`. */
export interface Rated extends Named {
  run(): number | Promise<number>;
}

export type Contender = Timed | Rated;

/** A peer that cannot be had here: it is reported so, never as beaten. */
export interface Missing {
  readonly name: string;
  readonly missing: string;
}

export interface Case {
  /** What is measured, added to each peer's name in the report; empty when the question has one case. */
  readonly name: string;
  readonly ours: Contender | Missing;
  readonly peers: readonly (Contender | Missing)[];
}

export interface Question {
  readonly name: string;
  /**
   * Installs the peers, makes the input and gives the cases, the one that matters most first. A case is asked for when the one
   * before it is measured and closed, so no contender lives, or spins, beside another case.
   */
  cases(progress: (text: string) => void): AsyncIterable<Case>;
}

/** One line of the report; `ours` and `theirs` are medians in `unit`, `ratio` is above 1 where ours is better. */
export interface ReportRow {
  readonly question: string;
  readonly peer: string;
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly unit: string;
  readonly ratio: number | null;
  readonly rounds: number;
  /** Why a side has no figure. */
  readonly missing?: string;
}

export interface RunOptions {
  readonly rounds: number;
  /** The least time of one benchmark.js cycle. */
  readonly cycleSeconds: number;
  readonly progress: (text: string) => void;
}

/** The middle value, or the mean of the middle two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Rates are better when higher; times and everything else when lower. */
export function higherIsBetter(unit: string): boolean {
  return unit.endsWith('/s');
}

/** How many times better ours is: above 1 where it is, whatever the unit's direction. */
export function ratioOf(ours: number, theirs: number, unit: string): number {
  return higherIsBetter(unit) ? ours / theirs : theirs / ours;
}

/** `make()`, or, where it throws, the reason it is missing. */
export async function orMissing<T extends Contender>(name: string, make: () => T | Promise<T>): Promise<T | Missing> {
  try {
    return await make();
  } catch (error) {
    return { name, missing: error instanceof Error ? error.message : String(error) };
  }
}

/** One cycle of a contender, in its unit. */
export async function runCycle(contender: Contender, cycleSeconds: number): Promise<number> {
  if ('run' in contender) return contender.run();
  return timedCycle(contender, cycleSeconds);
}

/** One benchmark.js cycle: one sample, its count calibrated to last `cycleSeconds`. */
function timedCycle(timed: Timed, cycleSeconds: number): number {
  let sink: unknown;
  const benchmark = new Benchmark(() => (sink = timed.call()), {
    minSamples: 1,
    maxTime: cycleSeconds,
    minTime: cycleSeconds,
  });
  benchmark.run({ async: false });
  // benchmark.js keeps an exception to itself and reports a rate of nothing.
  if (benchmark.error !== undefined) throw benchmark.error;
  if (sink === undefined) throw new Error(`${timed.name}: call() must return something made of its results`);
  return benchmark.hz * timed.operations;
}

const isMissing = (side: Contender | Missing): side is Missing => 'missing' in side;

/** What a case gave: the values of each contender, or why it failed in one of its cycles. */
class Outcome {
  readonly values = new Map<Contender, number[]>();
  readonly failures = new Map<Contender, string>();

  /** The median, or the reason there is none. */
  of(side: Contender | Missing): number | Missing {
    if (isMissing(side)) return side;
    const missing = this.failures.get(side);
    return missing === undefined ? median(this.values.get(side) ?? []) : { name: side.name, missing };
  }
}

/** One cycle; a contender that fails takes no further part, and the others go on. */
async function cycleOf(contender: Contender, outcome: Outcome, options: RunOptions): Promise<number | undefined> {
  if (outcome.failures.has(contender)) return undefined;
  try {
    return await runCycle(contender, options.cycleSeconds);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    outcome.failures.set(contender, reason);
    options.progress(`  ${contender.name} failed: ${reason}`);
    return undefined;
  }
}

/** Runs the rounds of one case: each round one cycle of each contender, in turned order every second round. */
async function measure(contenders: readonly Contender[], options: RunOptions): Promise<Outcome> {
  const outcome = new Outcome();
  for (const contender of contenders) outcome.values.set(contender, []);
  // The first cycle compiles and connects: it is thrown away.
  for (const contender of contenders) await cycleOf(contender, outcome, options);
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      const value = await cycleOf(contender, outcome, options);
      if (value === undefined) continue;
      outcome.values.get(contender)?.push(value);
      const figure = `${formatFigure(value)} ${contender.unit}`;
      options.progress(`  round ${round + 1}/${options.rounds}  ${contender.name}: ${figure}`);
    }
  }
  return outcome;
}

function rowOf(item: Case, peer: Contender | Missing, outcome: Outcome): Omit<ReportRow, 'question' | 'rounds'> {
  const [ours, theirs] = [outcome.of(item.ours), outcome.of(peer)];
  const unit = [peer, item.ours].flatMap(side => (isMissing(side) ? [] : [side.unit]))[0] ?? '';
  const bothKnown = typeof ours === 'number' && typeof theirs === 'number';
  const reason = typeof ours !== 'number' ? `ours: ${ours.missing}` : typeof theirs !== 'number' ? theirs.missing : '';
  return {
    peer: item.name === '' ? peer.name : `${peer.name}, ${item.name}`,
    ours: typeof ours === 'number' ? ours : null,
    theirs: typeof theirs === 'number' ? theirs : null,
    unit,
    ratio: bothKnown ? ratioOf(ours, theirs, unit) : null,
    ...(reason === '' ? {} : { missing: reason }),
  };
}

/** Measures one case and closes its contenders; a row a peer. */
export async function runCase(question: string, item: Case, options: RunOptions): Promise<ReportRow[]> {
  const contenders = [item.ours, ...item.peers].filter((side): side is Contender => !isMissing(side));
  const units = new Set(contenders.map(contender => contender.unit));
  if (units.size > 1) throw new Error(`${question} ${item.name}: units differ: ${[...units].join(', ')}`);
  options.progress(`${question}${item.name === '' ? '' : `, ${item.name}`}`);
  try {
    const outcome = await measure(contenders, options);
    const { rounds } = options;
    return item.peers.map(peer => ({ question, ...rowOf(item, peer, outcome), rounds }));
  } finally {
    for (const contender of contenders) await contender.close?.();
  }
}

/** Asks one question: its cases one after another. */
export async function ask(question: Question, options: RunOptions): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const item of question.cases(options.progress)) {
    rows.push(...(await runCase(question.name, item, options)));
  }
  return rows;
}

/** Three digits that matter, thousands parted by commas. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
