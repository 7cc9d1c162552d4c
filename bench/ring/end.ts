// One end of the ring bench in a worker. A cycle begins with a message to the consumer, which starts the producer.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

import { RingConsumer, RingProducer } from '../../src/ring/index.js';

export interface RingEndData {
  readonly role: 'produce' | 'consume';
  readonly ring: SharedArrayBuffer;
  /** One word that counts cycles: the JavaScript producer sleeps on it. */
  readonly start: SharedArrayBuffer;
  readonly batch: number;
  readonly messages: number;
  /** The native producer, instead of a worker. */
  readonly addon?: string;
}

interface NativeProducer {
  produce(memory: Uint8Array, messages: number, batch: number): void;
}

const MESSAGE_BYTES = 64;
const POLL_MAX = 256;

const data = workerData as RingEndData;
const start = new Int32Array(data.start);

function produceCycle(producer: RingProducer, words: Int32Array, source: Int32Array): void {
  for (let sent = 0; sent < data.messages; sent++) {
    let at = producer.tryClaim(1, 0, 0, MESSAGE_BYTES);
    while (at < 0) {
      producer.publish();
      at = producer.tryClaim(1, 0, 0, MESSAGE_BYTES);
    }
    const word = at >> 2;
    for (let index = 0; index < source.length; index++) words[word + index] = source[index] as number;
    if (sent % data.batch === data.batch - 1) producer.publish();
  }
  producer.publish();
}

function produce(): void {
  const producer = new RingProducer(data.ring);
  const words = new Int32Array(data.ring);
  const source = new Int32Array(MESSAGE_BYTES / 4).fill(0x07070707);
  for (let cycle = 0; ; cycle++) {
    Atomics.wait(start, 0, cycle);
    produceCycle(producer, words, source);
  }
}

/** Takes one cycle's messages; returns the sum of their first and last bytes. */
function consumeCycle(consumer: RingConsumer): number {
  let sum = 0;
  const visit = (_type: number, _topic: number, _source: number, bytes: Uint8Array, from: number, to: number): void => {
    sum += (bytes[from] as number) + (bytes[to - 1] as number);
  };
  for (let seen = 0; seen < data.messages;) seen += consumer.poll(visit, POLL_MAX);
  return sum;
}

function consume(): void {
  const consumer = new RingConsumer(data.ring);
  const memory = new Uint8Array(data.ring);
  const native = data.addon === undefined ? undefined : (createRequire(import.meta.url)(data.addon) as NativeProducer);
  parentPort?.on('message', () => {
    const startNs = process.hrtime.bigint();
    if (native === undefined) {
      Atomics.add(start, 0, 1);
      Atomics.notify(start, 0);
    } else native.produce(memory, data.messages, data.batch);
    const sum = consumeCycle(consumer);
    const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
    if (sum !== data.messages * 14) throw new Error(`the messages sum up to ${sum}`);
    parentPort?.postMessage(data.messages / seconds);
  });
}

if (data.role === 'produce') produce();
else consume();
