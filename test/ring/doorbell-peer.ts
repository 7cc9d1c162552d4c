// A worker of the doorbell's tests: does what its data says.
import { parentPort, workerData } from 'node:worker_threads';

import type { NativeMode } from '../../src/native/index.js';
import { RingConsumer, RingProducer, createDoorbell, listenDoorbell, ringDoorbell } from '../../src/ring/index.js';

interface PeerData {
  readonly role: 'ring' | 'echo' | 'listen-many' | 'listen' | 'idle';
  readonly native: NativeMode;
  readonly doorbells: readonly SharedArrayBuffer[];
  readonly rings: readonly SharedArrayBuffer[];
  readonly count: number;
}

const { role, native, doorbells, rings, count } = workerData as PeerData;
const [first, second] = doorbells as [SharedArrayBuffer, SharedArrayBuffer];

/** Answers each frame of the first ring with one in the second. */
function echo(): void {
  const consumer = new RingConsumer(rings[0] as SharedArrayBuffer);
  const producer = new RingProducer(rings[1] as SharedArrayBuffer);
  let left = count;
  const listener = listenDoorbell(
    first,
    () => {
      left -= consumer.poll(() => void producer.tryClaim(1, 0, 0, 8), 64);
      producer.publish();
      ringDoorbell(second, native);
      if (left === 0) listener.close();
    },
    native,
    true,
  );
}

const roles = {
  ring: () => {
    for (let i = 0; i < count; i++) ringDoorbell(first, native);
  },
  echo,
  listen: () => void listenDoorbell(first, () => void parentPort?.postMessage('rung'), native, true),
  'listen-many': () => {
    const listeners = Array.from({ length: count }, () => listenDoorbell(createDoorbell(), () => {}, native, true));
    setImmediate(() => listeners.forEach(listener => listener.close()));
  },
  idle: () => void listenDoorbell(first, () => {}, native),
};

roles[role]();
