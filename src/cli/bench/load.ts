/** What the two kinds of load share: the plan, the spinning send loop, the wait for late answers and the result. */
import { ConfigError } from '../../model/index.js';
import { startHiccupMeter } from './hiccups.js';
import { Latencies, summaryOf, writeHgrm, writeRaw, type LatencySummary } from './latencies.js';
import { OpenLoop } from './open-loop.js';

/** How long answers may come after the last message was sent. */
const LATE_ANSWERS_MS = 10_000;
const START_DELAY_MS = 20;

export interface LoadPlan {
  readonly host: string;
  readonly port: number;
  readonly ratePerSecond: number;
  readonly warmUpSeconds: number;
  readonly durationSeconds: number;
  readonly hgrm?: string | undefined;
  readonly raw?: string | undefined;
  readonly progress: (text: string) => void;
}

export interface LoadResult {
  readonly target: string;
  readonly ratePerSecond: number;
  readonly sent: number;
  readonly unanswered: number;
  readonly latency: LatencySummary;
  readonly hiccups: LatencySummary;
  readonly timestamps: string;
}

/** A target that takes messages: `send` writes all of them from one index up to another in one go. */
export interface LoadTarget {
  readonly timestamps: string;
  send(from: number, to: number): void;
  /** Undefined while all is well. */
  failure(): string | undefined;
  close(): void;
}

export function splitTarget(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  if (match === null) throw new ConfigError('HR_CONFIG_TARGET', `"${text}" is not host:port`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}

export function loadCounts(plan: LoadPlan): { total: number; warmUp: number } {
  const warmUp = Math.floor(plan.ratePerSecond * plan.warmUpSeconds);
  return { warmUp, total: warmUp + Math.ceil(plan.ratePerSecond * plan.durationSeconds) };
}

/** Sends on schedule. The loop never sleeps: setImmediate polls the sockets without waiting, so no send waits for a timer. */
function sendAll(loop: OpenLoop, target: LoadTarget): Promise<number> {
  return new Promise(resolve => {
    let sent = 0;
    function turn(): void {
      if (target.failure() !== undefined) return resolve(sent);
      const due = loop.due(performance.now());
      if (due > sent) target.send(sent, due);
      sent = due;
      if (sent === loop.count) resolve(sent);
      else setImmediate(turn);
    }
    turn();
  });
}

async function lateAnswers(latencies: Latencies, sent: number, target: LoadTarget): Promise<void> {
  const end = performance.now() + LATE_ANSWERS_MS;
  while (latencies.answered < sent && performance.now() < end && target.failure() === undefined)
    await new Promise(resolve => setImmediate(resolve));
}

/** The loop and the latencies a target records into; made before it connects. */
export class Load {
  readonly plan: LoadPlan;
  readonly total: number;
  readonly latencies: Latencies;
  loop: OpenLoop;

  constructor(plan: LoadPlan) {
    const { total, warmUp } = loadCounts(plan);
    this.plan = plan;
    this.total = total;
    this.latencies = new Latencies(total, warmUp);
    this.loop = new OpenLoop(Infinity, plan.ratePerSecond, total);
  }

  /** An answer to message `index`, timed from when it was meant to be sent. */
  answered(index: number, receivedMs: number): boolean {
    return this.latencies.record(index, receivedMs - this.loop.intendedMs(index));
  }

  async run(target: LoadTarget): Promise<LoadResult> {
    const { plan, latencies } = this;
    const meter = startHiccupMeter();
    plan.progress(`${this.total} messages at ${plan.ratePerSecond}/s to ${plan.host}:${plan.port}`);
    this.loop = new OpenLoop(performance.now() + START_DELAY_MS, plan.ratePerSecond, this.total);
    const sent = await sendAll(this.loop, target);
    await lateAnswers(latencies, sent, target);
    const hiccups = await meter.stop();
    target.close();
    const failure = target.failure();
    if (failure !== undefined) plan.progress(`stopped early: ${failure}`);
    return this.#result(sent, hiccups, target.timestamps);
  }

  #result(sent: number, hiccups: LatencySummary, timestamps: string): LoadResult {
    const { plan, latencies } = this;
    const histogram = latencies.histogram();
    const target = `${plan.host}:${plan.port}`;
    const unanswered = sent - latencies.answered;
    const facts = { target, ratePerSecond: plan.ratePerSecond, sent, unanswered, timestamps, unit: 'microseconds' };
    if (plan.hgrm !== undefined) writeHgrm(plan.hgrm, histogram, { ...facts, hiccupP99Us: hiccups.p99Us });
    if (plan.raw !== undefined) writeRaw(plan.raw, latencies);
    return {
      target,
      ratePerSecond: plan.ratePerSecond,
      sent,
      unanswered,
      latency: summaryOf(histogram),
      hiccups,
      timestamps,
    };
  }
}
