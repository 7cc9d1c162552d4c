import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';

import { loadAddon, type NativeMode } from '../../src/native/index.js';
import {
  RingConsumer,
  RingProducer,
  createDoorbell,
  createRing,
  listenDoorbell,
  ringDoorbell,
} from '../../src/ring/index.js';

const PEER = new URL('doorbell-peer.js', import.meta.url);
const RING = new URL('../../src/ring/index.js', import.meta.url).href;
const modes: NativeMode[] = loadAddon('prefer') === undefined ? ['off'] : ['require', 'off'];

function peer(role: string, native: NativeMode, data: object): Worker {
  return new Worker(PEER, { workerData: { role, native, doorbells: [], rings: [], count: 0, ...data } });
}

/** Lets the event loop turn: what a listener put off to the next turns has run afterwards. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** Resolves when a doorbell of this thread is rung for the first time after its opening run. */
function nextRing(doorbell: SharedArrayBuffer, native: NativeMode): { rung: Promise<void>; asleep: Promise<void> } {
  let runs = 0;
  let opened = (): void => {};
  const asleep = new Promise<void>(resolve => (opened = resolve));
  const rung = new Promise<void>(resolve => {
    const listener = listenDoorbell(
      doorbell,
      () => {
        if (++runs === 1) return (setImmediate(opened), undefined);
        listener.close();
        resolve();
        return undefined;
      },
      native,
      true,
    );
  });
  return { rung, asleep };
}

for (const native of modes) {
  t.test(`native ${native}: a ring from another thread wakes a sleeping main thread`, async () => {
    const doorbell = createDoorbell();
    const { rung, asleep } = nextRing(doorbell, native);
    await asleep;
    const worker = peer('ring', native, { doorbells: [doorbell], count: 1 });
    await Promise.all([rung, once(worker, 'exit')]);
  });

  t.test(`native ${native}: 2,000 frames go to a worker and back, each hop by a doorbell`, async t => {
    const count = 2000;
    const doorbells = [createDoorbell(), createDoorbell()] as const;
    const rings = [createRing(512), createRing(512)] as const;
    const gone = once(peer('echo', native, { doorbells, rings, count }), 'exit');
    const producer = new RingProducer(rings[0]);
    const consumer = new RingConsumer(rings[1]);
    let [sent, answered] = [0, 0];
    const send = (): void => {
      for (let i = 0; i < 3 && sent < count; i++) if (producer.tryClaim(1, 0, 0, 8) > 0) sent++;
      producer.publish();
      ringDoorbell(doorbells[0], native);
    };
    await new Promise<void>(resolve => {
      const listener = listenDoorbell(
        doorbells[1],
        () => {
          answered += consumer.poll(() => {}, 64);
          if (answered === sent && sent < count) send();
          if (answered < count) return;
          listener.close();
          resolve();
        },
        native,
        true,
      );
    });
    t.equal(answered, count);
    await gone;
  });

  t.test(`native ${native}: what is rung before anybody listens is seen on the first turn`, async t => {
    const doorbell = createDoorbell();
    ringDoorbell(doorbell, native);
    let runs = 0;
    const listener = listenDoorbell(doorbell, () => void runs++, native);
    await turns(3);
    listener.close();
    t.equal(runs, 1);
  });

  t.test(
    `native ${native}: 1,000 rings while awake are one further run, and true asks for one without a ring`,
    async t => {
      const doorbell = createDoorbell();
      let runs = 0;
      const listener = listenDoorbell(
        doorbell,
        () => {
          runs++;
          if (runs === 1) for (let i = 0; i < 1000; i++) ringDoorbell(doorbell, native);
          return runs === 2;
        },
        native,
      );
      await delay(20);
      t.equal(runs, 3);
      listener.close();
      listener.close();
      ringDoorbell(doorbell, native);
      await delay(5);
      t.equal(runs, 3, 'closed twice, it does not run any more');
    },
  );

  t.test(
    `native ${native}: 100 listeners are opened and closed, three times on this thread and in a worker`,
    async t => {
      for (let round = 0; round < 3; round++) {
        const doorbells = Array.from({ length: 100 }, createDoorbell);
        let runs = 0;
        const listeners = doorbells.map(doorbell => listenDoorbell(doorbell, () => void runs++, native));
        await delay(1);
        for (const doorbell of doorbells) ringDoorbell(doorbell, native);
        for (let waited = 0; runs < 200 && waited < 5_000; waited++) await delay(1);
        for (const listener of listeners) listener.close();
        t.equal(runs, 200);
        const [code] = (await once(peer('listen-many', native, { count: 100 }), 'exit')) as [number];
        t.equal(code, 0, 'the worker ends by itself when the last listener is closed');
      }
    },
  );

  t.test(`native ${native}: a worker is terminated while it listens and is rung, 20 times`, async t => {
    for (let round = 0; round < 20; round++) {
      const doorbell = createDoorbell();
      const worker = peer('listen', native, { doorbells: [doorbell] });
      await once(worker, 'message');
      const gone = worker.terminate();
      for (let i = 0; i < 200; i++) ringDoorbell(doorbell, native);
      await gone;
      ringDoorbell(doorbell, native);
      let runs = 0;
      const listener = listenDoorbell(doorbell, () => void runs++, native);
      await turns(3);
      ringDoorbell(doorbell, native);
      for (let waited = 0; runs < 2 && waited < 5_000; waited++) await delay(1);
      listener.close();
      t.ok(runs >= 2, `round ${round}: the doorbell is listened to again, ${runs} runs`);
    }
  });

  t.test(`native ${native}: a listener does not keep a thread alive unless it is asked to`, async t => {
    const [code] = (await once(peer('idle', native, { doorbells: [createDoorbell()] }), 'exit')) as [number];
    t.equal(code, 0);
  });

  t.test(`native ${native}: an error of onRing is an uncaught exception`, async t => {
    const program = `
      import { createDoorbell, listenDoorbell, ringDoorbell } from '${RING}';
      const doorbell = createDoorbell();
      let runs = 0;
      listenDoorbell(doorbell, () => { if (++runs === 2) throw new Error('broken visitor'); }, '${native}', true);
      setTimeout(() => ringDoorbell(doorbell, '${native}'), 20);`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
    t.not(status, 0);
    t.match(stderr.toString(), 'broken visitor');
    t.notMatch(stderr.toString(), 'unhandled');
  });
}

for (const native of modes) {
  t.test(
    `${native}: a listener that rests takes what is rung meanwhile together, then sleeps until the next ring`,
    async t => {
      const doorbell = createDoorbell();
      let runs = 0;
      const listener = listenDoorbell(doorbell, () => (++runs === 1 ? 1_000 : undefined), native, true);
      t.teardown(() => listener.close());
      await delay(10);
      t.equal(runs, 1);
      for (let ring = 0; ring < 100; ring++) ringDoorbell(doorbell, native);
      await turn();
      t.equal(runs, 1, 'it rests');
      for (let waitedMs = 0; runs < 2 && waitedMs < 10_000; waitedMs += 10) await delay(10);
      t.equal(runs, 2, 'a hundred rings are one run');
      ringDoorbell(doorbell, native);
      for (let waitedMs = 0; runs < 3 && waitedMs < 10_000; waitedMs += 10) await delay(10);
      t.equal(runs, 3, 'asleep again, it is woken');
    },
  );
}

t.test(
  'a doorbell listened to through the addon and rung without it is refused, not lost',
  { skip: modes.length < 2 },
  async t => {
    const doorbell = createDoorbell();
    const { rung, asleep } = nextRing(doorbell, 'require');
    await asleep;
    t.throws(() => ringDoorbell(doorbell, 'off'), { code: 'HR_INVARIANT' });
    Atomics.store(new Int32Array(doorbell), 64 / 4, 1);
    ringDoorbell(doorbell, 'require');
    await rung;
  },
);
