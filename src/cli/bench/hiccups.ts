import { Worker } from 'node:worker_threads';
import { build } from 'hdr-histogram-js';

import { summaryOf, type LatencySummary } from './latencies.js';

const PERIOD_MS = 1;
const CELLS = 1 << 16;

/** Sleeps 1 ms again and again in a thread of its own, and stores by how many ns each sleep overran. */
const METER = `
  const { workerData } = require('node:worker_threads');
  const { cells, control, periodMs } = workerData;
  const overruns = new Float64Array(cells);
  const state = new Int32Array(control);
  for (let count = 0; Atomics.load(state, 0) === 0; count++) {
    const before = performance.now();
    Atomics.wait(state, 0, 0, periodMs);
    overruns[count % overruns.length] = Math.max(0, Math.round((performance.now() - before - periodMs) * 1e6));
    Atomics.store(state, 1, count + 1);
  }`;

/**
 * A hiccup meter: what a thread with nothing to do suffers on this machine while the load runs. A tail of the measured latencies
 * that the meter shows too is the machine's, not the target's. It keeps the last 65,536 sleeps, about a minute.
 */
export function startHiccupMeter(): { stop(): Promise<LatencySummary> } {
  const cells = new SharedArrayBuffer(CELLS * 8);
  const control = new SharedArrayBuffer(8);
  const worker = new Worker(METER, { eval: true, workerData: { cells, control, periodMs: PERIOD_MS } });
  async function stop(): Promise<LatencySummary> {
    const state = new Int32Array(control);
    Atomics.store(state, 0, 1);
    await worker.terminate();
    const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    const count = Math.min(CELLS, Atomics.load(state, 1));
    for (const overrun of new Float64Array(cells, 0, count)) histogram.recordValue(overrun);
    return summaryOf(histogram);
  }
  return { stop };
}
