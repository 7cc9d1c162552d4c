import { writeFileSync } from 'node:fs';
import { build, type Histogram } from 'hdr-histogram-js';

/** HdrHistogram's own text has five lines for each halving of the distance to 100 %. */
const TICKS_PER_HALVING = 5;
const NS_PER_US = 1000;

/** Latencies by message, kept whole, so that no work but one store is done while the load runs. NaN: no answer came. */
export class Latencies {
  readonly #ns: Float64Array;
  readonly #warmUp: number;
  answered = 0;

  constructor(count: number, warmUp: number) {
    this.#ns = new Float64Array(count).fill(NaN);
    this.#warmUp = warmUp;
  }

  /** Records an answer; false if the message is not one of ours or was answered before. */
  record(index: number, latencyMs: number): boolean {
    if (!(index >= 0 && index < this.#ns.length) || !Number.isNaN(this.#ns[index])) return false;
    this.#ns[index] = Math.max(0, Math.round(latencyMs * 1e6));
    this.answered++;
    return true;
  }

  /** Those after the warm-up, in the order the messages were meant to leave. */
  measured(): Float64Array {
    return this.#ns.subarray(this.#warmUp).filter(ns => !Number.isNaN(ns));
  }

  histogram(): Histogram {
    const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    for (const ns of this.measured()) histogram.recordValue(ns);
    return histogram;
  }
}

export interface LatencySummary {
  readonly count: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

export function summaryOf(histogram: Histogram): LatencySummary {
  const us = (percentile: number): number => histogram.getValueAtPercentile(percentile) / NS_PER_US;
  return {
    count: histogram.totalCount,
    p50Us: us(50),
    p90Us: us(90),
    p99Us: us(99),
    p999Us: us(99.9),
    maxUs: histogram.maxValue / NS_PER_US,
  };
}

/** Writes HdrHistogram's percentile text in microseconds; `facts` follow as comment lines. */
export function writeHgrm(file: string, histogram: Histogram, facts: Readonly<Record<string, string | number>>): void {
  const comments = Object.entries(facts).map(([name, value]) => `#[${name} = ${value}]`);
  const text = histogram.outputPercentileDistribution(TICKS_PER_HALVING, NS_PER_US);
  writeFileSync(file, `${text.trimEnd()}\n${comments.join('\n')}\n`);
}

/** Writes each latency, nanoseconds, one a line, in the order the messages were meant to leave. */
export function writeRaw(file: string, latencies: Latencies): void {
  writeFileSync(file, `${Array.from(latencies.measured()).join('\n')}\n`);
}
