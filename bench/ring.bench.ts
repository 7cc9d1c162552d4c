/** 64-byte messages from one thread to another, beside LMAX Disruptor and postMessage. */
import type { Question } from './harness.js';
import { ringBetweenWorkers, ringNative, ringNativeToWorker } from './ring-ours.js';
import { disruptor, postMessage } from './ring-peers.js';

const BATCH = 10;

export const ring: Question = {
  name: 'ring',
  async *cases() {
    yield {
      name: `JavaScript to JavaScript, batches of ${BATCH}`,
      ours: ringBetweenWorkers(BATCH),
      peers: [await disruptor(BATCH), postMessage()],
    };
    yield {
      name: `native to JavaScript, batches of ${BATCH}`,
      ours: await ringNativeToWorker(BATCH),
      peers: [await disruptor(BATCH)],
    };
    yield {
      name: `native to native, batches of ${BATCH}`,
      ours: await ringNative(BATCH),
      peers: [await disruptor(BATCH), await disruptor(1)],
    };
  },
};
