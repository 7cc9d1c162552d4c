import { Cells } from './cells.js';

/** Buckets of an octave. A bucket's middle is at most 1/64 = 1.5625 % from any value in it; values below 64 ns are exact. */
const OCTAVE_BUCKETS = 32;
const OCTAVE_BITS = 5;
/** Values from 2^37 ns (137 s) on are counted in the last bucket; the maximum stays exact. */
const VALUE_BITS = 37;
const BUCKETS = (VALUE_BITS - OCTAVE_BITS + 1) * OCTAVE_BUCKETS;
const LARGEST = 2 ** VALUE_BITS - 1;

const SUM = BUCKETS;
const MAX = BUCKETS + 1;
const CELLS = BUCKETS + 2;

/** What a histogram says of its values, in nanoseconds; all 0 when it is empty. */
export interface HistogramSummary {
  readonly count: number;
  readonly sumNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

/** The bucket of a whole value from 0 to LARGEST: its octave, and the five bits below its highest one. */
function bucketOf(value: number): number {
  // Shifts take 32 bits; a larger value loses low bits that no bucket of its octave looks at.
  const dropped = value < 0x8000_0000 ? 0 : 16;
  const word = dropped === 0 ? value : Math.floor(value / 0x1_0000);
  if (word < 2 * OCTAVE_BUCKETS) return word;
  const shift = 31 - Math.clz32(word) - OCTAVE_BITS;
  return (shift + dropped) * OCTAVE_BUCKETS + (word >>> shift);
}

/** The middle of a bucket. */
function valueOf(bucket: number): number {
  if (bucket < 2 * OCTAVE_BUCKETS) return bucket;
  const shift = Math.floor(bucket / OCTAVE_BUCKETS) - 1;
  const width = 2 ** shift;
  return ((bucket % OCTAVE_BUCKETS) + OCTAVE_BUCKETS) * width + (width - 1) / 2;
}

/**
 * A log-linear histogram of durations from 1 ns to 137 s with an error of at most 1.6 %, in shared memory.
 * One thread records, once a batch; any thread summarises. Recording allocates nothing.
 */
export class Histogram {
  readonly #cells: Cells;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Cells(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#cells.memory;
  }

  /** Counts `count` events that took `valueNs` each; the writing thread only. A negative or broken value counts as 0. */
  record(valueNs: number, count = 1): void {
    const cells = this.#cells;
    const value = valueNs > 0 ? Math.floor(valueNs) : 0;
    cells.add(bucketOf(value < LARGEST ? value : LARGEST), count);
    cells.add(SUM, value * count);
    if (value > cells.own(MAX)) cells.store(MAX, value);
  }

  /** Counts, mean and percentiles as far as they are published; any thread. */
  summary(): HistogramSummary {
    const counts = Float64Array.from({ length: BUCKETS }, (_, bucket) => this.#cells.load(bucket));
    const count = counts.reduce((sum, value) => sum + value, 0);
    const [sumNs, maxNs] = [this.#cells.load(SUM), this.#cells.load(MAX)];
    const quantile = (share: number) => Math.min(maxNs, percentile(counts, count * share));
    return {
      count,
      sumNs,
      meanNs: count === 0 ? 0 : sumNs / count,
      p50Ns: quantile(0.5),
      p90Ns: quantile(0.9),
      p99Ns: quantile(0.99),
      p999Ns: quantile(0.999),
      maxNs,
    };
  }
}

/** The value that `rank` of the counted values do not exceed. */
function percentile(counts: Float64Array, rank: number): number {
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket] as number;
    if (seen > 0 && seen >= rank) return valueOf(bucket);
  }
  return 0;
}

/** Makes one empty histogram a name: its memory, to be opened by `openHistogram` where it is written and where it is read. */
export function createHistograms<const Name extends string>(names: readonly Name[]): Record<Name, SharedArrayBuffer> {
  const memories = names.map(name => [name, new SharedArrayBuffer(Cells.sizeFor(CELLS))]);
  return Object.fromEntries(memories) as Record<Name, SharedArrayBuffer>;
}

/** Opens a histogram's memory, in any thread. */
export function openHistogram(memory: SharedArrayBuffer): Histogram {
  return new Histogram(memory);
}
