import t from 'tap';

import { WorkerPool } from '../../src/decode/index.js';
import { DecodeError } from '../../src/model/index.js';

// Each case starts threads; a busy machine takes seconds for some.
t.setTimeout(120_000);

interface Task {
  readonly number: number;
  readonly waitMs: number;
  readonly then?: 'refuse' | 'break' | 'exit';
}

function open(isOrdered: boolean, take: (number: number) => Promise<boolean>, workers = 2) {
  const program = new URL('worker-pool-worker.js', import.meta.url);
  return new WorkerPool<Task, number>({ program, data: undefined, name: 'test', workers, isOrdered, take });
}

const later = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

t.test(
  'results come in the order of their tasks, whatever each takes, and between them those of the producer',
  async t => {
    const taken: number[] = [];
    const pool = open(true, async number => taken.push(number) > 0);
    for (let number = 0; number < 10; number++) await pool.submit({ number, waitMs: number % 3 === 0 ? 60 : 0 });
    await pool.pass(-1);
    await pool.submit({ number: 10, waitMs: 0 });
    await pool.drain();
    t.strictSame(taken, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 10]);
    await pool.close();
  },
);

t.test('without order a slow task holds no other back', async t => {
  const taken: number[] = [];
  const pool = open(false, async number => taken.push(number) > 0);
  await pool.submit({ number: 0, waitMs: 1500 });
  for (let number = 1; number < 4; number++) await pool.submit({ number, waitMs: 0 });
  await pool.drain();
  t.ok(taken.indexOf(1) < taken.indexOf(0), 'task 1 was taken before task 0');
  t.strictSame(
    [...taken].sort((a, b) => a - b),
    [0, 1, 2, 3],
  );
  await pool.close();
});

t.test('a slow taker holds the producer back: no more than two tasks a worker are under way', async t => {
  let [submitted, taken, most] = [0, 0, 0];
  const pool = open(true, async () => {
    most = Math.max(most, submitted - taken);
    await later(5);
    taken++;
    return true;
  });
  for (let number = 0; number < 30; number++) {
    await pool.submit({ number, waitMs: 0 });
    submitted++;
  }
  await pool.drain();
  t.equal(taken, 30);
  t.ok(most <= 4, `${most} under way`);
  await pool.close();
});

t.test('a taker that says stop gets nothing more, and the producer is told', async t => {
  const taken: number[] = [];
  const pool = open(true, async number => taken.push(number) < 3);
  let goesOn = true;
  for (let number = 0; goesOn; number++) goesOn = await pool.submit({ number, waitMs: 0 });
  await pool.drain();
  t.strictSame(taken, [0, 1, 2]);
  await pool.close();
});

t.test('an error of ours in a task is thrown to the producer as it was', async t => {
  const pool = open(true, async () => true);
  await pool.submit({ number: 7, waitMs: 0, then: 'refuse' });
  const error = await pool.drain().catch((cause: unknown) => cause);
  t.ok(error instanceof DecodeError);
  t.match(error, { code: 'HR_TEST', message: 'task 7', details: { number: 7 } });
  await t.rejects(pool.submit({ number: 8, waitMs: 0 }), { code: 'HR_TEST' });
  await pool.close();
});

t.test('a worker that dies is an error that names it, not a wait without end', async t => {
  for (const [then, words] of [
    ['break', /^worker test-1 broke: a fault$/],
    ['exit', /^worker test-1 ended with 3, its tasks undone$/],
  ] as const) {
    const pool = open(true, async () => true, 1);
    await pool.submit({ number: 0, waitMs: 0, then });
    await t.rejects(pool.drain(), { code: 'HR_WORKER', message: words });
    await pool.close();
  }
});

t.test('an error of the taker ends the run', async t => {
  const pool = open(true, async () => {
    throw new Error('no room');
  });
  await pool.submit({ number: 0, waitMs: 0 });
  await t.rejects(pool.drain(), { message: 'no room' });
  await pool.close();
});
