import { ConfigError } from '../../model/index.js';
import { readInput } from '../arguments.js';

/** Standard normal quantile of a two-sided 95 % interval. */
const Z_95 = 1.96;

/** Values in rising order with how many samples lie at or below each. */
export interface Distribution {
  readonly values: readonly number[];
  readonly counts: readonly number[];
  readonly total: number;
}

export interface Quantile {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Comparison {
  readonly percentile: number;
  readonly a: Quantile;
  readonly b: Quantile;
  /** b / a: above 1 where A is faster. */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
}

const HGRM_LINE = /^\s*([\d.]+)\s+[01]\.\d+\s+(\d+)(?:\s+([\d.]+|inf))?\s*$/;

function fromHgrm(lines: readonly string[]): Distribution {
  const values: number[] = [];
  const counts: number[] = [];
  for (const line of lines) {
    const match = HGRM_LINE.exec(line);
    if (match === null) continue;
    values.push(Number(match[1]));
    counts.push(Number(match[2]));
  }
  return { values, counts, total: counts.at(-1) ?? 0 };
}

/** Reads a .hgrm file, or a raw one: a number a line, in nanoseconds; both come out in microseconds. */
export function parseDistribution(text: string, name: string): Distribution {
  const lines = text.split('\n');
  if (/^\s*Value\s+Percentile/m.test(text)) return nonEmpty(fromHgrm(lines), name);
  const numbers = lines.filter(line => line.trim() !== '' && !line.startsWith('#')).map(line => Number(line) / 1000);
  if (numbers.some(Number.isNaN))
    throw new ConfigError('HR_CONFIG_RESULT', `${name} is neither .hgrm nor a number a line`);
  const values = numbers.sort((a, b) => a - b);
  return nonEmpty({ values, counts: values.map((_, index) => index + 1), total: values.length }, name);
}

function nonEmpty(distribution: Distribution, name: string): Distribution {
  if (distribution.total === 0) throw new ConfigError('HR_CONFIG_RESULT', `${name} holds no measurement`);
  return distribution;
}

export function readDistribution(file: string): Distribution {
  return parseDistribution(readInput(file), file);
}

function valueAtRank(distribution: Distribution, rank: number): number {
  const bounded = Math.min(distribution.total, Math.max(1, Math.ceil(rank)));
  const index = distribution.counts.findIndex(count => count >= bounded);
  return distribution.values[index] ?? NaN;
}

/** A quantile and its 95 % interval, from the ranks between which a binomial count of samples puts the true one. */
export function quantileOf(distribution: Distribution, percentile: number): Quantile {
  const share = percentile / 100;
  const rank = share * distribution.total;
  const spread = Z_95 * Math.sqrt(distribution.total * share * (1 - share));
  return {
    value: valueAtRank(distribution, rank),
    low: valueAtRank(distribution, Math.floor(rank - spread)),
    high: valueAtRank(distribution, Math.ceil(rank + spread) + 1),
  };
}

/**
 * How A stands to B at a percentile. The interval takes each side's interval at its worst, so it is on the wide side; it speaks of
 * these two runs: samples of one run resemble each other, so a claim needs several runs, taken in turn.
 */
export function compareAt(a: Distribution, b: Distribution, percentile: number): Comparison {
  const [left, right] = [quantileOf(a, percentile), quantileOf(b, percentile)];
  return {
    percentile,
    a: left,
    b: right,
    ratio: right.value / left.value,
    ratioLow: right.low / left.high,
    ratioHigh: right.high / left.low,
  };
}
