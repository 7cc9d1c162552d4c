/** What our rings are measured beside: 64-byte messages from one thread to another. */
import { Worker } from 'node:worker_threads';

import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { javaPeer } from './install.js';
import { processPeer } from './process-peer.js';

export const MESSAGE_BYTES = 64;
export const UNIT = 'messages/s';

const POST_MESSAGES = 100_000;
/** Outstanding at most, or the queue between the threads grows without bound. */
const POST_WINDOW = 1000;

/** LMAX Disruptor, busy spin on both sides; `batch` messages are claimed and published together. */
export function disruptor(batch: number): Promise<Rated | Missing> {
  const name = `LMAX Disruptor 4.0.0, batches of ${batch}`;
  return orMissing(name, () =>
    processPeer({ name, unit: UNIT, command: [...javaPeer('disruptor'), String(batch)], warmUps: 3 }),
  );
}

const RECEIVER = `
  const { parentPort } = require('node:worker_threads');
  let seen = 0;
  parentPort.on('message', message => {
    if (message[63] !== 7) throw new Error('not the message');
    if (++seen % ${POST_WINDOW / 2} === 0) parentPort.postMessage(seen);
  });`;

/** postMessage of a 64-byte Uint8Array (copied by structured clone), at most 1,000 of them outstanding. */
export function postMessage(): Rated {
  const worker = new Worker(RECEIVER, { eval: true });
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);
  let [sent, seen] = [0, 0];
  async function run(): Promise<number> {
    const target = sent + POST_MESSAGES;
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      const fill = (): void => {
        while (sent < target && sent - seen < POST_WINDOW) {
          worker.postMessage(message);
          sent++;
        }
      };
      worker.removeAllListeners();
      worker.once('error', reject);
      worker.on('message', (count: number) => {
        seen = count;
        if (seen === target) resolve();
        else fill();
      });
      fill();
    });
    return (POST_MESSAGES / (performance.now() - start)) * 1000;
  }
  return { name: 'postMessage', unit: UNIT, run, close: async () => void (await worker.terminate()) };
}
