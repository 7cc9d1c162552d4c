import { parentPort, type Transferable } from 'node:worker_threads';

import { failureOf } from './worker-failure.js';
import type { TaskAnswer } from './worker-pool.js';

/** What a task gave, and the buffers that go to the pool with it. */
export interface TaskDone<Result> {
  readonly result: Result;
  readonly transfer: readonly Transferable[];
}

/** The life of a pool's worker: tasks one after the other, each answered. An error of ours is an answer, any other ends the worker. */
export function serveTasks<Task, Result>(run: (task: Task) => Promise<TaskDone<Result>>): void {
  let last = Promise.resolve();
  parentPort?.on('message', ({ number, task }: { number: number; task: Task }) => {
    last = last.then(() => serve(number, () => run(task)));
  });
}

async function serve<Result>(number: number, run: () => Promise<TaskDone<Result>>): Promise<void> {
  try {
    const { result, transfer } = await run();
    const answer: TaskAnswer<Result> = { kind: 'done', result };
    parentPort?.postMessage({ number, answer }, transfer);
  } catch (error) {
    parentPort?.postMessage({ number, answer: failureOf(error) });
  }
}
