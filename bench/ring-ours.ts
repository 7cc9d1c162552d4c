/** Our ring between two threads that both spin: 64-byte messages, each copied in whole, its first and last byte read. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { createRing } from '../src/ring/index.js';
import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { command, installed, projectRoot } from './install.js';
import { processPeer } from './process-peer.js';
import { MESSAGE_BYTES, UNIT } from './ring-peers.js';
import type { RingEndData } from './ring/end.js';

/** Room for about as many messages as the Disruptor's 16,384 slots. */
export const RING_SIZE = 2 ** 21;

const MESSAGES = 4_000_000;
const END = new URL('ring/end.js', import.meta.url);

function startEnd(data: RingEndData): Worker {
  return new Worker(END, { workerData: data });
}

/** One cycle of a consumer's worker: it starts the producer, takes all messages and answers with the rate. */
function ratedByConsumer(name: string, consumer: Worker, others: readonly Worker[]): Rated {
  const run = (): Promise<number> =>
    new Promise((resolve, reject) => {
      consumer.removeAllListeners();
      consumer.once('error', reject);
      consumer.once('message', (rate: number) => resolve(rate));
      consumer.postMessage('run');
    });
  const close = async (): Promise<void> => {
    for (const worker of [consumer, ...others]) await worker.terminate();
  };
  return { name, unit: UNIT, run, close };
}

/** JavaScript to JavaScript: two workers; `batch` messages are claimed and published together. */
export function ringBetweenWorkers(batch: number): Rated {
  const data = { ring: createRing(RING_SIZE), start: new SharedArrayBuffer(8), batch, messages: MESSAGES };
  const producer = startEnd({ ...data, role: 'produce' });
  const consumer = startEnd({ ...data, role: 'consume' });
  return ratedByConsumer(`headrace ring, JavaScript to JavaScript, batches of ${batch}`, consumer, [producer]);
}

/** The source of a native end and everything it is made of. */
function sourcesOf(file: string): string {
  const files = [join('bench', 'ring', file), 'native/ring/spsc-ring.h', 'bench/peers/cycles.h'];
  return files.map(path => readFileSync(join(projectRoot, path), 'utf8')).join('\n');
}

/** Compiles a native end into the bench's cache; the product does not contain it. */
function compiled(file: string, output: string, flags: readonly string[]): string {
  const folder = installed(`ring-${output.replace('.', '-')}`, sourcesOf(file) + flags.join(' '), target => {
    const includes = ['-I', join(projectRoot, 'native'), '-I', join(projectRoot, 'bench', 'peers')];
    const source = join(projectRoot, 'bench', 'ring', file);
    const common = ['-std=c++20', '-O3', '-march=native', '-pthread', ...includes];
    command('g++', [...common, ...flags, '-o', join(target, output), source]);
  });
  return join(folder, output);
}

/** Native to JavaScript: a C++ thread produces, a worker consumes the same memory. */
export function ringNativeToWorker(batch: number): Promise<Rated | Missing> {
  const name = `headrace ring, native to JavaScript, batches of ${batch}`;
  return orMissing(name, () => {
    const headers = join(dirname(dirname(process.execPath)), 'include', 'node');
    const addon = compiled('native-producer.cc', 'producer.node', ['-shared', '-fPIC', '-I', headers]);
    // Main loads it first: an addon loaded by a worker alone is unmapped when the worker ends.
    createRequire(import.meta.url)(addon);
    const data = { ring: createRing(RING_SIZE), start: new SharedArrayBuffer(8), batch, messages: MESSAGES };
    return ratedByConsumer(name, startEnd({ ...data, role: 'consume', addon }), []);
  });
}

/** Native to native: two C++ threads in a program of their own. */
export function ringNative(batch: number): Promise<Rated | Missing> {
  const name = `headrace ring, native to native, batches of ${batch}`;
  return orMissing(name, () => {
    const program = compiled('native-pair.cc', 'pair', []);
    const settings = [RING_SIZE, MESSAGES, batch, MESSAGE_BYTES].map(String);
    return processPeer({ name, unit: UNIT, command: [program, ...settings] });
  });
}
