// One end of the ring's stress test: content, length and header of frame i follow from i, so either end knows all of it.
import { parentPort, workerData } from 'node:worker_threads';

import { RingConsumer, RingProducer } from '../../src/ring/index.js';

export interface StressData {
  readonly role: 'produce' | 'consume';
  readonly ring: SharedArrayBuffer;
  readonly count: number;
  /** Frames published at a time. */
  readonly batch: number;
  /** A full producer sleeps in waitForRoom instead of turning. */
  readonly sleeps: boolean;
}

/** What the consumer saw; everything but `frames` is forbidden. */
export interface Outcome {
  frames: number;
  outOfOrder: number;
  badHeader: number;
  badLength: number;
  badBytes: number;
}

const lengthOf = (i: number, longest: number): number => (Math.imul(i, 2654435761) >>> 7) % (longest + 1);

function produce({ ring, count, batch, sleeps }: StressData): void {
  const producer = new RingProducer(ring);
  for (let i = 0; i < count;) {
    const length = lengthOf(i, producer.payloadSizeMax);
    const at = producer.tryClaim(1 + (i % 60_000), i % 7, i, length);
    if (at < 0) {
      producer.publish();
      if (sleeps) producer.waitForRoom(10_000);
      continue;
    }
    for (let offset = 0; offset < length; offset++) producer.bytes[at + offset] = i * 31 + offset;
    if (++i % batch === 0) producer.publish();
  }
  producer.publish();
}

function consume({ ring, count }: StressData): Outcome {
  const consumer = new RingConsumer(ring);
  const { payloadSizeMax } = new RingProducer(ring);
  const outcome: Outcome = { frames: 0, outOfOrder: 0, badHeader: 0, badLength: 0, badBytes: 0 };
  while (outcome.frames < count) {
    consumer.poll((type, topic, source, bytes, start, end) => {
      const i = outcome.frames++;
      if (source !== i) outcome.outOfOrder++;
      if (type !== 1 + (i % 60_000) || topic !== i % 7) outcome.badHeader++;
      if (end - start !== lengthOf(i, payloadSizeMax)) outcome.badLength++;
      for (let at = start; at < end; at++) if (bytes[at] !== ((i * 31 + at - start) & 255)) outcome.badBytes++;
    }, 64);
  }
  return outcome;
}

const data = workerData as StressData;
if (data.role === 'produce') produce(data);
else parentPort?.postMessage(consume(data));
